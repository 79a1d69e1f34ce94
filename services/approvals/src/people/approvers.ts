import { randomUUID } from 'node:crypto';
import type { Credential } from '@aegis/contracts/approvals';
import { APPROVER_KEY_PREFIX, type ApproversFile, parseApprovers } from '@aegis/contracts/approvers-file';
import { AppError } from '@aegis/kit/errors';
import { createWatchedFile, type WatchedFile } from '@aegis/kit/files';
import { keyDigest } from '@aegis/kit/keys';
import type { Logger } from '@aegis/kit/logger';
import type { Mutex } from '@aegis/kit/mutex';
import { type Approver, CODE_HOLDER, requireAdmin } from '../domain/approver.ts';
import type { ApprovalIndex } from '../projections/approval-index.ts';
import { checkAttempts, isRightCode, sourceOf } from './code.ts';

const NOBODY: ApproversFile = { approvers: {} };

export type Approvers = {
  start(): Promise<void>;
  stop(): void;
  /**
   * Who sends this secret: an approver by their own key, or whoever knows the code.
   *
   * @throws AppError `unauthorized` where it is neither, `too_many_attempts` where too many were wrong of late
   */
  authenticate(credential: Credential): Promise<Approver>;
  /** The same, for what takes the role `admin`. @throws AppError `not_an_approver` too */
  authorizeAdmin(credential: Credential): Promise<Approver>;
  /** Somebody who said something before; undefined where they are no approver any more. */
  byName(name: string): Approver | undefined;
  /** Somebody who signed in before; undefined where they are no approver any more, or have another key by now. */
  known(name: string, keyId: string): Approver | undefined;
  /** What of a person's secret a session remembers, so that it ends with the secret. */
  keyIdOf(name: string): string | undefined;
  readonly problem: string | undefined;
};

type ApproversDeps = {
  path: string | undefined;
  code: string;
  /** Where wrong codes are counted, those for approvals too. */
  wrongCodes: Pick<ApprovalIndex, 'wrongCodesSince' | 'countWrongCode'>;
  codesOneByOne: Mutex;
  now: () => Date;
  log: Logger;
};

/** Looked up by its digest: of 256 bits of chance, the time that it takes tells nothing. */
type ByDigest = ReadonlyMap<string, Approver>;

const toApprover = (
  name: string,
  { roles = [], principals = [] }: ApproversFile['approvers'][string],
): Approver => ({
  name,
  roles,
  principals,
});

const indexed = ({ approvers }: ApproversFile): ByDigest =>
  new Map(Object.entries(approvers).map(([name, one]) => [one.key, toApprover(name, one)]));

const watched = (
  path: string,
  log: Logger,
  changed: (now: ApproversFile) => void,
): WatchedFile<ApproversFile> =>
  createWatchedFile({
    path,
    what: 'approvers file',
    parse: parseApprovers,
    nothing: NOBODY,
    nothingMeans: 'no key of an approver is accepted',
    missing: 'nothing',
    // Nobody could be told apart from a stranger.
    unreadable: 'nothing',
    log,
    changed: (_before, now) => changed(now),
  });

/** People who may approve: those in the approvers file, and whoever knows the code. */
export function createApprovers({
  path,
  code,
  wrongCodes,
  codesOneByOne,
  now,
  log,
}: ApproversDeps): Approvers {
  let byDigest: ByDigest = new Map();
  const file =
    path === undefined ? undefined : watched(path, log, (content) => (byDigest = indexed(content)));
  const codeId = keyDigest(code);

  const refuse = (source: string): never => {
    wrongCodes.countWrongCode(`sign-in ${randomUUID()}`, { atMs: now().getTime(), source });
    throw new AppError('unauthorized', 'The key or code is wrong; nothing was decided.');
  };
  const byCode = async (secret: string, source: string): Promise<Approver> => {
    checkAttempts((sinceMs) => wrongCodes.wrongCodesSince(sinceMs), source, now());
    return isRightCode(secret, code) ? CODE_HOLDER : refuse(source);
  };
  const authenticate: Approvers['authenticate'] = async ({ secret, source }) => {
    if (secret.startsWith(`${APPROVER_KEY_PREFIX}_`)) {
      const found = byDigest.get(keyDigest(secret));
      if (found) return found;
      throw new AppError('unauthorized', 'No approver has this key; nothing was decided.');
    }
    return codesOneByOne(() => byCode(secret, sourceOf(source)));
  };
  const keyIdOf = (name: string): string | undefined =>
    name === CODE_HOLDER.name ? codeId : file?.content.approvers[name]?.key;

  const knownBy = (name: string, keyId: string): Approver | undefined =>
    name === CODE_HOLDER.name ? CODE_HOLDER : byDigest.get(keyId);

  return {
    start: async () => file?.start(),
    stop: () => file?.stop(),
    authenticate,
    async authorizeAdmin(credential) {
      const approver = await authenticate(credential);
      requireAdmin(approver);
      return approver;
    },
    byName(name) {
      const keyId = keyIdOf(name);
      return keyId === undefined ? undefined : knownBy(name, keyId);
    },
    known(name, keyId) {
      if (keyIdOf(name) !== keyId) return undefined;
      return knownBy(name, keyId);
    },
    keyIdOf,
    get problem() {
      return file?.problem;
    },
  };
}
