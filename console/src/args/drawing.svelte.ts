/** So many lines are drawn at a time: ten thousand at once would hold up the keys that decide. */
const CHUNK = 250;

/** A long list, drawn piece by piece; `through` draws at once up to that line. */
export function createDrawing<T>(items: () => readonly T[]) {
  let drawn = $state(1);
  const chunks = $derived.by(() => {
    const all = items();
    return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, at) =>
      all.slice(at * CHUNK, (at + 1) * CHUNK),
    );
  });

  $effect(() => {
    if (drawn >= chunks.length) return;
    const timer = setTimeout(() => {
      drawn += 1;
    }, 16);
    return () => clearTimeout(timer);
  });

  return {
    get chunks() {
      return chunks.slice(0, drawn);
    },
    get isLarge() {
      return chunks.length > 1;
    },
    get isDone() {
      return drawn >= chunks.length;
    },
    /** How many lines are there already. */
    get count() {
      return drawn * CHUNK;
    },
    through(at: number): void {
      drawn = Math.max(drawn, Math.floor(at / CHUNK) + 1);
    },
  };
}
