import { expect, it } from 'vitest';
import { makeReport, toMarkdown, toTable } from './report.ts';

const machine = {
  date: '2026-11-23',
  cores: 2,
  cpu: 'a processor',
  platform: 'Linux 6',
  filesystem: 'ext4',
};
const plan = { rounds: 1, seconds: 4, connections: [64] };
const of = (target: string, perSecond: number) => ({
  target,
  connections: 64,
  round: 0,
  perSecond,
  p50: 6.123,
  p99: 20,
  requests: 1,
  failures: 0,
});

it('is a table whose columns line up, with a dash where there is nothing to compare with', () => {
  const { rows } = makeReport({ machine, versions: {}, plan }, [of('aegis check', 10_490)]);
  expect(toTable(rows).split('\n')).toEqual([
    '| connections | target      |  req/s | p50 ms | p99 ms | to Cerbos | to bare Fastify |',
    '| ----------: | ----------- | -----: | -----: | -----: | --------: | --------------: |',
    '|          64 | aegis check | 10,490 |   6.12 |  20.00 |         – |               – |',
  ]);
});

it('says on what it was measured and which goals were reached', () => {
  const versions = { node: '24.21.0', 'nats-server': '2.15.1' };
  const samples = [of('aegis check', 9000), of('aegis enforce', 2000), of('Cerbos', 4000)];
  const markdown = toMarkdown(makeReport({ machine, versions, plan }, samples));
  expect(markdown).toContain('2 cores, a processor, Linux 6');
  expect(markdown).toContain('node 24.21.0, nats-server 2.15.1');
  expect(markdown).toContain('JetStream on ext4 with sync_interval: always');
  expect(markdown).toContain('- reached: check, 64 connections: at least 2 × Cerbos (2.25 ×)');
  expect(markdown).toContain(
    '- MISSED: enforce, 64 connections: at least 0.7 × the checks of Cerbos (0.50 ×)',
  );
});
