import { createHmac } from 'node:crypto';
import { WebhookSecret } from '@aegis/contracts/webhooks';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { makeSecret, signaturesOf } from './standard.ts';

const BODY = '{"type":"approval.requested","data":{"principal":"Zoë ✓"}}';
const now = Math.floor(Date.now() / 1_000);

function headers(secrets: string[], body = BODY) {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(now),
    'webhook-signature': signaturesOf(secrets, 'msg_1', new Date(now * 1_000), body),
  };
}

test('a secret is one of the contract, and another one each time', () => {
  expect(WebhookSecret.safeParse(makeSecret()).success).toBe(true);
  expect(makeSecret()).not.toBe(makeSecret());
});

test('the reference library verifies the signature, and refuses another body, secret or id', () => {
  const [secret, other] = [makeSecret(), makeSecret()];
  expect(new Webhook(secret).verify(BODY, headers([secret]))).toEqual(JSON.parse(BODY));
  expect(() => new Webhook(secret).verify(`${BODY} `, headers([secret]))).toThrow();
  expect(() => new Webhook(other).verify(BODY, headers([secret]))).toThrow();
  expect(() => new Webhook(secret).verify(BODY, { ...headers([secret]), 'webhook-id': 'msg_2' })).toThrow();
});

test('while a secret is exchanged, who knows either of them can verify', () => {
  const [present, previous] = [makeSecret(), makeSecret()];
  for (const known of [present, previous]) {
    expect(new Webhook(known).verify(BODY, headers([present, previous]))).toEqual(JSON.parse(BODY));
  }
});

test('secrets of every length that the contract lets through are used whole', () => {
  for (const bytes of [24, 31, 32, 64]) {
    const secret = `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
    expect(WebhookSecret.safeParse(secret).success).toBe(true);
    expect(new Webhook(secret).verify(BODY, headers([secret]))).toEqual(JSON.parse(BODY));
  }
});

test('a signature is that of the specification, also by a secret that was written without its padding', () => {
  const [secret, id, at, body] = [
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1_614_265_330_999),
    '{"test": 2432232314}',
  ];
  expect(signaturesOf([secret], id, at, body)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  const key = Buffer.alloc(31, 7);
  const bare = `whsec_${key.toString('base64').replaceAll('=', '')}`;
  expect(WebhookSecret.safeParse(bare).success).toBe(true);
  const expected = createHmac('sha256', key).update(`${id}.1614265330.${body}`).digest('base64');
  expect(signaturesOf([bare], id, at, body)).toBe(`v1,${expected}`);
});
