import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIENT_KEY_PREFIX, parseKeys } from '@aegis/contracts/keys-file';
import { keyDigest, makeKey as makeKeyOf } from '@aegis/kit/keys';
import { createLogger } from '@aegis/kit/logger';
import { BAD_FILES } from '@aegis/testkit/bad-files';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKeyHolders, type KeyHoldersOptions } from './key-holders.ts';

const makeKey = (): string => makeKeyOf(CLIENT_KEY_PREFIX);
const SOON = { timeout: 5_000 };
const quiet = createLogger('test', 'silent');

async function startHolders(
  content?: string,
  more: (folder: string) => Partial<KeyHoldersOptions> = () => ({}),
) {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-keys-'));
  const path = join(folder, 'mcp-keys.json');
  if (content !== undefined) await writeFile(path, content);
  const holders = createKeyHolders({ path, log: quiet, ...more(folder) });
  await holders.start();
  onTestFinished(async () => {
    holders.stop();
    await rm(folder, { recursive: true });
  });
  return { holders, path, write: (text: string) => writeFile(path, text) };
}

const needed = (folder: string) => ({ neededPath: join(folder, 'needed') });
const fileOf = (keys: Record<string, string>): string => JSON.stringify({ keys });

describe('who holds a key', () => {
  it('is known by it, and nobody else is', async () => {
    const [ada, bob] = [makeKey(), makeKey()];
    const { holders } = await startHolders(fileOf({ ada: keyDigest(ada), bob: keyDigest(bob) }));
    expect(holders.principalOf(`Bearer ${ada}`)).toBe('key:ada');
    expect(holders.principalOf(`bearer  ${bob} `)).toBe('key:bob');
    for (const wrong of [
      undefined,
      '',
      'Bearer',
      `Basic ${ada}`,
      `Bearer ${ada}x`,
      `Bearer ${keyDigest(ada)}`,
    ]) {
      expect(holders.principalOf(wrong)).toBeUndefined();
    }
  });

  it('is everybody where no file is named', () => {
    expect(createKeyHolders({ path: undefined, log: quiet }).principalOf(undefined)).toBe('anonymous');
  });

  it('is nobody where the file is missing', async () => {
    const { holders } = await startHolders();
    expect(holders.principalOf(`Bearer ${makeKey()}`)).toBeUndefined();
    expect(holders.problem).toMatch(
      /mcp-keys.json can't be read: there is no such file; no key of it is accepted, and nobody is let in over HTTP but by the key of a name on the log$/,
    );
  });

  it('changes with the file; a broken file locks everybody out, and is told', async () => {
    const [ada, bob] = [makeKey(), makeKey()];
    const { holders, write } = await startHolders(fileOf({ ada: keyDigest(ada) }));
    await write(fileOf({ bob: keyDigest(bob) }));
    await expect.poll(() => holders.principalOf(`Bearer ${bob}`), SOON).toBe('key:bob');
    expect(holders.principalOf(`Bearer ${ada}`)).toBeUndefined();
    await write('{"keys": {"bob": "plain"}}');
    await expect.poll(() => holders.problem, SOON).toContain('keys.bob');
    for (const key of [ada, bob]) expect(holders.principalOf(`Bearer ${key}`)).toBeUndefined();
    await write(fileOf({ bob: keyDigest(bob) }));
    await expect.poll(() => holders.principalOf(`Bearer ${bob}`), SOON).toBe('key:bob');
  });

  it('is found at once by who asks again for a key that was not there, however often that is', async () => {
    const [ada, bob] = [makeKey(), makeKey()];
    const { holders, write } = await startHolders(fileOf({ ada: keyDigest(ada) }));
    await Promise.all(Array.from({ length: 100 }, () => holders.reread()));
    await write(fileOf({ bob: keyDigest(bob) }));
    await holders.reread();
    expect([holders.principalOf(`Bearer ${bob}`), holders.principalOf(`Bearer ${ada}`)]).toEqual([
      'key:bob',
      undefined,
    ]);
  });

  it('is nobody once the last key is taken out, and that is told', async () => {
    const { holders, write } = await startHolders(fileOf({ ada: keyDigest(makeKey()) }), needed);
    expect(holders.problem).toBeUndefined();
    await write(fileOf({}));
    await holders.reread();
    expect(holders.problem).toMatch(
      /mcp-keys.json has no key, so no key of it is accepted, and nobody is let in over HTTP but by the key of a name on the log; "aegis keys add" makes one; who wants none again removes it and .*needed, and restarts$/,
    );
  });

  it.each(BAD_FILES)('is nobody where the file turns $what, until it is mended', async ({ put, problem }) => {
    const ada = makeKey();
    const { holders, path } = await startHolders(fileOf({ ada: keyDigest(ada) }));
    await put(path);
    await expect.poll(() => holders.problem, SOON).toMatch(problem);
    expect(holders.principalOf(`Bearer ${ada}`)).toBeUndefined();
    await rm(path, { recursive: true });
    await writeFile(path, fileOf({ ada: keyDigest(ada) }));
    await expect.poll(() => holders.principalOf(`Bearer ${ada}`), SOON).toBe('key:ada');
    expect(holders.problem).toBeUndefined();
  });

  it('is nobody where the file is half-written at the start, until it is whole', async () => {
    const ada = makeKey();
    const whole = fileOf({ ada: keyDigest(ada) });
    const { holders, write } = await startHolders(whole.slice(0, -10));
    expect(holders.principalOf(`Bearer ${ada}`)).toBeUndefined();
    expect(holders.problem).toContain('it is not valid JSON');
    await write(whole);
    await expect.poll(() => holders.principalOf(`Bearer ${ada}`), SOON).toBe('key:ada');
  });

  it('may be in a file with a byte order mark, as some editors write it', async () => {
    const ada = makeKey();
    const { holders } = await startHolders(`\uFEFF${fileOf({ ada: keyDigest(ada) })}`);
    expect(holders.principalOf(`Bearer ${ada}`)).toBe('key:ada');
  });
});

