import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOf } from '@aegis/kit/errors';
import { type Finding, fail, type Look, ok, type Patient } from './finding.ts';

type Port = {
  readonly name: string;
  readonly variable: string;
  readonly standard: number;
  readonly url: string;
};

const MAX_PORT = 65_535;

/** The error's code where nothing can listen there; undefined where the port is free. */
export async function listenError(host: string, port: number): Promise<string | undefined> {
  await using server = createServer();
  return await once(server.listen(port, host), 'listening').then(() => undefined, codeOf);
}

async function lookAtPort(
  host: string,
  { name, variable, standard }: Port,
  env: Patient['env'],
): Promise<Finding> {
  const label = `${name} port`;
  const text = env[variable] || String(standard);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  const mend = `set ${variable} to another port, or to 0 for any free one`;
  if (!(port <= MAX_PORT)) return fail(label, `${variable} is ${text}, which is not a port`, mend);
  if (port === 0) return ok(label, 'any free one');
  const error = await listenError(host, port);
  if (error === undefined) return ok(label, `${port} is free`);
  const isTaken = error === 'EADDRINUSE';
  return fail(
    label,
    isTaken ? `${port} is taken by another program` : `${port} on ${host} can't be used (${error})`,
    isTaken ? `stop that program, or ${mend}` : `set HOST to an address of this machine, or ${mend}`,
  );
}

function portsOf({ stack, env }: Patient): Port[] {
  const running = stack.state === 'running' ? stack.stack : undefined;
  const ports = [
    { name: 'gateway', variable: 'PORT', standard: 8000, url: running?.gateway_url ?? '' },
    { name: 'mcp', variable: 'MCP_PORT', standard: 8001, url: running?.mcp_url ?? '' },
    { name: 'nats', variable: 'AEGIS_NATS_PORT', standard: 4222, url: running?.nats_url ?? '' },
  ];
  return ports.filter(({ variable }) => variable !== 'AEGIS_NATS_PORT' || !env['NATS_URL']);
}

/** Free, or used by the stack that runs from this data directory. */
export const lookAtPorts: Look = async (patient) => {
  const isRunning = patient.stack.state === 'running';
  const host = patient.env['HOST'] || '127.0.0.1';
  const looks = portsOf(patient).map(async (port) => {
    if (isRunning) return ok(`${port.name} port`, `used by the running stack at ${port.url}`);
    return lookAtPort(port.variable === 'AEGIS_NATS_PORT' ? '127.0.0.1' : host, port, patient.env);
  });
  return Promise.all(looks);
};
