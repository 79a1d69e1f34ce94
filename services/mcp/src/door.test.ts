import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDoor, type Turn } from './door.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const request = { method: 'POST', headers: {}, socket: { bytesRead: 0 } } as unknown as IncomingMessage;

it('of what reads much four have their turn at a time, whoever asks; a small call waits for none of them', async () => {
  const door = createDoor(60_000);
  const reading: Turn[] = [];
  const readMuch = async (caller: string): Promise<void> => {
    const turn = await door.enter(caller, request);
    await turn.weigh(Buffer.from('{}'));
    await turn.widen();
    reading.push(turn);
  };
  for (let n = 0; n < 6; n++) void readMuch(`caller ${n}`);
  await vi.advanceTimersByTimeAsync(1);
  expect(reading).toHaveLength(4);
  const small = await door.enter('small', request);
  await small.weigh(Buffer.from('{}'));
  reading[0]?.end();
  await vi.advanceTimersByTimeAsync(60);
  expect(reading).toHaveLength(5);
});
