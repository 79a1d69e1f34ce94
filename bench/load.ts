import autocannon from 'autocannon';
import { percentile } from './percentile.ts';

/** What one measurement is told. */
export type LoadSpec = {
  url: string;
  body: string;
  /** Who asks; nobody in particular by default. */
  key?: string;
  /** Every reply must hold this. */
  allowedMark: string;
  connections: number;
  seconds: number;
};

/** What one measurement saw. Times in milliseconds; `failures` are replies that were no 2xx, late, lost or wrong. */
export type LoadResult = { perSecond: number; p50: number; p99: number; requests: number; failures: number };

/** autocannon's own histogram counts whole milliseconds; a check takes less than one. */
async function load(spec: LoadSpec): Promise<LoadResult> {
  const times: number[] = [];
  const startedAt = performance.now();
  let endedAt = startedAt;
  const run = autocannon({
    url: spec.url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(spec.key && { authorization: `Bearer ${spec.key}` }) },
    body: spec.body,
    connections: spec.connections,
    duration: spec.seconds,
    verifyBody: (body) => body.includes(spec.allowedMark),
  });
  void run.on('response', (_client, _status, _bytes, milliseconds) => {
    times.push(milliseconds);
    endedAt = performance.now();
  });
  const { errors, timeouts, mismatches, non2xx } = await run;
  const sorted = Float64Array.from(times).toSorted();
  return {
    perSecond: (times.length * 1000) / (endedAt - startedAt),
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    requests: times.length,
    failures: errors + timeouts + mismatches + non2xx,
  };
}

/** In a process of its own, so that it shares no event loop with what it measures. */
process.once('message', (spec: LoadSpec) => {
  load(spec).then(
    (result) => process.send?.(result, undefined, undefined, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
