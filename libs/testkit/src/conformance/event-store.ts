import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** What was sent on the streams of one session, in order, so that a client may go on where it was cut off. */
export function createEventStore(): EventStore {
  const events: { streamId: string; message: JSONRPCMessage }[] = [];
  const at = (eventId: string) => events[Number(eventId)];
  return {
    async storeEvent(streamId, message) {
      return String(events.push({ streamId, message }) - 1);
    },
    async getStreamIdForEventId(eventId) {
      return at(eventId)?.streamId;
    },
    async replayEventsAfter(lastEventId, { send }) {
      const streamId = at(lastEventId)?.streamId ?? '';
      for (const [index, event] of events.entries()) {
        const isMissed = index > Number(lastEventId) && event.streamId === streamId;
        // A priming event has no message: it only gave the client an id to resume from.
        if (isMissed && 'jsonrpc' in event.message) await send(String(index), event.message);
      }
      return streamId;
    },
  };
}
