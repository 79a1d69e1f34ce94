import { z } from 'zod';
import { checkInput, describeMistakes } from './errors/invalid.ts';

/** A bad environment variable, in words that name it. */
export class ConfigError extends Error {}

/** The environment of a process, or a part of one. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Parses the environment. Unset and empty are the same. @throws ConfigError that names every bad variable */
export function parseEnv<S extends z.ZodObject>(schema: S, env: Env): z.output<S> {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const checked = checkInput(schema, present);
  if ('value' in checked) return checked.value;
  throw new ConfigError(describeMistakes(checked.mistakes));
}

const wholeNumber = (expected: string, min: number, max: number) =>
  z.coerce.number(expected).int(expected).min(min, expected).max(max, expected);
export const port = wholeNumber('expected a whole number from 0 to 65535', 0, 65_535);
const DURATION_EXPECTED = 'expected milliseconds, a whole number from 1 to 31536000000 (a year)';
export const durationMs = wholeNumber(DURATION_EXPECTED, 1, 31_536_000_000);
/** Host names, comma separated, in lower case. */
export const hostNames = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter(Boolean),
  );
/** Where people find the console. */
export const consoleUrl = z
  .url({ protocol: /^https?$/, error: 'expected an address that starts with http:// or https://' })
  .default('http://127.0.0.1:8000');
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** How much is logged; in any case, and by the names that Python's programs have for the levels. */
export const logLevel = z.preprocess(
  (said) => {
    const level = String(said).toLowerCase();
    return level === 'warning' ? 'warn' : level === 'critical' ? 'fatal' : level;
  },
  z.enum(LEVELS, `expected one of ${LEVELS.join(', ')}`),
);

/** What each service needs to reach the bus and to say how it is. */
export const BusEnv = z.object({
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  NATS_NKEY_FILE: z.string().optional(),
  LOG_LEVEL: logLevel.default('info'),
  HEALTH_PORT: port.default(8080),
  HEALTH_HOST: z.string().default('127.0.0.1'),
});
