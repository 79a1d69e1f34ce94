import { expect, test } from 'vitest';
import { makeSecret } from '../channels/standard.ts';
import { parseWebhooks, writeWebhooks } from './entry.ts';

const SECRET = makeSecret();
const ops = { type: 'standard', url: 'https://ops.example.com/hook', secret: SECRET };
const file = (webhooks: object): string => JSON.stringify({ webhooks });

test('a file has webhooks of three kinds; a new approval is what they are told of', () => {
  const text = file({
    ops: { ...ops, events: ['approval.denied'], previous_secret: makeSecret() },
    chat: { type: 'slack', url: 'https://hooks.slack.com/services/T/B/X' },
    mail: { type: 'email', to: ['ana@example.com'], disabled_because: 'too many' },
  });
  const read = parseWebhooks(text);
  if ('problem' in read) throw new Error(read.problem);
  expect([...read.file.keys()]).toEqual(['ops', 'chat', 'mail']);
  expect(read.file.get('chat')?.events).toEqual(['approval.requested']);
  expect(parseWebhooks(writeWebhooks(read.file))).toEqual(read);
});

test.each([
  ['what is not JSON', '{', 'it is not valid JSON'],
  ['the same key twice', '{"webhooks":{},"webhooks":{}}', 'an object has the same key twice'],
  ['a field that there is not', file({ ops: { ...ops, uri: 'x' } }), 'webhooks.ops.uri: unknown field'],
  ['no secret', file({ ops: { ...ops, secret: undefined } }), 'webhooks.ops.secret: required'],
  [
    'a short secret',
    file({ ops: { ...ops, secret: 'whsec_c2hvcnQ=' } }),
    'webhooks.ops.secret: expected whsec_',
  ],
  ['an event that there is not', file({ ops: { ...ops, events: ['x'] } }), 'webhooks.ops.events.0:'],
  ['an address that is none', file({ ops: { ...ops, url: 'ops' } }), 'webhooks.ops.url:'],
  ['an e-mail address that is none', file({ m: { type: 'email', to: ['ana'] } }), 'webhooks.m.to.0:'],
  [
    'a secret where there is none',
    file({ m: { type: 'email', to: ['a@b.io'], secret: SECRET } }),
    'webhooks.m.secret',
  ],
  ['a name with a dot', file({ 'a.b': ops }), 'webhooks.a.b:'],
  ['a prototype', '{"webhooks":{"__proto__":{}}}', '__proto__: this key is refused'],
  [
    'too many',
    file(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`w${i}`, ops]))),
    'webhooks: expected 100',
  ],
])('%s is a problem that names its field', (_, text, problem) => {
  expect(parseWebhooks(text)).toEqual({ problem: expect.stringContaining(problem) });
});
