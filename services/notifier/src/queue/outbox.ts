import { type Bus, type DurableMessage, type Puller, readEnvelope } from '@aegis/bus';
import { approvalLog, NOTICES_CONSUMER, STREAM } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';
import { messageIdOf, noticeOf } from '../domain/payload.ts';
import type { Lines } from './lines.ts';
import type { Sending } from './sending.ts';

const AGAIN_AFTER_MS = 2_000;
const PROBLEM = 'nobody is told of approvals elsewhere: notices can not be put in line; it is tried again';

export type OutboxDeps = {
  bus: Bus;
  lines: Pick<Lines, 'put'>;
  sending: Pick<Sending, 'webhooks'>;
  consoleUrl: string;
  log: Logger;
};

export type Outbox = Puller & { readonly problem: string | undefined };

/**
 * Takes approval events off the log and puts a notice in line for each webhook that wants it. An event is done with once all
 * its notices are on the disk; one that comes again makes the same notices.
 */
export function startOutbox({ bus, lines, sending, consoleUrl, log }: OutboxDeps): Outbox {
  /** The reader can't be reached; and the newest event that came has not all its notices in line. */
  let isAway = false;
  let isStuck = false;
  const putInLine = async (message: DurableMessage): Promise<void> => {
    const event = readEnvelope(message.string());
    const payload = event && noticeOf(event, consoleUrl);
    if (!event || !payload) return;
    // Whoever may write on another subject must not have people told of an approval that is not there.
    if (message.subject !== approvalLog(payload.data.approval_id)) {
      log.warn(
        { seq: message.seq, subject: message.subject },
        'no event of its subject: nobody is told of it',
      );
      return;
    }
    for (const [id, { events, disabled_because }] of sending.webhooks()) {
      if (disabled_because !== undefined || !events.includes(payload.type)) continue;
      await lines.put(id, { message_id: messageIdOf(event.id, id), payload });
    }
  };
  const puller = bus.durables.pull({
    stream: STREAM,
    durable: NOTICES_CONSUMER,
    opened() {
      // Where no event comes after a loss, nothing else would say that it is over.
      isAway = false;
    },
    async handle(message) {
      try {
        await putInLine(message);
      } catch (thrown) {
        isStuck = true;
        message.nak(AGAIN_AFTER_MS);
        throw thrown;
      }
      message.ack();
      isStuck = false;
    },
    onTrouble(err) {
      isAway = true;
      log.warn({ err }, 'notices not put in line; trying again');
    },
  });
  return {
    stop: () => puller.stop(),
    get problem() {
      return isAway || isStuck ? PROBLEM : undefined;
    },
  };
}
