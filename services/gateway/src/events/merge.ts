/** Merges sources that are each in sequence order into one that is; reads no further ahead than one item a source. */
export async function* mergeBySeq<T extends { seq: number }>(
  sources: readonly AsyncGenerator<T, void>[],
): AsyncGenerator<T, void> {
  try {
    const heads = await Promise.all(sources.map((source) => source.next()));
    for (;;) {
      let first = -1;
      for (const [i, head] of heads.entries()) {
        if (head.done) continue;
        const best = heads[first];
        if (best === undefined || best.done || head.value.seq < best.value.seq) first = i;
      }
      const head = heads[first];
      const source = sources[first];
      if (head === undefined || head.done || source === undefined) return;
      yield head.value;
      heads[first] = await source.next();
    }
  } finally {
    await Promise.all(sources.map((source) => source.return()));
  }
}
