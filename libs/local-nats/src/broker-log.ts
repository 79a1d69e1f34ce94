import type { Logger } from 'pino';

/** The part of a pino logger that the broker's start needs. */
export type BrokerLog = Pick<Logger, 'info' | 'warn'>;
