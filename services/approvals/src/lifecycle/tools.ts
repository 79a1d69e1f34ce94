import { randomUUID } from 'node:crypto';
import { createEvent } from '@aegis/contracts/create-event';
import { toolAcceptedLog } from '@aegis/contracts/subjects';
import type { AcceptTool, ListToolsReply } from '@aegis/contracts/tool-definition';
import { AppError } from '@aegis/kit/errors';
import { type InQuarantine, toQuarantined } from '@aegis/replicas/tools';
import { CODE_HOLDER } from '../domain/approver.ts';
import { checkFault } from '../domain/decider.ts';
import { toolAcceptance } from '../domain/tool-acceptance.ts';
import type { Ground } from '../ground.ts';
import { checkAttempts, NO_CODE_HERE, sourceOf } from '../people/code.ts';
import { isRightCode } from '../people/code-digest.ts';

/** Definitions come large: what doesn't fit a message of the bus is counted, not sent. */
const LIST_BYTES = 2_000_000;

export type Tools = {
  /** Every definition that waits: what keeps its tool in quarantine first, then older ones; each the newest first. */
  quarantined(deadlineMs: number): Promise<InQuarantine[]>;
  /** The same as one answer: whole definitions, as many as fit. */
  list(deadlineMs: number): Promise<ListToolsReply>;
  /**
   * Lets a definition count from now on. One that counts already is left as it is, and the code is not looked at.
   *
   * @throws AppError `not_found` where the tool was never seen so, `wrong_code`, `too_many_attempts`
   */
  accept(request: AcceptTool, deadlineMs: number): Promise<void>;
  /** The same in the name of an approver, who is known. @throws AppError `not_found` */
  acceptBy(name: string, definition: ToolDefinition, deadlineMs: number): Promise<void>;
};

type ToolDefinition = Pick<AcceptTool, 'server' | 'tool' | 'digest'>;

/** The list as one message. The first of them always has room: without what was before where the two are too large. */
export function toReply(definitions: readonly InQuarantine[]): ListToolsReply {
  const shown: ListToolsReply['tools'] = [];
  let bytes = 0;
  for (const { tool, waiting } of definitions) {
    const whole = toQuarantined(tool, waiting);
    if (!whole) continue;
    const { before: _before, ...alone } = whole;
    const size = Buffer.byteLength(JSON.stringify(whole));
    if (shown.length > 0 && bytes + size > LIST_BYTES) break;
    bytes += size;
    shown.push(size > LIST_BYTES ? alone : whole);
  }
  const more = definitions.length - shown.length;
  return more > 0 ? { tools: shown, more } : { tools: shown };
}

export function createTools(ground: Ground): Tools {
  const { bus, now, wrongCodes } = ground;
  const { tools } = ground.known;

  const checkCode = async (approvalCode: string, source: string): Promise<void> => {
    if (ground.code === undefined) throw new AppError('not_an_approver', NO_CODE_HERE);
    const from = sourceOf(source);
    const at = now();
    checkAttempts((sinceMs) => wrongCodes.wrongCodesSince(sinceMs), from, at);
    if (await isRightCode(approvalCode, ground.code)) return;
    wrongCodes.countWrongCode(`tool ${randomUUID()}`, { atMs: at.getTime(), source: from });
    throw new AppError('wrong_code', 'approval_code: wrong; nothing was accepted.');
  };

  /** The event of an acceptance; undefined where the definition counts already. */
  const decide = async (by: string, definition: ToolDefinition, deadlineMs: number) => {
    await tools.caughtUp(deadlineMs);
    const { server, tool, digest } = definition;
    const decision = toolAcceptance.decide({ by, server, tool, digest }, tools.state.get(server, tool));
    checkFault(decision);
    return 'event' in decision ? decision.event : undefined;
  };

  /** Two who accept one definition say the same twice, so nothing guards it. `check` throws where it may not be. */
  const acceptOne = async (
    by: string,
    definition: ToolDefinition,
    deadlineMs: number,
    check?: () => Promise<void>,
  ): Promise<void> => {
    const accepted = await decide(by, definition, deadlineMs);
    if (!accepted) return;
    await check?.();
    const { server } = accepted.data;
    const made = { source: 'approvals', subject: server, time: now().toISOString() };
    const event = createEvent({ ...made, ...accepted });
    await bus.append.one({ subject: toolAcceptedLog(server), event }, deadlineMs);
  };

  const quarantined = async (deadlineMs: number): Promise<InQuarantine[]> => {
    await tools.caughtUp(deadlineMs);
    return tools.state.quarantined();
  };

  return {
    quarantined,
    list: async (deadlineMs) => toReply(await quarantined(deadlineMs)),
    async accept(request, deadlineMs) {
      const { approval_code, source } = request;
      // One code at a time, and none is looked at where the definition counts already.
      if (!(await decide(CODE_HOLDER.name, request, deadlineMs))) return;
      const check = () => checkCode(approval_code, source);
      await ground.codesOneByOne(() => acceptOne(CODE_HOLDER.name, request, deadlineMs, check));
    },
    acceptBy: acceptOne,
  };
}
