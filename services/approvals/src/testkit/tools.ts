import { createEvent } from '@aegis/contracts/create-event';
import type { EventData } from '@aegis/contracts/events';
import { toolLog } from '@aegis/contracts/subjects';
import { approvalsAccept, approvalsTools } from '@aegis/contracts/tool-definition';
import { CODE, soon, world } from './world.ts';

/** What a server says of a tool, as the firewall writes it. */
export const sawTool = (data: EventData<'aegis.tool.seen.v1'>) =>
  writeTool(data.server, 'aegis.tool.seen.v1', data);
export const toolChanged = (data: EventData<'aegis.tool.seen.v1'>) =>
  writeTool(data.server, 'aegis.tool.changed.v1', { ...data, level: 'major' });

function writeTool<T extends 'aegis.tool.seen.v1' | 'aegis.tool.changed.v1'>(
  server: string,
  type: T,
  data: EventData<T>,
) {
  const event = createEvent({ type, source: 'mcp', time: world.clock().toISOString(), data });
  return world.mcp.append.one({ subject: toolLog(server), event }, soon().deadlineMs);
}

export const tools = async () => (await world.gateway.ask(approvalsTools, {}, soon())).tools;
export const accept = (
  { server, tool, digest }: { server: string; tool: string; digest: string },
  approval_code = CODE,
  source = '10.0.0.1',
) => world.gateway.ask(approvalsAccept, { server, tool, digest, approval_code, source }, soon());
