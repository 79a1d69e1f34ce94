import { z } from 'zod';
import { Credential } from './approvals.ts';
import { Digest, ServerName, Timestamp } from './call.ts';
import { Empty, rpc } from './rpc.ts';

/** A tool's name as its server says it, odd characters and all. */
const ListedName = z.string().min(1).max(1_000);
/** Two definitions of one level differ in what a model reads, or only in icons and unknown `_meta`. */
export const ChangeLevel = z.enum(['major', 'minor']);

/** What a server says of a tool (MCP `Tool`), whole. The digest is of its RFC 8785 form. */
const definition = {
  server: ServerName.describe('the MCP server, by its name behind the firewall'),
  tool: ListedName.describe("the tool's name, as its server says it"),
  digest: Digest.describe("SHA-256 of the definition's RFC 8785 form"),
  definition: z.record(z.string(), z.unknown()).describe('the whole definition, as its server lists it'),
};

export const ToolSeen = z.strictObject({
  ...definition,
  looks_like: ListedName.optional().describe('another tool of the server whose name looks the same'),
});
export type ToolSeen = z.infer<typeof ToolSeen>;

/** A definition of a tool whose calls go to a person until it is accepted. */
export const QuarantinedTool = z
  .strictObject({
    ...definition,
    level: ChangeLevel,
    looks_like: ListedName.optional(),
    since: Timestamp,
    /** The definition that counted last before this one; absent where the tool was in quarantine from the start. */
    before: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'QuarantinedTool', description: 'A tool whose definition changed' });
export type QuarantinedTool = z.infer<typeof QuarantinedTool>;

/**
 * Every definition that waits: of each tool the one seen last where it doesn't count, then those that were seen before; each
 * the newest first. `more`: so many had no room in this answer.
 */
export const ListToolsReply = z
  .strictObject({
    tools: z.array(QuarantinedTool),
    more: z.int().min(1).optional(),
  })
  .meta({ id: 'Tools', description: 'The tools in quarantine' });
export type ListToolsReply = z.infer<typeof ListToolsReply>;
export const approvalsTools = rpc('approvals', 'tools', Empty, ListToolsReply, { askedBy: ['gateway'] });

/** `source` is where the answer came from, for the limit on wrong codes. A wrong code accepts nothing. */
export const AcceptTool = z.strictObject({
  server: ServerName,
  tool: ListedName,
  digest: Digest,
  approval_code: z.string().max(1024),
  source: z.string().max(200),
});
export type AcceptTool = z.infer<typeof AcceptTool>;
export const AcceptToolReply = z
  .strictObject({ ok: z.literal(true) })
  .meta({ id: 'Accepted', description: 'It counts from now on' });
export const approvalsAccept = rpc('approvals', 'accept', AcceptTool, AcceptToolReply, {
  askedBy: ['gateway'],
});

/** The same in the name of an approver, who is found by their own key, or by the code. */
export const AcceptToolBy = z.strictObject({
  server: ServerName,
  tool: ListedName,
  digest: Digest,
  credential: Credential,
});
export const approvalsAcceptBy = rpc('approvals', 'accept-by', AcceptToolBy, AcceptToolReply, {
  askedBy: ['gateway'],
});
