import type { Flatten } from './flat.ts';

/** The tool as rules name it, with the name that its server gives it. */
const ruled = (server: string, tool: string): string => `${server}.${tool}`;

const LEVEL = { major: 'what a model reads', minor: 'icons or unknown metadata only' } as const;

/** `ok` is false where the tool's calls go to a person until somebody accepts the definition, null where it is only news. */
export const FLATTEN_TOOLS: Flatten<
  'aegis.tool.seen.v1' | 'aegis.tool.changed.v1' | 'aegis.tool.accepted.v1'
> = {
  'aegis.tool.seen.v1': ({ server, tool, digest, looks_like }) => ({
    action: 'tool.seen',
    ok: looks_like === undefined ? null : false,
    tool: ruled(server, tool),
    note:
      looks_like === undefined
        ? `first seen: ${digest}`
        : `first seen: ${digest}; its name looks like '${looks_like}', so its calls go to a person`,
    server,
  }),
  'aegis.tool.changed.v1': ({ server, tool, digest, level }) => ({
    action: 'tool.changed',
    ok: false,
    tool: ruled(server, tool),
    note: `the definition is now ${digest}; changed: ${LEVEL[level]}`,
    server,
  }),
  'aegis.tool.accepted.v1': ({ server, tool, digest, accepted_by }) => ({
    action: 'tool.accepted',
    ok: true,
    tool: ruled(server, tool),
    note: `${digest} accepted by ${accepted_by}`,
    principal: accepted_by,
    server,
  }),
};
