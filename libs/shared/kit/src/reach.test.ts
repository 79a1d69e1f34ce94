import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseEnv } from './env.ts';
import { keepStrangersOut, ReachEnv } from './reach.ts';

const start = (env: Record<string, string>, isAsked = false): Promise<void> =>
  keepStrangersOut(parseEnv(ReachEnv, env), () => Promise.resolve(isAsked));
const own = Object.values(networkInterfaces()).flatMap((all = []) =>
  all.filter(({ internal }) => !internal).map(({ address }) => address),
);

describe('while no agent has a key', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.2',
    '127.1',
    '0x7f000001',
    'localhost',
    'LOCALHOST',
    '::1',
    '::ffff:127.0.0.1',
  ])('nothing but this machine reaches HOST=%s: it starts', async (HOST) => {
    await start({ HOST });
  });

  it.each([
    '0.0.0.0',
    '0',
    '::',
    '::ffff:0.0.0.0',
    '::ffff:10.0.0.7',
    '10.0.0.7',
    'fd00::7',
    '192.168.1',
    ...own,
  ])(
    'other machines reach HOST=%s: it does not start, and says which setting it is and what to do',
    async (HOST) => {
      await expect(start({ HOST })).rejects.toThrow(
        `HOST: ${HOST} can be reached from other machines, and nobody is asked for a name, since no agent has a key. ` +
          'Let it listen on 127.0.0.1 only and give an agent one ("aegis keys create --name NAME"), then start it so again; ' +
          'or set AEGIS_INSECURE=yes-i-mean-it.',
      );
      await start({ HOST, AEGIS_INSECURE: 'yes-i-mean-it' });
      await start({ HOST }, true);
    },
  );

  it('what a host or a proxy publishes counts, and not what a container listens on', async () => {
    for (const PUBLISHED_ON of ['127.0.0.1', '[::1]', ' 127.0.0.1, localhost '])
      await start({ HOST: '0.0.0.0', PROXY_PROTOCOL_FROM: 'edge', PUBLISHED_ON });
    for (const PUBLISHED_ON of [
      '0.0.0.0',
      '127.0.0.1,172.30.0.10',
      '127.0.0.1 172.30.0.0/24',
      'no.such.invalid',
    ])
      await expect(start({ PUBLISHED_ON })).rejects.toThrow(/^PUBLISHED_ON: \S+ can be reached from other/);
  });

  it('a proxy in front may be reached by anybody, until somebody says where', async () => {
    await expect(start({ PROXY_PROTOCOL_FROM: '127.0.0.1' })).rejects.toThrow(
      'PROXY_PROTOCOL_FROM: a proxy stands in front, which other machines may reach (PUBLISHED_ON says where)',
    );
  });
});

it('where nobody can say whether names are asked for, it does not start', async () => {
  const started = keepStrangersOut(parseEnv(ReachEnv, { HOST: '::' }), () =>
    Promise.reject(new Error('no log')),
  );
  await expect(started).rejects.toThrow('no log');
});

it.each(['1', 'true', 'yes', 'YES-I-MEAN-IT'])('AEGIS_INSECURE=%s is no such thing', (AEGIS_INSECURE) => {
  const expected = 'AEGIS_INSECURE: expected "yes-i-mean-it", or nothing';
  expect(() => parseEnv(ReachEnv, { AEGIS_INSECURE })).toThrow(expected);
});
