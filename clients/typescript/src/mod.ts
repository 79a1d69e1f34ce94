export { AegisError, Cancelled, Denied, Expired, OutcomeUnknown, Refused, Unreachable } from './errors.ts';
export { createGuard, type Described, type GuardOptions, type RunOptions } from './guard.ts';
