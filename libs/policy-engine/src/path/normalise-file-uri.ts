import { CONTROL } from '@aegis/kit/text';
import { leadsElsewhere } from './expanded.ts';
import { pathOfFileUri } from './file-uri.ts';
import { foldName, foldText, isTangled } from './fold.ts';
import type { NormalUri } from './normalise-uri.ts';
import { decodeOnce, hasEncodedSlash, hasEncoding } from './percent.ts';
import { hasOddDots, resolvePath, startsWithDrive } from './resolve.ts';
import { MAX_PATH_LENGTH } from './spellings.ts';

/**
 * `file:` URIs in one spelling: scheme in lower case, no host, encodings decoded, `.`, `..` and empty names resolved, no
 * slash at the end. The other spellings are for deny rules: with that slash, and without dots and spaces at the end
 * of names.
 */
export function normaliseFileUri(uri: string): NormalUri {
  const from = pathOfFileUri(uri);
  if (!from.ok) return from;
  const decoded = decodeOnce(from.path);
  const fault = faultOf(from.path, decoded);
  if (fault !== undefined || decoded === undefined) return { ok: false, because: fault ?? 'not UTF-8' };
  const names = resolvePath(decoded) ?? [];
  const path = `file:///${names.join('/')}`;
  const trimmed = `file:///${names.map(foldName).join('/')}`;
  return { ok: true, uris: [path, `${path}/`, trimmed, `${trimmed}/`], isFile: true };
}

function faultOf(path: string, decoded: string | undefined): string | undefined {
  if (decoded === undefined || !decoded.isWellFormed()) return 'an encoding that is not UTF-8';
  if (decoded.length > MAX_PATH_LENGTH) return 'a path that is too long';
  if (isTangled(decoded)) return 'too many marks on one letter';
  if (CONTROL.test(decoded)) return 'a control character';
  if (hasEncoding(decoded)) return 'an encoding inside an encoding';
  if (hasEncodedSlash(path)) return 'an encoded slash';
  if (path.includes('\\')) return 'a backslash';
  if (hasOddDots(foldText(decoded))) return 'a name of dots or blanks only';
  if (depthOf(foldText(decoded)) !== depthOf(decoded)) return 'characters that look like dots or slashes';
  if (leadsElsewhere(foldText(decoded))) return 'a path that the system leads elsewhere';
  if (startsWithDrive(decoded) && decoded.split('/').includes('..')) return '.. after a drive letter';
  return undefined;
}

function depthOf(path: string): number {
  return resolvePath(path)?.length ?? 0;
}
