import type { Bus, Replica } from '@aegis/bus';
import { ANONYMOUS } from '@aegis/contracts/call';
import { AGENT, type Identity, principalOf } from '@aegis/contracts/identities';
import { IDENTITIES_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { identityKeyLook, keyDigest } from '@aegis/kit/keys';
import { createIdentityFold, type IdentityFold, type KeyFound } from './domain/identity-fold.ts';

/** A right that was taken away longer ago than this is never given: then nobody is known, until the log has answered. */
const KNOWN_WITHIN_MS = 1_000;
const ASK_WITHIN_MS = 1_000;
/** Keys end by the clock too. */
const LOOK_FOR_ENDED_MS = 500;

const ASK = 'ask whoever runs the firewall for one ("aegis keys create")';

const REFUSED: Readonly<Record<Exclude<KeyFound['state'], 'good' | 'damaged'>, string>> = {
  expired: `The key has expired: ${ASK}, or to rotate it ("aegis keys rotate").`,
  revoked: `The key was revoked: ${ASK}.`,
};

const unauthorized = (detail: string): AppError => new AppError('unauthorized', detail);

/**
 * Whose a good key is: what they are called and are, what the key opens, what rules may name them by, and how rules and the
 * record see them.
 */
export type Holder = Pick<Identity, 'name' | 'kind' | 'roles'> & {
  readonly rule_roles: readonly string[];
  readonly principal: string;
};

/** Who there is, in this process: it follows the log, and knows nobody while it may have missed something. */
export type IdentityReplica = Pick<Replica, 'start' | 'caughtUp'> & {
  stop(): Promise<void>;
  /**
   * Who holds a key of the look of an identity's.
   *
   * @throws AppError `unauthorized` where it is not, or no longer, good, with why; `identities_unavailable` where this
   * process may have missed that it was taken away
   */
  holderOf(key: string): Promise<Holder>;
  /** The same, as their principal, for an agent's calls. @throws AppError `unauthorized` where it is no agent's too */
  agentOf(key: string): Promise<string>;
  /** Whether a caller needs a key. @throws AppError `identities_unavailable` */
  isAsked(): Promise<boolean>;
  /** The same as it was last known; true where it never was. */
  readonly wasAsked: boolean;
  /** Whether some key of this principal is good now, as far as is known. */
  isAgent(principal: string): boolean;
  /** Everybody who is not removed. @throws AppError `identities_unavailable` */
  all(): Promise<Identity[]>;
  /** Nothing, where who there is is known by all of a second ago. @throws AppError `identities_unavailable` */
  requireKnown(): Promise<void>;
  /** Whose key this is, of whatever look, where it is good; undefined where it is nobody's, or no longer theirs. */
  keyHolder(key: string): Promise<Identity | undefined>;
  /** A person with a key that is good, as far as is known; `digests`: of those keys. */
  personNamed(name: string): ReturnType<IdentityFold['personNamed']>;
  /** Whether there is somebody with this role and a key that is good, as far as is known. */
  hasSomebody(role: string): boolean;
  /** Who there is by all that is stored. @throws AppError `identities_unavailable` */
  asStored(deadlineMs: number): Promise<StoredIdentities>;
  /** A sentence where the log holds something that can't be read. */
  readonly problem: string | undefined;
};

/** Who there is, and the last sequence of {@link IDENTITIES_LOG} by which that was so: who changes it expects it. */
export type StoredIdentities = Pick<IdentityFold, 'of' | 'all' | 'imported'> & { readonly seq: number };

export type IdentityReplicaOptions = {
  readonly now: () => Date;
  /** Told of each principal who lost a key or a role, by whatever way; of nobody in particular, once a key is needed. */
  readonly ended?: (principal: string) => void;
};

/** Tells who could call and no longer can so; asked often in one loop turn, it looks once. */
function watchEnds(fold: IdentityFold, now: () => Date, ended: (principal: string) => void) {
  let before = fold.rights(now());
  let wasAsked = false;
  let isDue = false;
  const look = (): void => {
    isDue = false;
    const good = fold.rights(now());
    const names = new Set([...before].flatMap(([right, name]) => (good.has(right) ? [] : [name])));
    before = good;
    for (const name of names) ended(principalOf(name));
    if (fold.wasAgent && !wasAsked) ended(ANONYMOUS);
    wasAsked = fold.wasAgent;
  };
  return (): void => {
    if (!isDue) setImmediate(look);
    isDue = true;
  };
}

/**
 * A replica on this bus, whose identity must be allowed to follow {@link IDENTITIES_LOG}: `policy`, `gateway` and `mcp`
 * are.
 */
export function createIdentityReplica(bus: Bus, { now, ended }: IdentityReplicaOptions): IdentityReplica {
  const fold = createIdentityFold();
  const look = ended && watchEnds(fold, now, ended);
  const replica = bus.replica({
    filter: IDENTITIES_LOG,
    apply(message) {
      const unreadable = fold.apply(message);
      look?.();
      return unreadable;
    },
  });
  let timer: NodeJS.Timeout | undefined;
  let wasKnown = false;

  /** @throws AppError `identities_unavailable` */
  const known = async (): Promise<void> => {
    if (await replica.isKnownWithin(KNOWN_WITHIN_MS, ASK_WITHIN_MS)) {
      wasKnown = true;
      return;
    }
    const detail = bus.problem() ?? 'The log does not say who there is now.';
    throw new AppError('identities_unavailable', `${detail} So nobody is let in.`);
  };

  const holderOf = async (key: string): Promise<Holder> => {
    if (identityKeyLook(key) !== 'whole')
      throw unauthorized('The key is not whole: it was cut or mistyped. Send it as it was shown.');
    await known();
    const found = fold.find(keyDigest(key), now());
    if (found === undefined) throw unauthorized(`The key is not known here: ${ASK}.`);
    const { identity, state } = found;
    if (state === 'damaged')
      throw new AppError('identities_unavailable', `${replica.problem ?? 'This can not be read'}.`);
    if (state !== 'good') throw unauthorized(REFUSED[state]);
    const { name, kind, roles, rule_roles = [] } = identity;
    return { name, kind, roles, rule_roles, principal: principalOf(name) };
  };

  return {
    start(withinMs) {
      if (look) timer = setInterval(look, LOOK_FOR_ENDED_MS).unref();
      return replica.start(withinMs);
    },
    async stop() {
      clearInterval(timer);
      await replica.stop();
    },
    caughtUp: replica.caughtUp,
    holderOf,
    async agentOf(key) {
      const { roles, principal } = await holderOf(key);
      if (!roles.includes(AGENT)) throw unauthorized(`The key is no agent's: ${ASK}.`);
      return principal;
    },
    async isAsked() {
      await known();
      return fold.wasAgent;
    },
    get wasAsked() {
      return !wasKnown || fold.wasAgent;
    },
    isAgent: (principal) => [...fold.rights(now()).values()].some((name) => principalOf(name) === principal),
    async all() {
      await known();
      return fold.all();
    },
    requireKnown: known,
    async keyHolder(key) {
      await known();
      const found = fold.find(keyDigest(key), now());
      if (found?.state === 'damaged')
        throw new AppError('identities_unavailable', `${replica.problem ?? 'This can not be read'}.`);
      return found?.state === 'good' ? found.identity : undefined;
    },
    personNamed: (name) => fold.personNamed(name, now()),
    hasSomebody: (role) =>
      fold
        .all()
        .some(({ name, roles }) => roles.includes(role) && fold.personNamed(name, now()) !== undefined),
    async asStored(deadlineMs) {
      const seq = await bus.read.lastSeq(IDENTITIES_LOG, deadlineMs);
      if (await replica.applied(seq, deadlineMs))
        return { of: fold.of, all: fold.all, imported: fold.imported, seq };
      throw new AppError('identities_unavailable', 'This replica is behind the log.');
    },
    get problem() {
      return replica.problem;
    },
  };
}
