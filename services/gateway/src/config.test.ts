import { parseEnv } from '@aegis/kit/env';
import { expect, it } from 'vitest';
import { GatewayEnv } from './config.ts';

it('without settings it listens on 127.0.0.1:8000 and on nothing else', () => {
  expect(parseEnv(GatewayEnv, {})).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 8000,
    APPROVALS_URL: 'http://127.0.0.1:8090',
    REQUEST_TIMEOUT_MS: 1500,
    ALLOWED_HOSTS: [],
  });
});

it('ALLOWED_HOSTS is a list with commas', () => {
  expect(parseEnv(GatewayEnv, { ALLOWED_HOSTS: ' Gateway, aegis.example ,' }).ALLOWED_HOSTS).toEqual([
    'gateway',
    'aegis.example',
  ]);
});

it.each([
  ['PORT', 'eighty'],
  ['APPROVALS_URL', 'file:///etc/passwd'],
  ['REQUEST_TIMEOUT_MS', '0'],
])('a bad %s is named', (name, value) => {
  expect(() => parseEnv(GatewayEnv, { [name]: value })).toThrow(name);
});
