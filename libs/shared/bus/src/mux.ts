import { randomFillSync, randomUUID } from 'node:crypto';
import { AppError } from '@aegis/kit/errors';
import type { Msg } from '@nats-io/transport-node';
import type { Link, Message } from './link.ts';

const SWEEP_MS = 20;

type Waiting = {
  deadlineMs: number;
  late: () => AppError;
  resolve: (reply: Msg) => void;
  reject: (error: AppError) => void;
};

const TOKEN_BYTES = 16;
const POOLED_TOKENS = 256;

/** Names of replies that nobody guesses: whoever may publish on an inbox could answer in another's place. */
function createTokens() {
  const pool = Buffer.alloc(TOKEN_BYTES * POOLED_TOKENS);
  let at = pool.length;
  return (): string => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += TOKEN_BYTES;
    return pool.toString('base64url', at - TOKEN_BYTES, at);
  };
}

/** Where replies come back: one subscription, a map, and one coarse sweep of what ran out of time. */
export type Mux = ReturnType<typeof createMux>;

/**
 * nats.js's own `request` makes an error object with a stack trace and a timer for each call, which costs more than the
 * rest of the hop; hence this one.
 */
export function createMux(link: Link, inboxPrefix: string) {
  const base = `${inboxPrefix}.${randomUUID()}`;
  const waiting = new Map<string, Waiting>();
  const nextToken = createTokens();

  const subscription = link.nc.subscribe(`${base}.*`, {
    callback: (error, message) => {
      if (error) return;
      const token = message.subject.slice(base.length + 1);
      const one = waiting.get(token);
      if (!one) return;
      waiting.delete(token);
      one.resolve(message);
    },
  });

  const sweep = setInterval(() => {
    const now = Date.now();
    for (const [token, one] of waiting) {
      if (one.deadlineMs > now) continue;
      waiting.delete(token);
      one.reject(one.late());
    }
  }, SWEEP_MS);
  sweep.unref();

  const rejectAll = () => {
    for (const one of waiting.values()) {
      one.reject(new AppError('bus_unavailable', 'The message bus went away before it answered.'));
    }
    waiting.clear();
  };
  link.onDown(rejectAll);

  return {
    /**
     * Sends messages, one of which names the inbox, and gives the reply that comes there; the error that `late` makes once
     * the deadline is past; or `bus_unavailable` at once, with nothing sent.
     */
    async exchange(
      toMessages: (inbox: string) => Message[],
      deadlineMs: number,
      late: () => AppError,
    ): Promise<Msg> {
      const token = nextToken();
      link.send(...toMessages(`${base}.${token}`));
      const { promise, resolve, reject } = Promise.withResolvers<Msg>();
      waiting.set(token, { deadlineMs, late, resolve, reject });
      return promise;
    },
    close(): void {
      clearInterval(sweep);
      subscription.unsubscribe();
      rejectAll();
    },
  };
}
