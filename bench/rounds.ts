import type { LoadResult } from './load.ts';
import { measure } from './measure.ts';
import { MEASURED } from './questions.ts';
import type { Target } from './targets/target.ts';

export type Sample = LoadResult & { target: string; connections: number; round: number };
export type Plan = { rounds: number; seconds: number; connections: readonly number[] };

const WARM_UP = { connections: 64, seconds: 2 };

const rotate = <T>(list: readonly T[], by: number): T[] =>
  list.map((_, i) => list[(i + by) % list.length] as T);

const specOf = ({ url, body, allowedMark }: Target) => ({ url, body: body(MEASURED.call), allowedMark });

/**
 * Each round measures every target, in turns that begin with another one each time: what else the machine does falls on
 * all alike.
 */
export async function runRounds(
  targets: readonly Target[],
  plan: Plan,
  onSample: (sample: Sample) => void,
): Promise<Sample[]> {
  for (const target of targets) await measure({ ...specOf(target), ...WARM_UP });
  const samples: Sample[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    for (const connections of plan.connections) {
      for (const target of rotate(targets, round)) {
        const result = await measure({ ...specOf(target), connections, seconds: plan.seconds });
        const sample = { ...result, target: target.name, connections, round };
        samples.push(sample);
        onSample(sample);
      }
    }
  }
  return samples;
}
