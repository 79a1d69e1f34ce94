/** How many of the calls before this one were blocked, after their count. */
export function blockedWords(total: number, blocked: number): string {
  if (total === 1) return blocked === 0 ? 'which was not blocked' : 'which was blocked';
  if (blocked === 0) return 'none of them blocked';
  return blocked === total ? 'all of them blocked' : `${blocked.toLocaleString('en-US')} of them blocked`;
}
