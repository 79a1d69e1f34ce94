import { expect, it } from 'vitest';
import { BusEnv, ConfigError, parseEnv } from './env.ts';

const levelOf = (LOG_LEVEL: string): string => parseEnv(BusEnv, { LOG_LEVEL }).LOG_LEVEL;

it.each([
  ['info', 'info'],
  ['INFO', 'info'],
  ['Debug', 'debug'],
  ['WARNING', 'warn'],
  ['CRITICAL', 'fatal'],
  ['', 'info'],
])('LOG_LEVEL %j is %s', (said, level) => {
  expect(levelOf(said)).toBe(level);
});

it('a LOG_LEVEL that is none names those that there are', () => {
  expect(() => levelOf('loud')).toThrow(ConfigError);
  expect(() => levelOf('loud')).toThrow(
    'LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent',
  );
});
