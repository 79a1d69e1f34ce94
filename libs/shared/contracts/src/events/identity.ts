import {
  IdentitiesImported,
  type Identity,
  IdentityChanged,
  IMPORTED_FILES,
  identityIdFor,
} from '../identities.ts';
import { identityLog, importedLog } from '../subjects.ts';
import { type Channel, event, type Flat } from './event.ts';

const IDENTITIES: Channel<IdentityChanged> = {
  id: 'identities',
  title: 'Who there is',
  about:
    'Agents, people and services, their roles, and the digests of their keys. One exact subject a name, whatever its case and look, ' +
    'so that compare-and-set lets one have it. Each event carries the whole state after it.',
  subject: identityLog,
  parameter: {
    description: 'The identity, such as `idn_0f0e4f1b2b0d4a3f8c1d5e6f7a8b9c0d`.',
    of: ({ identity }) => identity.identity_id,
  },
};

const IMPORTS: Channel<IdentitiesImported> = {
  id: 'imported',
  title: 'Files of before that were taken over',
  about:
    'The approvers file, and the file of keys of MCP clients, each once. What stands in them since changes nothing.',
  subject: importedLog,
  parameter: { description: 'Which file.', values: IMPORTED_FILES, of: ({ file }) => file },
};

const until = (at: string | undefined): string => (at === undefined ? 'without an end' : `until ${at}`);

const newest = ({ keys }: Identity): string => {
  const key = keys.at(-1);
  return key === undefined ? '' : `key ${key.digest}, ${until(key.expires_at)}`;
};

/** All that somebody may do, and is named by. */
const rolesOf = ({ roles, rule_roles = [] }: Identity): string => {
  const named = rule_roles.length > 0 ? `; rules may name ${rule_roles.join(', ')}` : '';
  return `${roles.join(', ') || 'none'}${named}`;
};

const changed = (
  sentence: string,
  noteOf: (identity: Identity) => string,
  fits: (identity: Identity) => boolean = () => true,
) =>
  event({
    schema: IdentityChanged,
    channel: IDENTITIES,
    sentence,
    fits: ({ identity }) => identity.identity_id === identityIdFor(identity.name) && fits(identity),
    audit: ({ identity, by }): Flat => ({ ok: null, principal: by, note: noteOf(identity) }),
  });

/** What happens to an identity, each with the whole state after it. */
export const IDENTITY_DEFINITIONS = {
  'aegis.identity.created.v1': changed(
    'Somebody was given a name, roles and a key.',
    (one) => `${one.name}, with the role ${rolesOf(one)}: ${newest(one)}`,
  ),
  'aegis.identity.key_added.v1': changed(
    'A new key was made for somebody. The keys before it end, at once or after an overlap.',
    (one) => `${one.name}: ${newest(one)}`,
  ),
  'aegis.identity.key_revoked.v1': changed(
    'All keys of somebody were revoked.',
    ({ name }) => `${name}: no key is good any more`,
  ),
  'aegis.identity.roles_changed.v1': changed(
    'Somebody was given other roles.',
    (one) => `${one.name} has the role ${rolesOf(one)}`,
  ),
  'aegis.identity.recovered.v1': changed(
    'Somebody was made an admin on the machine itself, by one new key.',
    (one) => `${one.name} is an admin: ${newest(one)}`,
  ),
  'aegis.identity.removed.v1': changed(
    'Somebody was taken out, and is nobody any more.',
    ({ name }) => `${name} is nobody any more`,
    (one) => one.removed_at !== undefined,
  ),
};

/** That what was there before identities is among them. */
export const IMPORT_DEFINITIONS = {
  'aegis.identity.imported.v1': event({
    schema: IdentitiesImported,
    channel: IMPORTS,
    sentence: 'A file that had people or keys before there were identities was taken over, once.',
    audit: ({ path, carried, left, by }): Flat => ({
      ok: null,
      principal: by,
      note: [
        `${path}: ${carried.join(', ') || 'nobody'}`,
        ...left.map(({ name, because }) => `not ${name}: ${because}`),
      ].join('; '),
    }),
  }),
};
