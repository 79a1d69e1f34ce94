export type { ActivePolicy } from './active.ts';
export { createPolicyReplica, type PolicyReplica } from './replica.ts';
