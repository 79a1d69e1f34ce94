import type { Logger } from 'pino';

/** The part of a pino logger that the broker's start needs. */
export type BrokerLog = Pick<Logger, 'info' | 'warn'>;

/** Who hears of what is done: the log, and whoever waits for the start, in whole sentences. */
export type Heard = { readonly log: BrokerLog; readonly say: (sentence: string) => void };
