/** The code of an error of the system, such as `EACCES`; of anything else what it says. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const SQLITE = 'ERR_SQLITE_ERROR';
/** https://sqlite.org/rescode.html; an extended code has its kind in its lowest byte. */
const OF_SQLITE: Readonly<Record<number, string>> = {
  8: 'EACCES',
  10: 'EIO',
  13: 'ENOSPC',
  14: 'CANTOPEN',
  26: 'EBADF',
};
const PRIMARY = 0xff;

/** Of errno(3), those that a file or a folder answers with. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'its permissions, or those of a folder above it, do not let you',
  EBADF: 'it is not the kind of file that is kept there',
  CANTOPEN: 'its folder does not let you write there, or something else stands in its place',
  EBUSY: 'something else uses it',
  EDQUOT: 'the room that this user has on the disk is used up',
  EEXIST: 'it is there already',
  EFBIG: 'it would be larger than files here may be',
  EINVAL: 'its name or its kind is none that the system takes',
  EIO: 'the disk does not answer as it should',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead round in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is longer than names here may be',
  ENFILE: 'too many files are open',
  ENODEV: 'it is no file',
  ENOENT: 'there is no such file',
  ENOMEM: 'there is not enough memory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'what stands above it is no folder',
  ENXIO: 'it is no file',
  EPERM: 'the system does not let you',
  EROFS: 'its disk can only be read',
  ESTALE: 'the disk that it is on is away',
  ETXTBSY: 'something else uses it',
};

/** The code of errno(3), of an error of SQLite's too. */
function errnoOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== SQLITE || !(error instanceof Error) || !('errcode' in error)) return code;
  return OF_SQLITE[Number(error.errcode) & PRIMARY] ?? code;
}

/**
 * Why the system does not read or write a file, in words that follow its name and "because" or a colon; the system's own
 * words where no others are known.
 */
export function whyNoFile(error: unknown): string {
  const errno = errnoOf(error);
  return WORDS[errno] ?? `the system says ${errno}`;
}
