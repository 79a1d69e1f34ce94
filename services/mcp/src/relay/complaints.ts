import type { Logger } from '@aegis/kit/logger';

const WINDOW_MS = 10_000;
const PER_WINDOW = 10;

/** Says what was dropped, one line each; a flood of it is counted. */
export function createComplaints(log: Pick<Logger, 'warn'>, now: () => number = Date.now) {
  let since = 0;
  let said = 0;
  let unsaid = 0;
  return (because: string): void => {
    if (now() - since >= WINDOW_MS) {
      if (unsaid > 0) log.warn({ messages: unsaid }, 'more messages of the server were dropped');
      since = now();
      said = 0;
      unsaid = 0;
    }
    if (said++ < PER_WINDOW) log.warn({ because }, 'a message of the server was dropped');
    else unsaid++;
  };
}
