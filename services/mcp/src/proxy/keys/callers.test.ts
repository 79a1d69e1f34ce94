import { AppError } from '@aegis/kit/errors';
import { makeIdentityKey, makeKey } from '@aegis/kit/keys';
import { describe, expect, it } from 'vitest';
import { createCallers } from './callers.ts';

const KEY = makeIdentityKey();
const GONE = makeIdentityKey();
const OF_FILE = makeKey('aegis');
const bearer = (key: string) => `Bearer ${key}`;

type File = 'none' | 'open' | 'in force';

const away = () => Promise.reject(new AppError('identities_unavailable', 'The bus is away.'));

/** Somebody on the log, and a keys file. */
function callersOf(file: File, isAsked: boolean, more: { isAway?: boolean } = {}) {
  const holderOf = (authorization: string | undefined) =>
    file === 'in force' && authorization === bearer(OF_FILE) ? 'key:laptop' : undefined;
  return createCallers({
    keys: {
      holderOf,
      principalOf: (authorization) => (file === 'in force' ? holderOf(authorization) : 'anonymous'),
      reread: () => Promise.resolve(),
    },
    identities: {
      agentOf: (key) => {
        if (more.isAway) return away();
        if (key === KEY) return Promise.resolve('key:billing');
        return Promise.reject(new AppError('unauthorized', 'The key was revoked.'));
      },
      isAsked: () => (more.isAway ? away() : Promise.resolve(isAsked)),
      wasAsked: isAsked,
    },
  });
}

describe('who calls over MCP', () => {
  it.each<[File, boolean, string | undefined, string | undefined]>([
    ['none', false, undefined, 'anonymous'],
    ['open', false, bearer('nonsense'), 'anonymous'],
    ['open', true, undefined, undefined],
    ['none', true, bearer('nonsense'), undefined],
    ['in force', false, undefined, undefined],
    ['in force', false, bearer(OF_FILE), 'key:laptop'],
    ['in force', true, bearer(OF_FILE), 'key:laptop'],
    ['open', false, bearer(KEY), 'key:billing'],
    ['in force', true, bearer(KEY), 'key:billing'],
  ])('with the file %s, asked for a name: %s, by %s it is %s', async (file, isAsked, sent, who) => {
    expect(await callersOf(file, isAsked).principalOf(sent)).toBe(who);
  });

  it.each<File>(['none', 'open', 'in force'])(
    'a key that was revoked is said to be, with the file %s',
    async (file) => {
      await expect(callersOf(file, false).principalOf(bearer(GONE))).rejects.toThrow('The key was revoked');
    },
  );

  it('nobody is let in by the log where nobody can say who there is, nor without a name where one was asked', async () => {
    const callers = callersOf('open', true, { isAway: true });
    await expect(callers.principalOf(bearer(KEY))).rejects.toMatchObject({ code: 'identities_unavailable' });
    expect(await callers.principalOf(undefined)).toBeUndefined();
    expect(await callersOf('open', false, { isAway: true }).principalOf(undefined)).toBe('anonymous');
    expect(await callersOf('in force', true, { isAway: true }).principalOf(bearer(OF_FILE))).toBe(
      'key:laptop',
    );
  });
});

it('a relay has a key in any case: one of the log, one of the file, and no other', async () => {
  const callers = callersOf('in force', false);
  const sent = [bearer(KEY), bearer(OF_FILE), bearer(GONE), undefined];
  expect(await Promise.all(sent.map((one) => callers.holderOf(one)))).toEqual([
    'key:billing',
    'key:laptop',
    undefined,
    undefined,
  ]);
});
