import type { Responder } from '@aegis/shared/bus/respond';
import { APPROVALS_LOG, TOOLS_LOG } from '@aegis/shared/contracts/subjects';
import type { Deps } from '@aegis/shared/runtime/run-service';
import { healthFrom, type Service } from '@aegis/shared/runtime/service';
import { type ApprovalsConfig, approvalCodeOf } from './config.ts';
import { createConsume } from './consume.ts';
import { createPage, type Page } from './http.ts';
import { createLifecycle } from './lifecycle.ts';
import { listApprovals } from './list.ts';
import { type List, routes } from './nats.ts';
import { ApprovalIndex } from './projections/approval-index.ts';
import { createFollowing } from './projections/following.ts';
import { ToolIndex } from './projections/tool-index.ts';
import { createQueue } from './queue.ts';
import { createStore } from './store.ts';
import { createTimers, type Timers } from './timers.ts';
import { createTools } from './tools.ts';

/** Where the page is served, for the gateway that passes it through: `http://host:port`. */
export type ApprovalsService = Service & { address(): string };

/** The human side: the approvals' lifecycle, the tools in quarantine, and the pages where people decide. */
export function createApprovals({ bus, config, log, now: clock }: Deps<ApprovalsConfig>): ApprovalsService {
  const index = new ApprovalIndex();
  const toolIndex = new ToolIndex();
  const approvalsRead = createFollowing(bus, {
    filter: APPROVALS_LOG,
    what: 'approvals',
    apply: (message) => index.apply(message),
  });
  const toolsRead = createFollowing(bus, {
    filter: TOOLS_LOG,
    what: 'tools',
    apply: (message) => {
      if (toolIndex.apply(message)) return;
      log.warn({ seq: message.seq, subject: message.subject }, 'tool event left out');
    },
  });
  const store = createStore(bus);
  const now = () => new Date(Math.max(clock().getTime(), index.earliestNowMs));
  let responder: Responder | undefined;
  let page: Page | undefined;

  const timers = createTimers(bus, (id, deadlineMs) => lifecycle.expire(id, deadlineMs), log);
  const deadlines = {
    decideWithinMs: config.APPROVAL_DECIDE_WITHIN_MS,
    useWithinMs: config.APPROVAL_USE_WITHIN_MS,
  };
  const code = approvalCodeOf(config);
  const codesOneByOne = createQueue();
  const indexCaughtUp = approvalsRead.caughtUp;
  const wakeAt: Timers['wakeAt'] = (id, atMs) => timers.wakeAt(id, atMs);
  const lifecycle = createLifecycle({
    store,
    index,
    indexCaughtUp,
    wakeAt,
    now,
    code,
    codesOneByOne,
    deadlines,
  });
  const tools = createTools({
    bus,
    index: toolIndex,
    indexCaughtUp: toolsRead.caughtUp,
    wrongCodes: index,
    codesOneByOne,
    now,
    code,
  });
  const listsOneByOne = createQueue();
  const list: List = (query, shape, deadlineMs) =>
    listsOneByOne(() => listApprovals({ store, index, indexCaughtUp }, query, shape, deadlineMs));
  const health = () =>
    healthFrom([
      !bus.isUp() && 'the message bus is away',
      index.unreadable > 0 && `${index.unreadable} approval events can not be read`,
      toolIndex.unreadable > 0 && `${toolIndex.unreadable} tool events can not be read`,
    ]);

  return {
    async start() {
      await Promise.all([approvalsRead.start(), toolsRead.start()]);
      await timers.start();
      for (const { approvalId, overdueAtMs } of index.open()) timers.wakeAt(approvalId, overdueAtMs);
      page = await createPage({
        list,
        lifecycle,
        tools,
        toolIndex,
        useWithinMs: deadlines.useWithinMs,
        log,
        host: config.APPROVALS_HOST,
        port: config.APPROVALS_PORT,
        allowedHosts: config.ALLOWED_HOSTS,
      });
      const consume = createConsume(bus, store, now);
      responder = await bus.respond(routes({ lifecycle, consume, list, tools, health }));
    },
    async stop() {
      await page?.close();
      await responder?.drain();
      await timers.stop();
      await Promise.all([approvalsRead.stop(), toolsRead.stop()]);
    },
    health,
    address: () => page?.address ?? '',
  };
}
