import type { Circumstances, Disposition, Gate, UpstreamEnd } from '@aegis/firewall/gate';
import { errorResponse, type Notification, type Request } from '@aegis/firewall/wire';

type Judge = (request: Request, circumstances: Circumstances) => Disposition | Promise<Disposition>;

export type FakeGate = Gate & {
  /** Why messages were refused, in order. */
  readonly refusals: string[];
  /** How the requests that went to the server ended: `<id> <type>`. */
  readonly ends: string[];
  isClosed(): boolean;
};

/** Lets everything pass as it is. */
export const passAll: Judge = ({ text }) => ({ type: 'forward', text });

/** A gate that does what a test says. What the server answered passes, and is noted. */
export function fakeGate(
  judge: Judge = passAll,
  {
    drops = () => false,
    refuses = () => false,
  }: { drops?: (notification: Notification) => boolean; refuses?: (request: Request) => boolean } = {},
): FakeGate {
  const refusals: string[] = [];
  const ends: string[] = [];
  let closed = false;
  const noted = (disposition: Disposition, { id }: Request): Disposition => {
    if (disposition.type !== 'forward' || disposition.ended !== undefined) return disposition;
    const ended = (end: UpstreamEnd): string => {
      ends.push(`${id} ${end.type}`);
      if (end.type === 'response') return end.response.text;
      return JSON.stringify({ jsonrpc: '2.0', id, result: { lost: end.because } });
    };
    return { ...disposition, ended };
  };
  const verdict = (notification: Notification) => (drops(notification) ? 'drop' : 'forward');
  return {
    refusals,
    ends,
    isClosed: () => closed,
    request: async (request, circumstances) => noted(await judge(request, circumstances), request),
    clientNotification: verdict,
    clientResponse: ({ text }) => text.replaceAll('mallory', 'nobody'),
    serverNotification: verdict,
    serverRequest: (request) =>
      refuses(request)
        ? { type: 'answer', text: errorResponse(request.rawId, -32_010, 'refused') }
        : { type: 'forward' },
    refused: (because) => void refusals.push(because),
    client: () => undefined,
    close: async () => void (closed = true),
  };
}
