/** What `GET /health` answers: by part, why it is not well, and what is well and will not stay so. */
export type Health = {
  readonly status: string;
  readonly parts?: Readonly<Record<string, readonly string[]>>;
  readonly warnings?: Readonly<Record<string, readonly string[]>>;
};

/** A sentence, and the part that says it; of several that say the same, the first. */
export type Said = { readonly part: string; readonly text: string };

/** What people have to know of the firewall itself: first what is not well. */
export function saidIn({ parts = {}, warnings = {} }: Health): Said[] {
  const all = [parts, warnings].flatMap((kind) =>
    Object.entries(kind).flatMap(([part, texts]) => texts.map((text) => ({ part, text }))),
  );
  return [...new Map(all.toReversed().map((said) => [said.text, said])).values()].toReversed();
}
