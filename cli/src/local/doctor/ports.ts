import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOf } from '@aegis/kit/errors';
import { type Finding, fail, type Look, ok, type Patient, warn } from './finding.ts';

type Port = {
  readonly name: string;
  readonly variable: string;
  readonly standard: number;
  readonly url: string;
};

/** Why nobody can listen somewhere, by the system's code of it. */
const WHY: Readonly<Record<string, string>> = {
  EACCES: 'this user may not listen there; ports above 1023 are for everybody',
  EADDRNOTAVAIL: 'that is no address of this machine',
  ENOTFOUND: 'that is no address of this machine',
  EAI_AGAIN: 'that is no address of this machine',
};
export const whyNoPort = (code: string): string => WHY[code] ?? `the system says ${code}`;

const MAX_PORT = 65_535;

/** The error's code where nothing can listen there; undefined where the port is free. */
export async function listenError(host: string, port: number): Promise<string | undefined> {
  await using server = createServer();
  return await once(server.listen(port, host), 'listening').then(() => undefined, codeOf);
}

async function lookAtPort(
  host: string,
  { name, variable, standard }: Port,
  { env, stack }: Patient,
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
  if (isTaken && stack.state === 'between') {
    const whose = `${port} is taken, as it seems by the AegisMCP that is ${stack.phase} here`;
    return warn(label, whose, 'wait until that is done, and run this again');
  }
  return fail(
    label,
    isTaken ? `${port} is taken by another program` : `${port} on ${host} can't be used: ${whyNoPort(error)}`,
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
    return lookAtPort(port.variable === 'AEGIS_NATS_PORT' ? '127.0.0.1' : host, port, patient);
  });
  return Promise.all(looks);
};
