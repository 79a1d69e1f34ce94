import { connectTestBus } from '@aegis/testkit/bus';
import { world } from './world.ts';

/** A message of the log. */
export type Written = { readonly seq: number; readonly subject: string; readonly text: string };

/** What the log has by now, in order, on a subject or on all. */
export async function written(subject = 'aegis.log.>'): Promise<Written[]> {
  const admin = await connectTestBus(world.server, 'admin');
  try {
    const { seq } = await admin.read.end(Date.now() + 5_000);
    return await Array.fromAsync(admin.range.read(subject, 0, seq));
  } finally {
    await admin.close();
  }
}

export const bytesOf = (messages: readonly Written[]): number =>
  messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
