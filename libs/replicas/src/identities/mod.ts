export { createIdentityReplica, type IdentityReplica } from './replica.ts';
