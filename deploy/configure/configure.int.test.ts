import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDENTITIES } from '@aegis/bus/law';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configure, type Places } from './configure.ts';

let folder: string;
let places: Places;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-configure-'));
  places = {
    conf: join(folder, 'nats', 'nats.conf'),
    keysDir: join(folder, 'keys'),
    storeDir: '/data',
    webhooks: { file: join(folder, 'webhooks.json'), before: join(folder, 'before.json') },
  };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('each identity has its seed alone in its folder, and a user in the configuration', async () => {
  await configure(places);
  const conf = await readFile(places.conf, 'utf8');
  for (const identity of IDENTITIES) {
    expect(await readdir(join(places.keysDir, identity))).toEqual([`${identity}.nk`]);
    expect(conf).toContain(`"AEGIS-${identity}": {\n`);
  }
  expect(conf).toContain('store_dir: "/data"');
  expect(conf).toContain('http: "0.0.0.0:8222"');
});

test('what takes the streams of a version before the accounts along lies beside the configuration', async () => {
  await configure(places);
  const script = await readFile(join(folder, 'nats', 'move-streams.sh'), 'utf8');
  expect(script).toContain(
    "move '/data/jetstream/$G/streams/AEGIS_TIMERS' '/data/jetstream/AEGIS_TIMERS/streams/AEGIS_TIMERS'\n",
  );
});

test('a second run changes nothing', async () => {
  await configure(places);
  const before = await readFile(places.conf, 'utf8');
  await configure(places);
  expect(await readFile(places.conf, 'utf8')).toBe(before);
});

test('it makes no code: who approves first opens a link', async () => {
  await configure(places);
  expect((await readdir(places.keysDir)).toSorted()).toEqual([...IDENTITIES].toSorted());
});

test('webhooks of before there was a notifier are taken over once, for the owner only', async () => {
  const { file, before } = places.webhooks;
  await writeFile(before, '{"webhooks":{}}');
  await configure(places);
  expect(await readFile(file, 'utf8')).toBe('{"webhooks":{}}');
  expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
  await writeFile(file, '{"webhooks":{"mine":1}}');
  await configure(places);
  expect(await readFile(file, 'utf8')).toBe('{"webhooks":{"mine":1}}');
});
