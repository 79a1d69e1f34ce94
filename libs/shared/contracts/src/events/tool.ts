import { z } from 'zod';
import { Digest, Principal } from '../call.ts';
import { toolAcceptedLog, toolLog } from '../subjects.ts';
import { ChangeLevel, ToolSeen } from '../tool-definition.ts';
import { type Channel, event } from './event.ts';

const { looks_like: _, ...definition } = ToolSeen.shape;
const parameter = {
  description: 'The MCP server, by its name behind the firewall.',
  of: ({ server }: { server: string }): string => server,
};
const TOOLS: Channel<{ server: string }> = {
  id: 'tools',
  title: 'Definitions of tools',
  about:
    'The first definition of a tool that the firewall sees is the one that counts, and so is each that an approver accepts. With ' +
    'any other, and of one that looks like another tool from the start, calls go to a person.',
  subject: toolLog,
  parameter,
};

/** The tool as rules name it, with the name that its server gives it. */
const ruled = ({ server, tool }: { server: string; tool: string }): string => `${server}.${tool}`;

const LEVEL = { major: 'what a model reads', minor: 'icons or unknown metadata only' } as const;

/** `ok` is false where the tool's calls go to a person until somebody accepts the definition, null where it is only news. */
export const TOOL_DEFINITIONS = {
  'aegis.tool.seen.v1': event({
    schema: ToolSeen,
    channel: TOOLS,
    sentence: "A tool's definition was seen for the first time.",
    audit({ looks_like, ...seen }) {
      const line = { tool: ruled(seen), note: `first seen: ${seen.digest}` };
      if (looks_like === undefined) return line;
      const why = `its name looks like '${looks_like}', so its calls go to a person`;
      return { ...line, ok: false, note: `${line.note}; ${why}` };
    },
  }),
  'aegis.tool.changed.v1': event({
    schema: z.strictObject({
      ...definition,
      level: ChangeLevel.describe('whether what a model reads differs, or only icons or unknown `_meta`'),
    }),
    channel: TOOLS,
    sentence: 'A definition is none of those that count. Calls of the tool go to a person.',
    audit: (data) => ({
      ok: false,
      tool: ruled(data),
      note: `the definition is now ${data.digest}; changed: ${LEVEL[data.level]}`,
    }),
  }),
  'aegis.tool.accepted.v1': event({
    schema: z.strictObject({
      server: definition.server,
      tool: definition.tool,
      digest: Digest.describe('the definition that counts from now on'),
      accepted_by: Principal.describe('who accepted it'),
    }),
    channel: {
      id: 'acceptedTools',
      title: 'Accepted definitions of tools',
      subject: toolAcceptedLog,
      parameter,
    },
    sentence: 'An approver says that this definition counts too. The approvals service alone can write it.',
    audit: (data) => ({
      ok: true,
      tool: ruled(data),
      note: `${data.digest} accepted by ${data.accepted_by}`,
      principal: data.accepted_by,
    }),
  }),
};