describe('where nobody needs a key before the first one is made', () => {
  const ada = makeKey();

  it('everybody is let in, and no key says who they are', async () => {
    const { holders } = await startHolders(undefined, needed);
    expect([holders.principalOf(undefined), holders.holderOf(`Bearer ${ada}`)]).toEqual([
      'anonymous',
      undefined,
    ]);
    expect(holders.problem).toBeUndefined();
  });

  it.each([
    ['a key', fileOf({ ada: keyDigest(ada) })],
    ['no key', fileOf({})],
    ['a key that is none', '{"keys": {"ada": "plain"}}'],
    ['nothing', ''],
  ])(
    'nobody is without one as soon as a file with %s is there, and who was, is told',
    async (_what, text) => {
      const kept: boolean[] = [];
      const { holders, write } = await startHolders(undefined, (folder) => ({
        ...needed(folder),
        changed: (isKept) => void kept.push(isKept('anonymous')),
      }));
      await write(text);
      await expect.poll(() => holders.principalOf(undefined), SOON).toBeUndefined();
      await expect.poll(() => kept.at(-1), SOON).toBe(false);
    },
  );

  it.each([
    ['as long as it runs', false],
    ['after a restart', true],
  ])('a file that is gone locks everybody out, %s', async (_when, isRestarted) => {
    const { holders, path } = await startHolders(fileOf({ ada: keyDigest(ada) }), needed);
    if (isRestarted) holders.stop();
    await rm(path);
    const folder = join(path, '..');
    const after = isRestarted ? createKeyHolders({ path, log: quiet, ...needed(folder) }) : holders;
    onTestFinished(() => after.stop());
    if (isRestarted) await after.start();
    await expect
      .poll(() => after.problem, SOON)
      .toMatch(
        /nobody is let in over HTTP but by the key of a name on the log; who wants none again removes/,
      );
    for (const key of [undefined, `Bearer ${ada}`]) expect(after.principalOf(key)).toBeUndefined();
  });
});

it('a key is 256 bits of chance, and never the same', () => {
  expect(makeKey()).toMatch(/^aegis_[\w-]{43}$/);
  expect(makeKey()).not.toBe(makeKey());
});

it.each([
  ['{', 'it is not valid JSON'],
  ['{"keys":{},"keys":{}}', 'same key twice'],
  ['{}', 'keys: required'],
  ['{"keys":{"a b":"sha256:0"}}', 'keys.a b'],
  ['{"keys":{"ci":"secret-in-plain"}}', 'keys.ci: expected a digest: "sha256:" and 64 characters of 0-9 a-f'],
  ['{"keys":{},"more":1}', 'more: unknown field'],
])('a file %s is refused: %s', (text, problem) => {
  expect(parseKeys(text)).toEqual({ problem: expect.stringContaining(problem) });
});
