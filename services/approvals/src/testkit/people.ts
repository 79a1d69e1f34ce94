import {
  approvalsDecide,
  type DecideApproval,
  type DecideReply,
  type Verdict,
} from '@aegis/contracts/approvals';
import { APPROVER_KEY_PREFIX, type Approver } from '@aegis/contracts/approvers-file';
import { approvalsDraw, type DrawCode, type DrawCodeReply } from '@aegis/contracts/codes';
import { createEvent } from '@aegis/contracts/create-event';
import {
  approvalsGrant,
  approvalsGrants,
  approvalsRevoke,
  type GiveGrant,
  type GrantShown,
} from '@aegis/contracts/grants';
import { type Identity, identityIdFor } from '@aegis/contracts/identities';
import { identityLog } from '@aegis/contracts/subjects';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { soon, world } from './world.ts';

/** Ada and Bob are of finance, Cyd of support; Dee is an admin, and Eve calls as `key:laptop` too. */
const PEOPLE: Record<string, Omit<Approver, 'key'>> = {
  ada: { roles: ['finance'] },
  bob: { roles: ['finance'] },
  cyd: { roles: ['support'] },
  dee: { roles: ['admin'] },
  eve: { roles: ['finance'], principals: ['key:laptop'] },
};
type Name = 'ada' | 'bob' | 'cyd' | 'dee' | 'eve';

export type People = {
  /** Nothing, since every replica follows the log. */
  readonly env: Record<string, string>;
  /** Their keys. */
  readonly keys: Readonly<Record<Name, string>>;
  /** Puts on record that these are nobody any more. */
  readonly without: (...names: Name[]) => Promise<void>;
  /** Puts on record another key for this one; the old one opens nothing any more. */
  readonly renew: (name: Name) => Promise<void>;
};

/** Puts on record who somebody is, as the policy service does. */
export async function recordDigest(
  name: string,
  digest: string,
  roles: string[] = [],
  principals: string[] = [],
  more: Partial<Identity> = {},
): Promise<void> {
  const at = new Date().toISOString();
  const identity: Identity = {
    identity_id: identityIdFor(name),
    name,
    kind: 'person',
    roles: roles.includes('admin') ? ['approver', 'operator'] : ['approver'],
    rule_roles: roles,
    principals,
    keys: [{ digest, created_at: at }],
    created_at: at,
    ...more,
  };
  const what = more.removed_at === undefined ? 'created' : 'removed';
  const event = createEvent({
    type: `aegis.identity.${what}.v1`,
    source: 'policy',
    time: at,
    data: { identity, by: 'test' },
  });
  await world.policy.append.one({ subject: identityLog(identity.identity_id), event }, soon().deadlineMs);
}

/** People on the log, and a key for each of them. */
export async function createPeople(): Promise<People> {
  const names = Object.keys(PEOPLE) as Name[];
  const keys = Object.fromEntries(names.map((name) => [name, makeKey(APPROVER_KEY_PREFIX)])) as Record<
    Name,
    string
  >;
  const record = (name: Name, more: Partial<Identity> = {}) =>
    recordDigest(name, keyDigest(keys[name]), PEOPLE[name]?.roles, PEOPLE[name]?.principals, more);
  for (const name of names) await record(name);
  return {
    env: {},
    keys,
    async without(...gone) {
      for (const name of gone) await record(name, { removed_at: new Date().toISOString() });
    },
    async renew(name) {
      keys[name] = makeKey(APPROVER_KEY_PREFIX);
      await record(name);
    },
  };
}

const credential = (secret: string, source = '10.0.0.1') => ({ secret, source });

/** One person's word, by their key or the code. */
export const decide = (
  secret: string,
  id: string,
  verdict: Verdict = 'approve',
  more: Partial<DecideApproval> = {},
): Promise<DecideReply> =>
  world.gateway.ask(approvalsDecide, { id, verdict, credential: credential(secret), ...more }, soon());

/** A code for one approval, drawn by an approver's key or the code. */
export const draw = (secret: string, id: string, more: Partial<DrawCode> = {}): Promise<DrawCodeReply> =>
  world.gateway.ask(approvalsDraw, { id, credential: credential(secret), ...more }, soon());

export const giveGrant = async (
  secret: string,
  approval_id: string,
  more: Partial<GiveGrant> = {},
): Promise<GrantShown> => {
  const asked = { approval_id, for_ms: 1_800_000, credential: credential(secret), ...more };
  return (await world.gateway.ask(approvalsGrant, asked, soon())).grant;
};
export const revokeGrant = async (secret: string, grant_id: string): Promise<GrantShown> =>
  (await world.gateway.ask(approvalsRevoke, { grant_id, credential: credential(secret) }, soon())).grant;
export const listGrants = async (secret: string, active?: boolean): Promise<GrantShown[]> =>
  (await world.gateway.ask(approvalsGrants, { active, credential: credential(secret) }, soon())).grants;
