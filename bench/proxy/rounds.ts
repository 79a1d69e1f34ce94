import { percentile } from '../percentile.ts';
import type { ProxyTarget } from './channel.ts';

/** One target's calls in one round, in milliseconds. */
export type ProxySample = {
  topology: string;
  target: string;
  round: number;
  calls: number;
  p50: number;
  p99: number;
};

export type ProxyPlan = { rounds: number; callsPerRound: number; memoryCalls: number };

/** Enough for a just-in-time compiler on every side. */
const WARM_UP_CALLS = 1_000;
/** What a round leaves away first: the caches of the last target are still warm. */
const SETTLE_CALLS = 20;

const rotate = <T>(list: readonly T[], by: number): T[] =>
  list.map((_, index) => list[(index + by) % list.length] as T);

/** This many calls, one after the other. */
async function timeCalls({ channel }: ProxyTarget, calls: number): Promise<Float64Array> {
  const times = new Float64Array(calls);
  for (let index = 0; index < calls; index++) times[index] = await channel.call();
  return times.toSorted();
}

/**
 * Each round takes every target in turn and begins with another one each time, so that what else the machine does falls
 * on all alike.
 */
export async function runProxyRounds(
  targets: readonly ProxyTarget[],
  { rounds, callsPerRound }: ProxyPlan,
  onRound: (round: number) => void,
): Promise<ProxySample[]> {
  for (const target of targets) await timeCalls(target, WARM_UP_CALLS);
  const samples: ProxySample[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const target of rotate(targets, round)) {
      await timeCalls(target, SETTLE_CALLS);
      const times = await timeCalls(target, callsPerRound);
      const { topology, name } = target;
      const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
      samples.push({ topology, target: name, round, calls: callsPerRound, p50, p99 });
    }
    onRound(round);
  }
  return samples;
}
