import { createHash } from 'node:crypto';
import { KeyName } from '@aegis/kit/keys';
import { skeleton } from '@aegis/kit/text/skeleton';
import { z } from 'zod';
import { CODE_APPROVER } from './approval-words.ts';
import { Digest, Principal, Timestamp } from './call.ts';
import { Empty, rpc } from './rpc.ts';
import { whole } from './tolerant.ts';

/** May ask whether a call may run, under its own name. */
export const AGENT = 'agent';

/** Roles that mean something by themselves: each opens what it says, and no identity has one of them for a name. */
export const ROLES = [AGENT, 'approver', 'auditor', 'operator', 'admin'] as const;

/** May decide, as far as the rules say. */
export const APPROVER = 'approver';
/** May say where calls go: servers, tools, who is told. */
export const OPERATOR = 'operator';
/** May say who there is. */
export const ADMIN = 'admin';

/** Roles that each kind may have. What decides or governs is a person's; a person's own calls have a name of their own. */
export const ROLES_OF = {
  agent: [AGENT],
  service: [AGENT, 'auditor', OPERATOR],
  person: [APPROVER, 'auditor', OPERATOR, ADMIN],
} as const satisfies Record<string, readonly (typeof ROLES)[number][]>;

/** Keys that one identity may have, those that are over among them. */
export const MOST_KEYS = 20;
/** Names that rules have for one person, and callers that one person is. */
export const MOST_NAMES = 100;

/** What the principal of an identity, or of a key's holder in a file, begins with. */
export const OF_KEY = 'key:';
/** Who calls with a key of this name: one form, so that rules are the same for REST and MCP. */
export const principalOf = (name: string): string => `${OF_KEY}${name}`;

export const IdentityId = z.string().regex(/^idn_[0-9a-f]{32}$/);
/**
 * Follows from how the name looks, so that two names that only look different are one subject, and compare-and-set lets one
 * of them be.
 */
export const identityIdFor = (name: string): string =>
  `idn_${createHash('sha256').update(skeleton(name)).digest('hex').slice(0, 32)}`;

export const IdentityKey = z.strictObject({
  digest: Digest.describe('SHA-256 of the key, which is kept nowhere'),
  created_at: Timestamp.describe('when it was made'),
  expires_at: Timestamp.optional().describe('when it ends by itself, where it does'),
  revoked_at: Timestamp.optional().describe('when it was revoked'),
  as: z
    .enum(['agent', 'person'])
    .optional()
    .describe(
      'of a person who is an agent too, since files of before have both: which of them it is the key of',
    ),
});
export type IdentityKey = z.infer<typeof IdentityKey>;

/** Whether it is a person and an agent too, since files of before had both. */
export const isBoth = ({ kind, roles }: Pick<Identity, 'kind' | 'roles'>): boolean =>
  kind === 'person' && roles.includes(AGENT);

/** Which of them a key is of; undefined of who is an agent or a service alone. */
export const sideOfKey = (
  { kind }: Pick<Identity, 'kind'>,
  { as = 'person' }: Pick<IdentityKey, 'as'>,
): IdentityKey['as'] => (kind === 'person' ? as : undefined);

/** What a key opens: an agent's never what its namesake may, nor the other way round. */
export const rolesOfKey = (
  identity: Pick<Identity, 'kind' | 'roles'>,
  key: Pick<IdentityKey, 'as'>,
): string[] => {
  const side = sideOfKey(identity, key);
  return identity.roles.filter((role) => side === undefined || (role === AGENT) === (side === 'agent'));
};

/** Who somebody is. Read whole or not at all: to overlook a part of it would let in more than was meant. */
export const Identity = whole(
  z
    .strictObject({
      identity_id: IdentityId.describe('follows from how the name looks'),
      name: KeyName.describe('who it is; rules see key:<name>'),
      kind: z.enum(['agent', 'person', 'service']).describe('what it is'),
      roles: z.array(KeyName).max(20).describe('what it may do'),
      rule_roles: z
        .array(KeyName)
        .max(MOST_NAMES)
        .optional()
        .describe('what rules may name a person by; it opens nothing else'),
      principals: z
        .array(Principal)
        .max(MOST_NAMES)
        .optional()
        .describe('the callers that a person is, whose calls they never decide'),
      keys: z.array(IdentityKey).max(MOST_KEYS).describe('its keys, the newest at the end'),
      created_at: Timestamp.describe('since when it is there'),
      removed_at: Timestamp.optional().describe('since when it is not any more'),
    })
    .describe('the identity, folded: its whole state after this event'),
);
export type Identity = z.infer<typeof Identity>;

/** A name that an identity may have. */
export const IdentityName = KeyName.refine(
  (name) => ![CODE_APPROVER, ...ROLES].some((word) => skeleton(word) === skeleton(name)),
  `expected another name: ${CODE_APPROVER} is whoever knows the code, and ${ROLES.join(', ')} are roles`,
);

const by = Principal.describe('who did it: the user of the operating system');

/** The key itself is made where it is shown; only its digest goes anywhere. */
const NewKey = IdentityKey.pick({ digest: true, expires_at: true });

