import { hash, randomUUID } from 'node:crypto';
import type { Credential } from '@aegis/contracts/approvals';
import { APPROVER_KEY_PREFIX } from '@aegis/contracts/approvers-file';
import { APPROVER, type Identity } from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';
import { identityKeyLook, keyDigest } from '@aegis/kit/keys';
import type { Mutex } from '@aegis/kit/mutex';
import type { IdentityReplica } from '@aegis/replicas/identities';
import {
  type Approver,
  CODE_HOLDER,
  requireApprover,
  requireApproverOrOperator,
  requireOperator,
} from '../domain/approver.ts';
import type { ApprovalIndex } from '../projections/approval-index.ts';
import { checkAttempts, NO_CODE_HERE, sourceOf } from './code.ts';
import { isRightCode } from './code-digest.ts';

/** Who has just said their secret; `keyId`: what is kept of it. */
export type SignedIn = Approver & { readonly keyId: string };

export type Approvers = {
  /**
   * Who sends this secret: an approver by their own key, or whoever knows the code.
   *
   * @throws AppError `unauthorized` where it is neither, `not_an_approver` where this person has another role,
   * `too_many_attempts` where too many were wrong of late, `identities_unavailable` where nobody can say
   */
  authenticate(credential: Credential): Promise<SignedIn>;
  /** The same, for what takes the role `operator` or `admin`. */
  authorizeOperator(credential: Credential): Promise<Approver>;
  /** The same, for what takes the role `approver` or `operator`. */
  authorizeForTools(credential: Credential): Promise<Approver>;
  /**
   * Somebody who said something before; undefined where they are no approver any more, no key of theirs is good, or it was
   * by a key that was revoked or is another's: who has a name that was another's has not said what that one said.
   */
  byName(name: string, keyMark?: string): Approver | undefined;
  /** Somebody who signed in before by a secret of which this was kept; undefined where it is not good any more. */
  known(name: string, isTheirs: (keyId: string) => boolean): Approver | undefined;
  /** Nothing, where who there is is known by all of a second ago. @throws AppError `identities_unavailable` */
  requireKnown(): Promise<void>;
  /** Whether there is neither a code nor an approver, as far as is known. */
  readonly isNobody: boolean;
};

type ApproversDeps = {
  identities: Pick<IdentityReplica, 'keyHolder' | 'personNamed' | 'hasSomebody' | 'requireKnown'>;
  /** What is kept of the code; undefined where there is none. */
  code: string | undefined;
  /** Where wrong codes are counted, those for approvals too. */
  wrongCodes: Pick<ApprovalIndex, 'wrongCodesSince' | 'countWrongCode'>;
  codesOneByOne: Mutex;
  now: () => Date;
};

/** Enough to tell one key from another, and nothing of the key. */
const MARK_CHARS = 16;
const markOfKey = (digest: string): string => hash('sha256', digest, 'hex').slice(0, MARK_CHARS);

const toApprover = ({ name, roles, rule_roles = [], principals = [] }: Identity): Approver => ({
  name,
  roles: rule_roles,
  may: roles,
  principals,
});

/** No code has this look, so it is not counted as a wrong one. */
const isKey = (secret: string): boolean =>
  identityKeyLook(secret) !== 'none' || secret.startsWith(`${APPROVER_KEY_PREFIX}_`);

/** People who may approve: those whom the log knows, and whoever knows the code. */
export function createApprovers({
  identities,
  code,
  wrongCodes,
  codesOneByOne,
  now,
}: ApproversDeps): Approvers {
  const refuse = (source: string): never => {
    wrongCodes.countWrongCode(`sign-in ${randomUUID()}`, { atMs: now().getTime(), source });
    throw new AppError('unauthorized', 'The key or code is wrong; nothing was decided.');
  };
  const byCode = async (secret: string, source: string): Promise<SignedIn> => {
    checkAttempts((sinceMs) => wrongCodes.wrongCodesSince(sinceMs), source, now());
    return code !== undefined && (await isRightCode(secret, code))
      ? { ...CODE_HOLDER, keyId: code }
      : refuse(source);
  };
  const whoIs = async ({ secret, source }: Credential): Promise<SignedIn> => {
    const holder = await identities.keyHolder(secret);
    if (holder?.kind === 'person') {
      const keyId = keyDigest(secret);
      return { ...toApprover(holder), keyId, keyMark: markOfKey(keyId) };
    }
    if (holder) throw new AppError('unauthorized', "That is an agent's key, which decides nothing.");
    if (isKey(secret)) throw new AppError('unauthorized', 'No approver has this key; nothing was decided.');
    if (code === undefined) throw new AppError('unauthorized', `That is no approver's key. ${NO_CODE_HERE}`);
    return codesOneByOne(() => byCode(secret, sourceOf(source)));
  };
  const personNamed = (name: string) => {
    if (name === CODE_HOLDER.name)
      return code === undefined ? undefined : { by: CODE_HOLDER, digests: [code], marks: [] };
    const found = identities.personNamed(name);
    if (!found) return undefined;
    const { identity, digests } = found;
    // What a key said that ended by the clock, or made room for another, still is theirs.
    const theirs = identity.keys.filter(({ revoked_at }) => revoked_at === undefined);
    return { by: toApprover(identity), digests, marks: theirs.map(({ digest }) => markOfKey(digest)) };
  };

  return {
    async authenticate(credential) {
      const person = await whoIs(credential);
      requireApprover(person);
      return person;
    },
    async authorizeOperator(credential) {
      const person = await whoIs(credential);
      requireOperator(person);
      return person;
    },
    async authorizeForTools(credential) {
      const person = await whoIs(credential);
      requireApproverOrOperator(person);
      return person;
    },
    byName(name, keyMark) {
      const { by, marks = [] } = personNamed(name) ?? {};
      const saidIt = keyMark === undefined || marks.includes(keyMark);
      return saidIt && by?.may.includes(APPROVER) ? by : undefined;
    },
    known(name, isTheirs) {
      const found = personNamed(name);
      const digest = found?.digests.find(isTheirs);
      if (!found?.by.may.includes(APPROVER) || digest === undefined) return undefined;
      return found.by === CODE_HOLDER ? found.by : { ...found.by, keyMark: markOfKey(digest) };
    },
    requireKnown: identities.requireKnown,
    get isNobody() {
      return code === undefined && !identities.hasSomebody(APPROVER);
    },
  };
}
