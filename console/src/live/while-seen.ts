/** Looks from time to time, while somebody looks, and when they do again. Returns what stops it. */
export function whileSeen(look: () => void, everyMs: number): () => void {
  const seen = (): void => {
    if (!document.hidden) look();
  };
  document.addEventListener('visibilitychange', seen);
  const looking = setInterval(seen, everyMs);
  return () => {
    clearInterval(looking);
    document.removeEventListener('visibilitychange', seen);
  };
}
