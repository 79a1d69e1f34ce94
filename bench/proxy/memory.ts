import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Channel } from './channel.ts';

/** Resident memory after so many calls, in MiB: of `aegis wrap`, and of the process with all services. */
export type MemoryPoint = { calls: number; wrapMib: number; stackMib: number };

const STEPS = 10;
const IN_FLIGHT = 8;

/** `ps` counts in KiB. @throws Error where there is no such process */
async function residentMib(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

async function makeCalls(channel: Channel, calls: number): Promise<void> {
  let left = calls;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await channel.call();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

/** Makes `calls` calls, a few at a time, and looks at the memory before and after each tenth. */
export async function watchMemory(
  channel: Channel,
  stackPid: number,
  calls: number,
  onPoint: (point: MemoryPoint) => void,
): Promise<MemoryPoint[]> {
  const points: MemoryPoint[] = [];
  const look = async (made: number): Promise<void> => {
    const [wrapMib, stackMib] = [await residentMib(channel.pid ?? 0), await residentMib(stackPid)];
    const point = { calls: made, wrapMib, stackMib };
    points.push(point);
    onPoint(point);
  };
  await look(0);
  for (let step = 1; step <= STEPS; step++) {
    await makeCalls(channel, Math.round(calls / STEPS));
    await look(Math.round((calls / STEPS) * step));
  }
  return points;
}
