import { expect, it } from 'vitest';
import { createProxies } from './proxies.ts';

/** A name server of its own, and a clock. */
function world(addresses: string[]) {
  const asked: string[] = [];
  const state = { addresses, now: 0, asked };
  const resolve = async (name: string): Promise<string[]> => {
    asked.push(name);
    if (state.addresses.length === 0) throw new Error('ENOTFOUND');
    return state.addresses;
  };
  return { state, isProxy: createProxies(['edge'], resolve, () => state.now) };
}

it('knows the proxy by its name, and nobody else', async () => {
  const { isProxy } = world(['10.0.0.2', '10.1.0.2']);
  const seen = ['10.0.0.2', '10.1.0.2', '::ffff:10.0.0.2', '10.0.0.3', ''];
  expect(await Promise.all(seen.map(isProxy))).toEqual([true, true, true, false, false]);
});

it('knows a proxy that got a new address at once, and forgets the old one', async () => {
  const { state, isProxy } = world(['10.0.0.2']);
  expect(await isProxy('10.0.0.2')).toBe(true);
  state.addresses = ['10.0.0.9'];
  expect(await isProxy('10.0.0.9')).toBe(true);
  expect(await isProxy('10.0.0.2')).toBe(false);
});

it('forgets an address that somebody else may have by now', async () => {
  const { state, isProxy } = world(['10.0.0.2']);
  await isProxy('10.0.0.2');
  state.addresses = ['10.0.0.9'];
  state.now += 31_000;
  expect(await isProxy('10.0.0.2')).toBe(false);
});

it('takes nobody for a proxy whose name is not known', async () => {
  const { isProxy } = world([]);
  expect(await isProxy('10.0.0.2')).toBe(false);
});

it('looks the name up once for many connections of one proxy', async () => {
  const { state, isProxy } = world(['10.0.0.2']);
  await Promise.all(Array.from({ length: 20 }, () => isProxy('10.0.0.2')));
  await isProxy('10.0.0.2');
  expect(state.asked).toEqual(['edge']);
});
