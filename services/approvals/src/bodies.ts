import { type Bus, isConflict, mendIt } from '@aegis/bus';
import { type Body, type BodyRef, type Joined, joinApart, setApart } from '@aegis/contracts/bodies';
import { createEvent } from '@aegis/contracts/create-event';
import { readEvent } from '@aegis/contracts/read-event';
import { bodyLog } from '@aegis/contracts/subjects';
import { UnreadableError } from './unreadable.ts';

/** Digests of bodies that are known to be in the log. */
const MOST_KNOWN = 1_000;

type Holder = Parameters<typeof setApart>[0];
type StoredHolder = Parameters<typeof joinApart>[0];

const subjectOf = (digest: string): string => bodyLog(digest.replace('sha256:', ''));

/** What an event says, without arguments and input that stand elsewhere. */
export function withoutBodies<H extends StoredHolder>(holder: H): Joined<H> {
  const { args_body: _args, input_body: _input, ...rest } = holder;
  return rest;
}

/** Arguments and input that are too large to stand in each event: once in the log, before what refers to them. */
export type Bodies = ReturnType<typeof createBodies>;

export function createBodies(bus: Pick<Bus, 'append' | 'read'>, now: () => Date) {
  const known = new Set<string>();
  const know = (digest: string): void => {
    known.add(digest);
    const [oldest] = known;
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  };

  /** What is stored under a digest; no body where that is something else, and no place where there is nothing. */
  const find = async (digest: string, deadlineMs: number) => {
    const last = await bus.read.last(subjectOf(digest), deadlineMs);
    const body = readEvent(last, 'aegis.body.stored.v1')?.data.body;
    if (body !== undefined) know(digest);
    return { seq: last?.seq ?? 0, body: body as Body['body'] | undefined };
  };

  const write = async (data: Body, expect: number, deadlineMs: number): Promise<void> => {
    const event = createEvent({
      type: 'aegis.body.stored.v1',
      source: 'approvals',
      time: now().toISOString(),
      data,
    });
    await bus.append.one({ subject: subjectOf(data.digest), event, expect }, deadlineMs);
    know(data.digest);
  };

  /** Durable when this resolves. */
  const keep = async (body: Body, deadlineMs: number): Promise<void> => {
    if (known.has(body.digest)) return;
    try {
      await write(body, 0, deadlineMs);
    } catch (thrown) {
      if (!isConflict(thrown)) throw thrown;
      const there = await find(body.digest, deadlineMs);
      // What nobody could read back is not what was meant.
      if (there.body === undefined) await write(body, there.seq, deadlineMs);
    }
  };

  const read = async ({ digest, bytes }: BodyRef, deadlineMs: number): Promise<Body['body']> => {
    const { seq, body } = await find(digest, deadlineMs);
    if (body !== undefined) return body;
    const what = `The ${bytes} bytes of arguments or input with the digest ${digest} can not be read back`;
    const why =
      seq === 0
        ? 'they are not in the log.'
        : `what is stored there is something else: ${mendIt(subjectOf(digest))}.`;
    throw new UnreadableError(`${what}: ${why}`);
  };

  return {
    /** Bytes that one more event with these takes: what is in the log already takes only its reference. */
    async cost(holder: Holder, deadlineMs: number): Promise<number> {
      const { stored, bodies } = setApart(holder);
      let bytes = Buffer.byteLength(JSON.stringify(stored));
      for (const one of bodies) {
        if (known.has(one.digest) || (await find(one.digest, deadlineMs)).body !== undefined) continue;
        bytes += one.bytes;
      }
      return bytes;
    },
    /** What an event says of them, once all that it refers to is in the log. */
    async store<H extends Holder>(holder: H, deadlineMs: number) {
      const { stored, bodies } = setApart(holder);
      for (const one of bodies) await keep(one, deadlineMs);
      return stored;
    },
    /** All of what an event has. @throws AppError `storage_unavailable` where it can't be read back as it was stored */
    join: <H extends StoredHolder>(stored: H, deadlineMs: number) =>
      joinApart(stored, (ref) => read(ref, deadlineMs)),
  };
}
