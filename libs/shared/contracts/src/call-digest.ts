import { digestOf } from '@aegis/kit/json';
import type { Call } from './call.ts';
import type { RecordedCall } from './decision.ts';

/**
 * What an approval is bound to: tool, op, amount, args, input, server, principal and the digest of the tool's definition,
 * whole (RFC 8785, SHA-256). So a tool whose definition has changed is another call. What a client says of itself is not in
 * it.
 */
export const callDigest = (call: Call): string => digestOf(call);

/**
 * The call as the record keeps it: arguments and input by their digests. `without` them nothing of both is kept but what
 * binds the decision, the digest of the whole call.
 */
export function recordCall(call: Call, digests: 'with' | 'without' = 'with'): RecordedCall {
  const { args, input, ...rest } = call;
  const recorded = { ...rest, call_digest: callDigest(call) };
  if (digests === 'without') return recorded;
  return {
    ...recorded,
    ...(args === undefined ? {} : { args_digest: digestOf(args) }),
    ...(input === undefined ? {} : { input_digest: digestOf(input) }),
  };
}
