import { expect, it } from 'vitest';
import { NAMES, TOPOLOGIES } from './names.ts';
import { makeProxyReport, toProxyMarkdown } from './report.ts';

const machine = {
  date: '2026-11-24',
  cores: 2,
  cpu: 'a processor',
  platform: 'Linux 6',
  filesystem: 'ext4',
};
const plan = { rounds: 1, callsPerRound: 200, memoryCalls: 30_000 };
const sample = (target: string, p50: number) => ({
  topology: TOPOLOGIES.stdio,
  target,
  round: 0,
  calls: 200,
  p50,
  p99: 2 * p50,
});
const samples = [sample(NAMES.direct, 0.2), sample(NAMES.wrap, 1.6)];
const about = { machine, versions: { node: '24.21.0' }, plan };

it('has a row a target, with what it adds, and says which goals were missed', () => {
  const lines = toProxyMarkdown(makeProxyReport(about, samples, [])).split('\n');
  expect(lines).toContain('| topology | target     | p50 ms | p99 ms | added p50 ms | p50 to AegisMCP |');
  expect(lines).toContain('| stdio    | direct     |   0.20 |   0.40 |            – |          0.13 × |');
  expect(lines).toContain('| stdio    | aegis wrap |   1.60 |   3.20 |         1.40 |          1.00 × |');
  expect(lines).toContain('- MISSED: aegis wrap over stdio: adds at most 1.1 ms to the p50 (1.40 ms)');
});

it('has the memory where it was measured', () => {
  const memory = [0, 10_000, 20_000].map((calls) => ({ calls, wrapMib: 90.25, stackMib: 180 }));
  const markdown = toProxyMarkdown(makeProxyReport(about, samples, memory));
  expect(markdown).toContain('| 20,000 |            90.3 |             180.0 |');
  expect(toProxyMarkdown(makeProxyReport(about, samples, []))).not.toContain('MiB');
});
