import type { Call } from '../contracts/call.ts';
import type { RecordedCall } from '../contracts/decision.ts';
import { digestOf } from './canonical.ts';

/** What an approval is bound to: tool, op, amount, args, server and principal, whole (RFC 8785, SHA-256). */
export const callDigest = (call: Call): string => digestOf(call);

/** The call as the record keeps it: the arguments by their digest. */
export function recordCall(call: Call): RecordedCall {
  const { args, ...rest } = call;
  const recorded = { ...rest, call_digest: callDigest(call) };
  return args === undefined ? recorded : { ...recorded, args_digest: digestOf(args) };
}
