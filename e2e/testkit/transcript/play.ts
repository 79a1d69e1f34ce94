import { answerServer } from './client-answers.ts';
import { type Command, openRawClient, type RawClient } from './raw-client.ts';

export type Message = { id?: string | number; method: string; params?: unknown };

/** One message of the client, and what has to have come before the next one is sent. */
export type Step = {
  /** A function gets every line so far: an id that the server made up comes from there. */
  send: Message | ((lines: readonly string[]) => Message);
  /** Parts of lines that have to come besides the response. */
  awaits?: readonly string[];
  /** Nothing answers this one: it is cancelled later. */
  unanswered?: true;
};

export type Transcript = { lines: readonly string[]; code: number | null; stderr: string };

const hasId =
  (id: string | number) =>
  (line: string): boolean =>
    line.includes(`"id":${JSON.stringify(id)}`) && !line.includes('"method":');

async function take(client: RawClient, { send, awaits = [], unanswered }: Step): Promise<void> {
  const from = client.lines.length;
  const message = typeof send === 'function' ? send(client.lines) : send;
  client.write(JSON.stringify({ jsonrpc: '2.0', ...message }));
  const { id } = message;
  if (id !== undefined && unanswered === undefined) {
    await client.until(from, `${message.method} ${id}`, hasId(id));
  }
  for (const part of awaits) await client.until(from, part, (line) => line.includes(part));
}

/** Plays a script to a server: each step waits for its response, so that the same script gives the same lines. */
export async function play(command: Command, steps: readonly Step[]): Promise<Transcript> {
  const client = openRawClient(command, answerServer);
  try {
    for (const step of steps) await take(client, step);
    return { lines: client.lines, ...(await client.close()) };
  } finally {
    client.kill();
  }
}
