/** One block of an event stream, field by field; `comment` is what stood after a colon. */
export type Block = { id?: string; event?: string; data?: string; retry?: string; comment?: string };

const parseBlock = (text: string): Block =>
  Object.fromEntries(
    text.split('\n').map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at) || 'comment', line.slice(at + 1).trimStart()];
    }),
  );

/** An event stream that a test reads block by block. */
export async function openStream(url: string, headers: Record<string, string> = {}) {
  const aborter = new AbortController();
  const response = await fetch(url, { headers, signal: aborter.signal });
  const blocks: Block[] = [];
  let ended = false;
  const read = async () => {
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (text + chunk).split('\n\n');
      text = parts.pop() ?? '';
      blocks.push(...parts.map(parseBlock));
    }
  };
  read()
    .catch(() => undefined)
    .finally(() => {
      ended = true;
    });
  return {
    response,
    blocks,
    /** The events so far, without greeting and heartbeats. */
    events: () => blocks.filter((block) => block.data !== undefined),
    ids: () => blocks.filter((block) => block.data !== undefined).map((block) => Number(block.id)),
    ended: () => ended,
    close: () => aborter.abort(),
  };
}
