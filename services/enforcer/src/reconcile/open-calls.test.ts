import { describe, expect, it } from 'vitest';
import { createOpenCalls, type OpenCall } from './open-calls.ts';

const call = (call_id: string, instance = 'i1'): OpenCall => ({
  call_id,
  decision_id: `d-${call_id}`,
  instance,
  server: 's',
  tool: 's.t',
  principal: 'p',
});

describe('calls without an end', () => {
  it('are open from their start to their end', () => {
    const calls = createOpenCalls();
    calls.started(call('a'), 0);
    calls.started(call('b', 'i2'), 5);
    expect(calls.instances(5)).toEqual(['i1']);
    expect(calls.instances(6)).toEqual(['i1', 'i2']);
    expect(calls.of('i2')).toEqual([call('b', 'i2')]);
    calls.ended('a');
    expect(calls.instances(6)).toEqual(['i2']);
    expect(calls.size).toBe(1);
  });

  it('are never open where the end is read before the start', () => {
    const calls = createOpenCalls();
    calls.ended('a');
    calls.started(call('a'), 0);
    expect(calls.size).toBe(0);
  });

  it('name each run of the firewall once', () => {
    const calls = createOpenCalls();
    for (const id of ['a', 'b', 'c']) calls.started(call(id), 0);
    expect(calls.instances(1)).toEqual(['i1']);
    expect(calls.of('i1')).toHaveLength(3);
  });

  it('remember the newest ends whose start never comes, and no more than that', () => {
    const calls = createOpenCalls();
    for (let n = 0; n <= 10_000; n++) calls.ended(`c${n}`);
    calls.started(call('c0'), 0);
    calls.started(call('c10000'), 0);
    expect(calls.of('i1').map(({ call_id }) => call_id)).toEqual(['c0']);
  });
});
