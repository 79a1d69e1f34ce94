import { destination, type Logger as Pino, pino } from 'pino';

export type Logger = Pino;

/** What never stands in a log line, wherever it comes from. */
const REDACTED = [
  'approval_code',
  '*.approval_code',
  'approvalCode',
  '*.approvalCode',
  'authorization',
  '*.authorization',
  'headers.cookie',
  '*.seed',
  'seed',
  'args',
  '*.args',
];

/** JSON lines on stderr, so that stdout stays free for what a command prints or speaks. `level` as pino's. */
export function createLogger(service: string, level: string): Logger {
  return pino(
    {
      level,
      base: { service },
      redact: { paths: REDACTED, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination({ dest: 2, sync: false }),
  );
}
