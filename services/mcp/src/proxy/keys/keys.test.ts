import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIENT_KEY_PREFIX, parseKeys } from '@aegis/contracts/keys-file';
import { keyDigest, makeKey as makeKeyOf } from '@aegis/kit/keys';
import { createLogger } from '@aegis/kit/logger';
import { BAD_FILES } from '@aegis/testkit/bad-files';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKeyHolders } from './key-holders.ts';

const makeKey = (): string => makeKeyOf(CLIENT_KEY_PREFIX);
const quiet = createLogger('test', 'silent');

async function startHolders(content?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-keys-'));
  const path = join(folder, 'mcp-keys.json');
  if (content !== undefined) await writeFile(path, content);
  const holders = createKeyHolders(path, quiet);
  await holders.start();
  onTestFinished(async () => {
    holders.stop();
    await rm(folder, { recursive: true });
  });
  return { holders, path, write: (text: string) => writeFile(path, text) };
}

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
    expect(createKeyHolders(undefined, quiet).principalOf(undefined)).toBe('anonymous');
  });

  it('is nobody where the file is missing', async () => {
    const { holders } = await startHolders();
    expect(holders.principalOf(`Bearer ${makeKey()}`)).toBeUndefined();
    expect(holders.problem).toMatch(/mcp-keys.json can't be read \(ENOENT\); no key is accepted$/);
  });

  it('changes with the file; a broken file changes nothing and is told', async () => {
    const [ada, bob] = [makeKey(), makeKey()];
    const { holders, write } = await startHolders(fileOf({ ada: keyDigest(ada) }));
    await write(fileOf({ bob: keyDigest(bob) }));
    await expect.poll(() => holders.principalOf(`Bearer ${bob}`), { timeout: 5_000 }).toBe('key:bob');
    expect(holders.principalOf(`Bearer ${ada}`)).toBeUndefined();
    await write('{"keys": {"bob": "plain"}}');
    await expect.poll(() => holders.problem, { timeout: 5_000 }).toContain('keys.bob');
    expect(holders.principalOf(`Bearer ${bob}`)).toBe('key:bob');
  });

  it.each(BAD_FILES)(
    'is as before, and nobody new, where the file turns $what',
    async ({ what, put, problem }) => {
      const ada = makeKey();
      const { holders, path } = await startHolders(fileOf({ ada: keyDigest(ada) }));
      await put(path);
      await expect.poll(() => holders.problem, { timeout: 5_000 }).toMatch(problem);
      // Nothing is known of what a folder hides: then nobody is let in.
      expect(holders.principalOf(`Bearer ${ada}`)).toBe(what === 'a folder' ? undefined : 'key:ada');
    },
  );

  it('is nobody where the file is half-written at the start, until it is whole', async () => {
    const ada = makeKey();
    const whole = fileOf({ ada: keyDigest(ada) });
    const { holders, write } = await startHolders(whole.slice(0, -10));
    expect(holders.principalOf(`Bearer ${ada}`)).toBeUndefined();
    expect(holders.problem).toContain('it is not valid JSON');
    await write(whole);
    await expect.poll(() => holders.principalOf(`Bearer ${ada}`), { timeout: 5_000 }).toBe('key:ada');
  });

  it('may be in a file with a byte order mark, as some editors write it', async () => {
    const ada = makeKey();
    const { holders } = await startHolders(`\uFEFF${fileOf({ ada: keyDigest(ada) })}`);
    expect(holders.principalOf(`Bearer ${ada}`)).toBe('key:ada');
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
  ['{"keys":{"ci":"secret-in-plain"}}', 'keys.ci'],
  ['{"keys":{},"more":1}', 'more: unknown field'],
])('a file %s is refused: %s', (text, problem) => {
  expect(parseKeys(text)).toEqual({ problem: expect.stringContaining(problem) });
});
