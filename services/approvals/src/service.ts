import type { Follower } from '@aegis/shared/bus/follow';
import type { Responder } from '@aegis/shared/bus/respond';
import { APPROVALS_LOG } from '@aegis/shared/contracts/subjects';
import { AppError } from '@aegis/shared/errors/app-error';
import type { Deps } from '@aegis/shared/runtime/run-service';
import { healthFrom, type Service } from '@aegis/shared/runtime/service';
import { type ApprovalsConfig, approvalCodeOf } from './config.ts';
import { createConsume } from './consume.ts';
import { createPage, type Page } from './http.ts';
import { createLifecycle } from './lifecycle.ts';
import { listApprovals } from './list.ts';
import { type List, routes } from './nats.ts';
import { ApprovalIndex } from './projections/approval-index.ts';
import { createQueue } from './queue.ts';
import { createStore } from './store.ts';
import { createTimers } from './timers.ts';

const CATCH_UP_WITHIN_MS = 500;
const START_WITHIN_MS = 60_000;

/** Where the page is served, for the gateway that passes it through: `http://host:port`. */
export type ApprovalsService = Service & { address(): string };

/** The human side: the approvals' lifecycle and the page where people decide. */
export function createApprovals({ bus, config, log, now: clock }: Deps<ApprovalsConfig>): ApprovalsService {
  const index = new ApprovalIndex();
  const store = createStore(bus);
  const now = () => new Date(Math.max(clock().getTime(), index.earliestNowMs));
  let follower: Follower | undefined;
  let responder: Responder | undefined;
  let page: Page | undefined;

  const indexCaughtUp = async (deadlineMs: number): Promise<void> => {
    const until = Math.min(deadlineMs, Date.now() + CATCH_UP_WITHIN_MS);
    if (await follower?.caughtUp(until)) return;
    throw new AppError('approvals_unavailable', 'The list of approvals is behind the log; try again.');
  };
  const timers = createTimers(bus, (id, deadlineMs) => lifecycle.expire(id, deadlineMs), log);
  const deadlines = {
    decideWithinMs: config.APPROVAL_DECIDE_WITHIN_MS,
    useWithinMs: config.APPROVAL_USE_WITHIN_MS,
  };
  const lifecycle = createLifecycle({
    store,
    index,
    indexCaughtUp,
    wakeAt: (id, atMs) => timers.wakeAt(id, atMs),
    now,
    code: approvalCodeOf(config),
    deadlines,
  });
  const oneByOne = createQueue();
  const list: List = (query, shape, deadlineMs) =>
    oneByOne(() => listApprovals({ store, index, indexCaughtUp }, query, shape, deadlineMs));
  const health = () =>
    healthFrom([
      !bus.isUp() && 'the message bus is away',
      index.unreadable > 0 && `${index.unreadable} approval events can not be read`,
    ]);

  return {
    async start() {
      follower = await bus.follow({
        filter: APPROVALS_LOG,
        fromSeq: 1,
        apply: (message) => index.apply(message),
      });
      if (!(await follower.caughtUp(Date.now() + START_WITHIN_MS))) {
        throw new AppError('approvals_unavailable', 'The approvals could not be read from the log in time.');
      }
      await timers.start();
      for (const { approvalId, overdueAtMs } of index.open()) timers.wakeAt(approvalId, overdueAtMs);
      page = await createPage({
        list,
        lifecycle,
        log,
        host: config.APPROVALS_HOST,
        port: config.APPROVALS_PORT,
      });
      responder = await bus.respond(routes(lifecycle, createConsume(bus, store, now), list, health));
    },
    async stop() {
      await page?.close();
      await responder?.drain();
      await timers.stop();
      await follower?.stop();
    },
    health,
    address: () => page?.address ?? '',
  };
}
