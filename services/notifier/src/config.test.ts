import { parseEnv } from '@aegis/kit/env';
import { expect, test } from 'vitest';
import { NotifierEnv } from './config.ts';

const parse = (env: Record<string, string>) => parseEnv(NotifierEnv, env);

test('nothing has to be set, and the schedule is the one that Standard Webhooks suggests', () => {
  const minutes = parse({}).WEBHOOK_RETRY_MS.map((ms) => ms / 60_000);
  expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]);
  expect(parse({})).toMatchObject({ WEBHOOK_ALLOW_HOSTS: [], WEBHOOK_TIMEOUT_MS: 15_000 });
});

test('allowed hosts are names or addresses, IPv6 with or without brackets', () => {
  expect(parse({ WEBHOOK_ALLOW_HOSTS: '127.0.0.1, Hooks.Internal,[::1],' }).WEBHOOK_ALLOW_HOSTS).toEqual([
    '127.0.0.1',
    'hooks.internal',
    '::1',
  ]);
});

test.each([
  ['WEBHOOK_RETRY_MS', '5,x'],
  ['WEBHOOK_RETRY_MS', '5,,6'],
  ['WEBHOOK_RETRY_MS', '-5'],
  ['WEBHOOK_RETRY_MS', '400000000'],
  ['WEBHOOK_TIMEOUT_MS', '60000'],
  ['SMTP_URL', 'https://mail.example.com'],
])('%s=%s is refused by its name', (name, value) => {
  expect(() => parse({ [name]: value })).toThrow(new RegExp(`^${name}: expected`));
});

test('a schedule is a list of milliseconds', () => {
  expect(parse({ WEBHOOK_RETRY_MS: '10, 20' }).WEBHOOK_RETRY_MS).toEqual([10, 20]);
});
