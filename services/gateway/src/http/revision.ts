import { AppError } from '@aegis/kit/errors';

const ETAG = /^"([1-9][0-9]{0,15})"$/;

/** The entity tag of an approval's state. It is a new one after each change. */
export const etagOf = (revision: number): string => `"${revision}"`;

/**
 * The state that a decision is meant for, from `If-Match` (RFC 9110, section 13.1.1); undefined where any will do.
 *
 * @throws AppError `invalid_request` where it is no entity tag of ours, so that nothing is decided by mistake
 */
export function revisionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const revision = Number(ETAG.exec(ifMatch.trim())?.[1]);
  if (Number.isSafeInteger(revision)) return revision;
  throw new AppError('invalid_request', 'if-match: expected one ETag, such as "42", as it was given');
}

/** Whether the caller has this state already, by `If-None-Match` (RFC 9110, section 13.1.2). */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const known = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
