import type { WebhookChanged } from '@aegis/contracts/webhooks';
import { silentLog } from '@aegis/testkit/bus';
import { beforeEach, expect, test } from 'vitest';
import type { WebhookEntry } from './channels/registry.ts';
import { makeSecret } from './channels/standard.ts';
import type { WebhookEntries } from './file/entry.ts';
import { createWebhooks, type Save, type Webhooks } from './webhooks.ts';

let entries: WebhookEntries;
let recorded: WebhookChanged[];
let webhooks: Webhooks;

beforeEach(() => {
  entries = new Map();
  recorded = [];
  webhooks = createWebhooks({
    file: {
      entries: () => entries,
      change: async (edit, record) => {
        const next = edit(entries);
        await record();
        entries = next;
      },
    },
    record: (changed) => Promise.resolve(void recorded.push(changed)),
    problemOf: () => undefined,
    log: silentLog,
  });
});

const SLACK = 'https://hooks.slack.com/services/T0/B0/secret';
const told = { events: ['approval.requested' as const] };
const standard: Save = {
  webhook_id: 'ops',
  target: { type: 'standard', url: 'https://ops.example.com/hook?token=secret', ...told },
};
const slack = (url = SLACK): Save => ({ webhook_id: 'chat', target: { type: 'slack', url, ...told } });
const save = (request: Save) => webhooks.save(request, 'ana', 0);
const secretsOf = (id = 'ops') => {
  const { secret, previous_secret } = entries.get(id) as WebhookEntry & { type: 'standard' };
  return [secret, previous_secret];
};

test('a secret is made, shown once, and stays when the webhook is changed', async () => {
  const { secret } = await save(standard);
  expect(secret).toMatch(/^whsec_/);
  expect(secretsOf()).toEqual([secret, undefined]);
  expect(await save(standard)).not.toHaveProperty('secret');
  expect(secretsOf()).toEqual([secret, undefined]);
  expect(JSON.stringify([webhooks.list(), recorded])).not.toContain(secret);
});

test('a new secret keeps the one before until it is given again', async () => {
  const { secret: first } = await save(standard);
  const second = makeSecret();
  expect(await save({ ...standard, secret: second })).not.toHaveProperty('secret');
  expect(secretsOf()).toEqual([second, first]);
  await save(standard);
  expect(secretsOf()).toEqual([second, first]);
  await save({ ...standard, secret: second });
  expect(secretsOf()).toEqual([second, undefined]);
});

test('of a slack address only the origin is shown, and sending that back keeps the address', async () => {
  await save(slack());
  const [shown] = webhooks.list();
  expect(shown?.target).toMatchObject({ url: 'https://hooks.slack.com/' });
  await save({ webhook_id: 'chat', target: shown?.target as Save['target'] });
  expect(entries.get('chat')).toMatchObject({ url: SLACK });
  await save(slack('https://hooks.slack.com/services/other'));
  expect(entries.get('chat')).toMatchObject({ url: 'https://hooks.slack.com/services/other' });
});

test('what goes on record has who did it, and no secret', async () => {
  await save(standard);
  await save(slack());
  await webhooks.disable('ops', 'it answered 410', 0);
  await webhooks.remove('ops', 'ben', 0);
  expect(recorded.map(({ change, by }) => [change, by])).toEqual([
    ['saved', 'ana'],
    ['saved', 'ana'],
    ['disabled', 'webhook:ops'],
    ['removed', 'ben'],
  ]);
  expect(recorded[0]?.target).toMatchObject({ url: 'https://ops.example.com/hook' });
  expect(JSON.stringify(recorded)).not.toContain('secret');
});

test('a disabled webhook says why, and is told again once it is saved', async () => {
  await save(standard);
  await webhooks.disable('ops', 'it answered 410', 0);
  expect(webhooks.list()).toEqual([expect.objectContaining({ disabled_because: 'it answered 410' })]);
  await save(standard);
  expect(webhooks.list()[0]?.disabled_because).toBeUndefined();
});

test('only a standard webhook has a secret', async () => {
  await expect(save({ ...slack(), secret: makeSecret() })).rejects.toThrow(
    'secret: a slack webhook has none',
  );
  expect(entries.size).toBe(0);
});

test('a webhook that there is not is not found', async () => {
  expect(() => webhooks.find('x')).toThrow('There is no webhook x.');
  await expect(webhooks.remove('x', 'ana', 0)).rejects.toMatchObject({ code: 'not_found' });
  expect(recorded).toEqual([]);
});

test('the hundred and first is refused, and a change of the hundredth is not', async () => {
  for (let i = 0; i < 100; i++) await save({ ...standard, webhook_id: `w${i}` });
  await expect(save(standard)).rejects.toThrow('webhook_id: there are 100 webhooks already');
  await save({ ...standard, webhook_id: 'w99' });
});
