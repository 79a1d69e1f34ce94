export {
  createIdentityReplica,
  type Holder,
  type IdentityReplica,
  type StoredIdentities,
} from './replica.ts';
