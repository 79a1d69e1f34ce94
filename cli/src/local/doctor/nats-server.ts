import { connect } from 'node:net';
import { searchNatsServer } from '@aegis/local-nats';
import { type Finding, fail, type Look, ok, warn } from './finding.ts';

const NAME = 'nats-server';
const CONNECT_WITHIN_MS = 3_000;
const NATS_PORT = 4_222;

async function isListening(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  socket.setTimeout(CONNECT_WITHIN_MS, () => socket.destroy(new Error('timeout')));
  const answered = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return answered;
}

/** The first server that `NATS_URL` names: the scheme may be left out, as the NATS clients allow. */
async function lookAtOwn(natsUrl: string): Promise<Finding> {
  const [first = ''] = natsUrl.split(',');
  const text = first.includes('://') ? first.trim() : `nats://${first.trim()}`;
  const mend = 'start that server, or unset NATS_URL so that AegisMCP starts one of its own';
  if (!URL.canParse(text)) return fail(NAME, 'NATS_URL is not an address', mend);
  const { hostname, port, host } = new URL(text);
  const target = hostname.replace(/^\[|\]$/g, '');
  return (await isListening(target, Number(port) || NATS_PORT))
    ? ok(NAME, `NATS_URL leads to a server at ${host}`)
    : fail(NAME, `nothing answers at ${host}, where NATS_URL leads`, mend);
}

export const lookAtNatsServer: Look = async ({ env }) => {
  if (env['NATS_URL']) return [await lookAtOwn(env['NATS_URL'])];
  const { server, tooOld } = await searchNatsServer(env);
  if (server !== undefined) return [ok(NAME, `version ${server.version} at ${server.path}`)];
  const old = tooOld.map(({ path, version }) => `; ${path} is ${version}, too old`).join('');
  return [
    warn(
      NAME,
      `none of version 2.12 or newer on this machine${old}`,
      'on Debian and Ubuntu "npm start" fetches one; elsewhere use brew, winget or scoop, or set NATS_URL',
    ),
  ];
};