/** As it is since. */
export const IdentityReply = z.strictObject({ identity: Identity });
export type IdentityReply = z.infer<typeof IdentityReply>;
/** Whoever has the bus key of policy itself, on the machine: no other part asks. */
const HERE = { askedBy: ['policy'] } as const;

export const CreateIdentity = z.strictObject({
  name: IdentityName,
  kind: Identity.shape.kind,
  roles: z.array(KeyName).min(1).max(MOST_NAMES).describe('what it may do, and what rules may name it by'),
  rule_roles: z
    .array(KeyName)
    .max(MOST_NAMES)
    .optional()
    .describe('what rules may name it by, where that is not all that it may do'),
  principals: z.array(Principal).max(MOST_NAMES).optional(),
  key: NewKey,
  by,
});
export type CreateIdentity = z.infer<typeof CreateIdentity>;
export const policyIdentityCreate = rpc('policy', 'identity-create', CreateIdentity, IdentityReply, HERE);

/** Ten years, as of a key's life. */
const MOST_OVERLAP_MS = 3650 * 86_400_000;

const OneSide = IdentityKey.shape.as.describe(
  'of a person who is an agent too: whose keys are meant, those of the agent where it is not said',
);

/** One more key; those that it has of the same side end after the overlap, or sooner by themselves. */
export const RotateKey = z.strictObject({
  name: KeyName,
  key: NewKey,
  overlap_ms: z.int().min(0).max(MOST_OVERLAP_MS),
  as: OneSide,
  by,
});
export type RotateKey = z.infer<typeof RotateKey>;
export const policyIdentityRotate = rpc('policy', 'identity-rotate', RotateKey, IdentityReply, HERE);

export const NamedIdentity = z.strictObject({ name: KeyName, by });
export type NamedIdentity = z.infer<typeof NamedIdentity>;
/** All keys that it has end now; of a person who is an agent too, those of one side. */
export const RevokeKeys = NamedIdentity.extend({ as: OneSide });
export type RevokeKeys = z.infer<typeof RevokeKeys>;
export const policyIdentityRevoke = rpc('policy', 'identity-revoke', RevokeKeys, IdentityReply, HERE);
/** It is nobody any more, and its name is free. */
export const policyIdentityRemove = rpc('policy', 'identity-remove', NamedIdentity, IdentityReply, HERE);

/** Gives and takes roles, those that rules name among them. */
export const ChangeRoles = z.strictObject({
  name: KeyName,
  add: z.array(KeyName).max(MOST_NAMES),
  drop: z.array(KeyName).max(MOST_NAMES),
  by,
});
export type ChangeRoles = z.infer<typeof ChangeRoles>;
export const policyIdentityRoles = rpc('policy', 'identity-roles', ChangeRoles, IdentityReply, HERE);

/** On the machine itself: whoever has this name is a person and an admin, by this key and no other. */
export const RecoverAdmin = z.strictObject({ name: IdentityName, key: NewKey, by });
export type RecoverAdmin = z.infer<typeof RecoverAdmin>;
export const policyIdentityRecover = rpc('policy', 'identity-recover', RecoverAdmin, IdentityReply, HERE);

/**
 * By the link of `aegis approve-here`, while there is no admin: with a key the name becomes one; without, whether it could.
 */
export const FirstAdmin = z.strictObject({ name: KeyName.optional(), key: NewKey.optional(), by });
export type FirstAdmin = z.infer<typeof FirstAdmin>;
/** `refused`: why there is none, in a sentence without its end; `damage`: where that is a file which can't be read. */
export const FirstAdminReply = z.strictObject({
  refused: z.string().optional(),
  damage: z.string().optional(),
});
export type FirstAdminReply = z.infer<typeof FirstAdminReply>;
export const policyFirstAdmin = rpc('policy', 'first-admin', FirstAdmin, FirstAdminReply, {
  askedBy: ['approvals'],
});

/** The files that had people and keys before there were identities. */
export const IMPORTED_FILES = ['approvers', 'mcp-keys'] as const;
export type ImportedFile = (typeof IMPORTED_FILES)[number];

/** A file was taken over, once: from there on it changes nothing. */
export const IdentitiesImported = z.strictObject({
  file: z.enum(IMPORTED_FILES).describe('which file'),
  path: z.string().describe('where it was'),
  digest: Digest.describe('SHA-256 of what stood in it'),
  carried: z.array(KeyName).describe('who was taken over'),
  left: z
    .array(
      z.strictObject({
        name: KeyName.describe('who was not taken over'),
        because: z.string().describe('why'),
      }),
    )
    .describe('who was not'),
  by,
});
export type IdentitiesImported = z.infer<typeof IdentitiesImported>;

/**
 * Everybody who is not removed, by name. `asked`: whether callers over REST and MCP need a key, since there was one once.
 */
export const ListIdentitiesReply = z.strictObject({ identities: z.array(Identity), asked: z.boolean() });
export type ListIdentitiesReply = z.infer<typeof ListIdentitiesReply>;
export const policyIdentities = rpc('policy', 'identities', Empty, ListIdentitiesReply, HERE);

export const IdentityChanged = z.strictObject({
  identity: Identity,
  by,
});
export type IdentityChanged = z.infer<typeof IdentityChanged>;
