import { frameFor, isWanted, type LiveEvent, type Wanted } from './live-event.ts';
import { createOutlet, OUTLET_LIMIT, type Outlet } from './outlet.ts';

/** Half, so that what waited and what the replay left to send fit into the outlet together. */
const WAITING_LIMIT = OUTLET_LIMIT / 2;

/** One reader of the feed: live events wait while it is brought up to date, then pass straight through. */
export type Client = {
  readonly outlet: Outlet;
  /** A live event, whatever it is. */
  offer(event: LiveEvent): void;
  /** From now on live; of what waited, only what is after `seq` is sent. */
  goLive(seq: number): void;
};

export function createClient(wanted: Wanted, onClose: () => void): Client {
  const outlet = createOutlet(onClose);
  let sent = 0;
  let waiting: LiveEvent[] | undefined = [];
  let waitingLength = 0;

  const send = (event: LiveEvent): void => {
    if (event.seq <= sent) return;
    sent = event.seq;
    outlet.write(frameFor(wanted, event));
  };

  return {
    outlet,
    offer(event) {
      if (!isWanted(wanted, event)) return;
      if (waiting === undefined) return send(event);
      waiting.push(event);
      waitingLength += event.frame.length;
      if (waitingLength > WAITING_LIMIT) outlet.cut();
    },
    goLive(seq) {
      sent = seq;
      const held = waiting ?? [];
      waiting = undefined;
      for (const event of held) send(event);
    },
  };
}
