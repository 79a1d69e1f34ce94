import { digestOf } from '@aegis/kit/json';
import type { Call } from './call.ts';
import type { RecordedCall } from './decision.ts';

/**
 * What an approval is bound to: tool, op, amount, args, server, principal and the digest of the tool's definition, whole
 * (RFC 8785, SHA-256). So a tool whose definition has changed is another call. What a client says of itself is not in it.
 */
export const callDigest = (call: Call): string => digestOf(call);

/** The call as the record keeps it: the arguments by their digest. */
export function recordCall(call: Call): RecordedCall {
  const { args, ...rest } = call;
  const recorded = { ...rest, call_digest: callDigest(call) };
  return args === undefined ? recorded : { ...recorded, args_digest: digestOf(args) };
}
