import type { Bus } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { callLog, enforceLog } from '@aegis/contracts/subjects';
import { newTraceId } from '@aegis/kit/trace';
import { POLICY_DIGEST } from './world.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const within = () => Date.now() + 5_000;

/** A call that a firewall in the path lets through. */
export const startOf = (call_id: string, instance: string, traceId = newTraceId()): Envelope =>
  createEvent({
    type: 'aegis.decision.enforced.v1',
    source: 'mcp',
    id: `d-${call_id}`,
    time: TIME,
    traceId,
    data: {
      call: { tool: 'files.move', principal: 'ann', call_digest: POLICY_DIGEST },
      outcome: 'allowed',
      reasons: [],
      policy_digest: POLICY_DIGEST,
      policy_version: 2,
      ruled_at: TIME,
      dispatch: { call_id, instance, server: 'files', method: 'tools/call' },
      via: 'wrap',
    },
  });

/** The server's answer to it. */
export const endOf = (call_id: string, instance: string): Envelope =>
  createEvent({
    type: 'aegis.call.succeeded.v1',
    source: 'mcp',
    time: TIME,
    data: {
      call_id,
      decision_id: `d-${call_id}`,
      instance,
      server: 'files',
      tool: 'files.move',
      principal: 'ann',
      duration_ms: 1,
      result_bytes: 2,
    },
  });

/** Gives the call's trace. */
export async function storeDispatch(bus: Bus, callId: string, instance: string): Promise<string> {
  const traceId = newTraceId();
  const event = startOf(callId, instance, traceId);
  await bus.commit({ subject: enforceLog('allowed'), event }, within());
  return traceId;
}

/** As versions before write it, and a firewall that was fenced. */
export async function storeSuccess(bus: Bus, callId: string, instance: string): Promise<void> {
  await bus.append.one({ subject: callLog(callId), event: endOf(callId, instance), expect: 0 }, within());
}
