import type { Bus } from '@aegis/bus';
import { APPROVALS_LOG, GRANTS_LOG, POLICY_LOG, TOOLS_LOG } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';
import type { Superseding } from '../lifecycle/superseding.ts';
import { ApprovalIndex } from './approval-index.ts';
import { createFollowing, type Following } from './following.ts';
import { GrantIndex } from './grant-index.ts';
import { PolicyIndex } from './policy-index.ts';
import { ToolIndex } from './tool-index.ts';

/** What this service knows of the log, and how it follows it. */
export type Followings = {
  readonly index: ApprovalIndex;
  readonly tools: ToolIndex;
  readonly grants: GrantIndex;
  readonly policies: PolicyIndex;
  readonly read: Readonly<Record<'approvals' | 'tools' | 'grants' | 'policies', Following>>;
  /** Resolves once all of them have what was stored before. */
  start(): Promise<void>;
  stop(): Promise<void>;
  problems(): (string | false)[];
};

/** `superseding` is told of changes from the moment on that everything before is known. */
export function createFollowings(bus: Bus, log: Logger, superseding: () => Superseding): Followings {
  const index = new ApprovalIndex();
  const tools = new ToolIndex();
  const grants = new GrantIndex();
  const policies = new PolicyIndex();
  let isLive = false;

  const read = {
    approvals: createFollowing(bus, {
      filter: APPROVALS_LOG,
      what: 'approvals',
      apply: (message) => index.apply(message),
    }),
    tools: createFollowing(bus, {
      filter: TOOLS_LOG,
      what: 'tools',
      apply: (message) => {
        const { seq, subject } = message;
        const tool = tools.apply(message);
        if (!tool) log.warn({ seq, subject }, 'tool event left out');
        else if (isLive) void superseding().toolSeen(tool, seq);
      },
    }),
    grants: createFollowing(bus, {
      filter: GRANTS_LOG,
      what: 'grants',
      apply: (message) => grants.apply(message),
    }),
    policies: createFollowing(bus, {
      filter: POLICY_LOG,
      what: 'policies',
      apply: (message) => {
        if (policies.apply(message) && isLive) void superseding().policyChanged();
      },
    }),
  };

  return {
    index,
    tools,
    grants,
    policies,
    read,
    async start() {
      await Promise.all(Object.values(read).map((one) => one.start()));
      isLive = true;
      await superseding().all();
    },
    async stop() {
      await Promise.all(Object.values(read).map((one) => one.stop()));
    },
    problems: () => [
      index.unreadable > 0 && `${index.unreadable} approval events can not be read`,
      tools.unreadable > 0 && `${tools.unreadable} tool events can not be read`,
      grants.unreadable > 0 && `${grants.unreadable} grant events can not be read`,
    ],
  };
}
