import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  approvalsDecide,
  type DecideApproval,
  type DecideReply,
  type Verdict,
} from '@aegis/contracts/approvals';
import { APPROVER_KEY_PREFIX, type Approver } from '@aegis/contracts/approvers-file';
import { approvalsDraw, type DrawCode, type DrawCodeReply } from '@aegis/contracts/codes';
import {
  approvalsGrant,
  approvalsGrants,
  approvalsRevoke,
  type GiveGrant,
  type GrantShown,
} from '@aegis/contracts/grants';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { onTestFinished } from 'vitest';
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
  /** What makes a replica know them. */
  readonly env: { APPROVERS_FILE: string };
  /** Their keys. */
  readonly keys: Readonly<Record<Name, string>>;
  /** Writes the file without these; replicas read it by themselves. */
  readonly without: (...names: Name[]) => Promise<void>;
  /** Writes the file with another key for this one; the old one opens nothing any more. */
  readonly renew: (name: Name) => Promise<void>;
};

/** An approvers file in a folder of its own, and a key for each of the people in it. */
export async function createPeople(): Promise<People> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-people-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'approvers.json');
  const keys = Object.fromEntries(
    Object.keys(PEOPLE).map((name) => [name, makeKey(APPROVER_KEY_PREFIX)]),
  ) as Record<Name, string>;
  const without = async (...names: string[]): Promise<void> => {
    const left = Object.entries(keys).filter(([name]) => !names.includes(name));
    const approvers = Object.fromEntries(
      left.map(([name, key]) => [name, { ...PEOPLE[name], key: keyDigest(key) }]),
    );
    await writeFile(`${path}.new`, JSON.stringify({ approvers }));
    await rename(`${path}.new`, path);
  };
  const renew = async (name: Name): Promise<void> => {
    keys[name] = makeKey(APPROVER_KEY_PREFIX);
    await without();
  };
  await without();
  return { env: { APPROVERS_FILE: path }, keys, without, renew };
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
