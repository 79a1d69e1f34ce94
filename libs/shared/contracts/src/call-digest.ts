import { digestOf } from '@aegis/kit/json';
import type { Call } from './call.ts';
import type { RecordedCall } from './decision.ts';

/**
 * What an approval is bound to: tool, op, amount, args, server, principal and the digest of the tool's definition, whole
 * (RFC 8785, SHA-256). So a tool whose definition has changed is another call. What a client says of itself is not in it.
 */
export const callDigest = (call: Call): string => digestOf(call);

/**
 * The call as the record keeps it: the arguments by their digest. `without` one nothing of the arguments is kept but what
 * binds the decision, the digest of the whole call.
 */
export function recordCall(call: Call, argsDigest: 'with' | 'without' = 'with'): RecordedCall {
  const { args, ...rest } = call;
  const recorded = { ...rest, call_digest: callDigest(call) };
  const keeps = args !== undefined && argsDigest === 'with';
  return keeps ? { ...recorded, args_digest: digestOf(args) } : recorded;
}
