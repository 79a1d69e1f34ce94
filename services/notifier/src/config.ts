import { BusEnv, consoleUrl, durationMs, hostNames } from '@aegis/kit/env';
import { z } from 'zod';

const HOUR_MS = 3_600_000;
/** The schedule that Standard Webhooks suggests, in milliseconds. */
const RETRY_AFTER_MS = [5_000, 300_000, 1_800_000, 2, 5, 10, 14, 20, 24].map((n) =>
  n < 100 ? n * HOUR_MS : n,
);
/** What waits longer than five days is gone: the queue keeps it no longer. */
const MAX_WAIT_MS = 4 * 24 * HOUR_MS;
const RETRY_EXPECTED = 'expected up to 20 waits in milliseconds, comma separated, of 4 days in all at most';
const TIMEOUT_EXPECTED = 'expected milliseconds, a whole number from 1 to 30000';

const waits = z
  .string()
  .transform((list) => list.split(',').map((wait) => Number(wait.trim() || Number.NaN)))
  .refine((list) => {
    const isList = list.length <= 20 && list.every((wait) => Number.isSafeInteger(wait) && wait > 0);
    return isList && list.reduce((sum, wait) => sum + wait, 0) <= MAX_WAIT_MS;
  }, RETRY_EXPECTED);

export const NotifierEnv = BusEnv.extend({
  /** Where people find the console: what links in notices begin with. */
  CONSOLE_URL: consoleUrl,
  /** The file of the webhooks; without one there are none. */
  WEBHOOKS_FILE: z.string().optional(),
  /** Host names or addresses, comma separated, that may be private and be reached without TLS. */
  WEBHOOK_ALLOW_HOSTS: hostNames.transform((hosts) => hosts.map((host) => host.replace(/^\[(.*)\]$/, '$1'))),
  /** How long after each failed attempt the next one is made, in milliseconds, comma separated. */
  WEBHOOK_RETRY_MS: waits.default(RETRY_AFTER_MS),
  /** How long one attempt may take, in milliseconds. */
  WEBHOOK_TIMEOUT_MS: durationMs.max(30_000, TIMEOUT_EXPECTED).default(15_000),
  /** The mail server, such as `smtp://user:password@mail.example:587`; without one there is no e-mail. */
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'expected smtp://… or smtps://…' }).optional(),
  /** The sender of e-mails, such as `AegisMCP <aegis@example.com>`. */
  SMTP_FROM: z.string().min(3).max(320).optional(),
}).refine((env) => env.SMTP_URL === undefined || env.SMTP_FROM !== undefined, {
  path: ['SMTP_FROM'],
  error: 'is needed beside SMTP_URL: the sender of e-mails',
});
export type NotifierConfig = z.output<typeof NotifierEnv>;
