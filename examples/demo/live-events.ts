/** An event as the bus showed it: its place in the log and the CloudEvent. */
export type LiveEvent = {
  readonly seq: number;
  readonly type: string;
  readonly traceparent?: string;
  readonly data: Record<string, unknown>;
};

export type LiveEvents = {
  /** The first event that fits, of those that came and those to come. Rejects where the stream ends before. */
  find(fits: (event: LiveEvent) => boolean): Promise<LiveEvent>;
  close(): void;
};

type Waiting = {
  fits: (event: LiveEvent) => boolean;
  resolve: (event: LiveEvent) => void;
  reject: (error: Error) => void;
};

/** One block of Server-Sent Events; undefined where it carries no event, such as a heartbeat. */
function readBlock(block: string): LiveEvent | undefined {
  const lines = block.split('\n');
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = field('data');
  return data === undefined ? undefined : { ...(JSON.parse(data) as LiveEvent), seq: Number(field('id')) };
}

/** Follows `GET /events`: decisions and approvals, as they are stored. */
export async function followEvents(gateway: string): Promise<LiveEvents> {
  const stop = new AbortController();
  const response = await fetch(`${gateway}/events`, { signal: stop.signal });
  if (!response.ok || response.body === null) throw new Error(`${gateway}/events answers ${response.status}`);
  const text = response.body.pipeThrough(new TextDecoderStream());
  const came: LiveEvent[] = [];
  let waiting: Waiting[] = [];

  const take = (event: LiveEvent): void => {
    came.push(event);
    for (const one of waiting.filter(({ fits }) => fits(event))) one.resolve(event);
    waiting = waiting.filter(({ fits }) => !fits(event));
  };
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const chunk of text) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = readBlock(block);
        if (event) take(event);
      }
    }
  };
  const end = (): void => {
    for (const { reject } of waiting) reject(new Error(`the events of ${gateway} ended`));
  };
  read().then(end, end);

  return {
    find: (fits) =>
      new Promise((resolve, reject) => {
        const event = came.find(fits);
        if (event) resolve(event);
        else waiting.push({ fits, resolve, reject });
      }),
    close: () => stop.abort(),
  };
}

export const traceIdOf = ({ traceparent }: LiveEvent): string | undefined => traceparent?.slice(3, 35);
