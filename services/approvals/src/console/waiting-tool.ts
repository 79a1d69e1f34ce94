import type { Approval } from '@aegis/contracts/approvals';
import type { WaitingTool } from '@aegis/contracts/console';
import { type Tool, toQuarantined } from '@aegis/replicas/tools';
import type { Ground } from '../ground.ts';

/** A definition that waits, beside the others of its tool. */
export const placeOf = (
  tool: Tool | undefined,
  digest: string,
): Pick<WaitingTool, 'is_older' | 'is_first'> => ({
  is_older: tool?.latest !== digest,
  is_first: tool?.before === undefined,
});

/** The definition of the tool that a call was made for, where nobody accepted it yet. */
export function waitingToolOf({ known }: Pick<Ground, 'known'>, { call }: Approval): WaitingTool | undefined {
  const { server, tool, definition_digest: digest } = call;
  if (server === undefined || digest === undefined) return undefined;
  const found = known.tools.state.byRulesName(server, tool);
  const waiting = found?.waiting.find((one) => one.digest === digest);
  const shown = found && waiting && toQuarantined(found, waiting);
  return shown && { ...shown, ...placeOf(found, digest) };
}
