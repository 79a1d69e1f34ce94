import type { Responder } from '@aegis/bus';
import { type Deps, healthFrom, type Service } from '@aegis/bus/service';
import type { ApprovalsConfig } from './config.ts';
import { createCallRecord } from './console/api/call-record.ts';
import { createViews } from './console/api/views.ts';
import { createSessions } from './console/sessions.ts';
import { createCore } from './core.ts';
import { createHttp, type Page } from './http.ts';
import { routes } from './nats.ts';
import { createSessionSecret } from './people/session-secret.ts';
import { problemsOf } from './projections/known.ts';

/** Where the page is served, for the gateway that passes it through: `http://host:port`. */
export type ApprovalsService = Service & { address(): string };

const LOG_ANSWERS_WITHIN_MS = 5_000;

type Known = Deps<ApprovalsConfig>;

/** The human side: the approvals' lifecycle, the tools in quarantine, and the console. */
export function createApprovals(deps: Known): ApprovalsService {
  const { bus, config, log } = deps;
  const core = createCore(deps);
  const { known, identities, approvers, timers } = core;
  const secret = createSessionSecret(config.SESSION_SECRET_FILE, log);
  let responder: Responder | undefined;
  let page: Page | undefined;

  const health = () =>
    healthFrom([
      bus.problem(),
      ...problemsOf(known),
      identities.problem,
      secret.problem,
      core.afterEdit.problem,
      bus.append.problem,
    ]);

  const openPage = async (): Promise<Page> => {
    const isSecure = config.CONSOLE_URL.startsWith('https:');
    const views = createViews({ ...core, record: createCallRecord(bus) });
    return createHttp({
      ...core,
      sessions: createSessions({ secret, approvers, now: core.now, isSecure }),
      views,
      log,
      secret,
      host: config.APPROVALS_HOST,
      port: config.APPROVALS_PORT,
      allowedHosts: config.ALLOWED_HOSTS,
      consoleUrl: config.CONSOLE_URL,
    });
  };

  return {
    async start() {
      if (config.APPROVAL_CODE_FILE !== undefined)
        log.warn('APPROVAL_CODE_FILE is not read any more: set APPROVAL_CODE, or run "aegis approve-here"');
      // The clock may have gone back since the log stored anything.
      known.approvals.state.beginsAfter(await bus.read.end(Date.now() + LOG_ANSWERS_WITHIN_MS));
      await Promise.all([identities.start(), secret.start()]);
      await Promise.all(Object.values(known).map((one) => one.start()));
      await core.superseding.start();
      await timers.start((id, deadlineMs) => core.lifecycle.expire(id, deadlineMs));
      for (const { approvalId, overdueAtMs } of known.approvals.state.open())
        timers.wakeAt(approvalId, overdueAtMs);
      page = await openPage();
      responder = await bus.respond(routes({ ...core, health }));
    },
    async stop() {
      await page?.close();
      await responder?.drain();
      await timers.stop();
      core.afterEdit.stop();
      core.wouldEnd.stop();
      secret.stop();
      await Promise.all([identities.stop(), ...Object.values(known).map((one) => one.stop())]);
    },
    health,
    address: () => page?.address ?? '',
  };
}
