import { describe, expect, it } from 'vitest';
import { ambiguity } from './ambiguity.ts';
import { METHODS } from './methods.ts';
import { PARAMS_KEYS, SERVER_METHOD_NAMES } from './protocol-keys.ts';
import { readClientMessage } from './read-message.ts';

const call = (json: string) =>
  readClientMessage(Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${json}}`));

it.each(['NAME', 'na\u200bme', 'name\0', 'na\0me', 'name\0 and what a C string does not have', 'n\u0307ame'])(
  '%j looks like the name of a tool',
  (key) => {
    expect(PARAMS_KEYS.lookedLike(key)).toBe('name');
    expect(call(`{"name":"read",${JSON.stringify(key)}:"write"}`)).toHaveProperty('refused');
  },
);

it.each(['names', 'x\0name', '\0name2', `name${'x'.repeat(2_000)}`])('%j does not', (key) => {
  expect(PARAMS_KEYS.lookedLike(key)).toBeUndefined();
});

it('a short name among a million characters that nobody sees is found', () => {
  expect(PARAMS_KEYS.lookedLike(`na${'\u200b'.repeat(1_000_000)}me`)).toBe('name');
});

it('a key of millions of combining marks takes no longer than it is', () => {
  const marks = '\u0301\u0316'.repeat(2_000_000);
  expect(PARAMS_KEYS.lookedLike(`A${marks}`)).toBeUndefined();
  expect(call(`{"name":"read","a${marks}":1}`)).toHaveProperty('message');
});

it('an argument whose name a C string cuts short can be read in two ways', () => {
  const read = call('{"name":"read","arguments":{"path":"/srv","path\\u0000x":"/etc"}}');
  expect('message' in read && ambiguity(read.message)).toContain('invisible');
});

describe('a method of a server', () => {
  it.each([
    ['Elicitation/Create', 'elicitation/create'],
    ['ELICITATION/CREATE', 'elicitation/create'],
    ['elicitation_create', 'elicitation/create'],
    ['elicitation//create', 'elicitation/create'],
    ['elicitation.create', 'elicitation/create'],
    ['elicitationCreate', 'elicitation/create'],
    ['elicitation∕create', 'elicitation/create'],
    ['elicitation/create\0x', 'elicitation/create'],
    ['ｅlicitation/create', 'elicitation/create'],
    ['sampling/createmessage', 'sampling/createMessage'],
    ['sampling/create_message', 'sampling/createMessage'],
    ['Roots/List', 'roots/list'],
    ['Ping', 'ping'],
    ['notifications/Elicitation/Complete', 'notifications/elicitation/complete'],
  ])('that is written %j is %s to some readers', (written, meant) => {
    expect(SERVER_METHOD_NAMES.lookedLike(written, true)).toBe(meant);
  });

  it('is itself as the protocol writes it, and none where only some letters are the same', () => {
    const others = [...METHODS.server.keys(), 'vendor/ask', 'elicitation', 'create', 'roots/list/all'];
    expect(others.filter((name) => SERVER_METHOD_NAMES.lookedLike(name, true) !== undefined)).toEqual([]);
  });
});
