export { createIdentityReplica, type Holder, type IdentityReplica } from './replica.ts';
