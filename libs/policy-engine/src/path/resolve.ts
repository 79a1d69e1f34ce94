/** The names in an absolute path from the root down, `.`, `..` and empty ones resolved; undefined for a relative one. */
export function resolvePath(path: string): string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

/** Whether `..` is asked of the root: one who takes the path for a relative one gets elsewhere then. */
export function climbsOut(path: string): boolean {
  let depth = 0;
  for (const name of path.split('/')) {
    if (name === '..') depth--;
    else if (name !== '' && name !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

/**
 * Names of dots and blanks only, other than `.` and `..`, also with parameters (`;`) or a stream (`:`) behind them: some
 * systems read them as one of these.
 */
export function hasOddDots(path: string): boolean {
  return path.split('/').some((name) => name !== '.' && name !== '..' && /^[.\s]+(?:[;:]|$)/u.test(name));
}

/** Whether a path starts with a drive of Windows, such as `/C:/`. */
export function startsWithDrive(path: string): boolean {
  return /^\/+[a-z][:|](?:[/\\]|$)/i.test(path);
}
