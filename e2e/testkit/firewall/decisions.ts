import { readFile } from 'node:fs/promises';
import type { Envelope } from '@aegis/contracts/envelope';
import { parseJson } from '@aegis/kit/json';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Stack } from '../stack.ts';

/** `seq` is its place in the log. */
export type SeenEvent = { subject: string; seq: number; event: Envelope };

/** Everything that the firewall publishes from now on, as a subscriber with the read-only identity sees it. */
export async function listenToEvents(stack: Stack) {
  const seed = (await readFile(`${stack.keysDir}/reader.nk`, 'utf8')).trim();
  const nc = await connect({
    servers: stack.natsUrl,
    inboxPrefix: '_INBOX_reader',
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
  });
  const seen: SeenEvent[] = [];
  nc.subscribe('aegis.events.>', {
    callback: (_error, message) => {
      const seq = Number(message.headers?.get('Nats-Sequence'));
      seen.push({ subject: message.subject, seq, event: parseJson(message.string()) as Envelope });
    },
  });
  await nc.flush();
  return {
    seen,
    ofType: (type: string): Envelope[] => seen.flatMap(({ event }) => (event.type === type ? [event] : [])),
    close: () => nc.close(),
  };
}
