import { ONE_LINE } from '@aegis/kit/text';
import { z } from 'zod';
import { whole } from './tolerant.ts';

/**
 * A tool's name in one plain alphabet. Names outside it are refused, never normalised: a name that only looks like a
 * denied one must not get past a rule.
 */
export const ToolName = z
  .string()
  .regex(/^[A-Za-z0-9_.:/-]{1,256}$/, 'expected 1 to 256 characters of A-Z a-z 0-9 _ . : / -');
export type ToolName = z.infer<typeof ToolName>;

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
const EXPECTED_TOKEN = 'expected 1 to 64 characters of A-Z a-z 0-9 _ -';

/**
 * The name of an MCP server behind the firewall: one subject token, and no dot, so that `<server>.<tool>` can be read in
 * one way only.
 */
export const ServerName = z.string().regex(TOKEN, EXPECTED_TOKEN);
export type ServerName = z.infer<typeof ServerName>;

/** Money in cents: a whole number from 0 to 2^53-1. */
export const AmountCents = z
  .number('expected an integer from 0 to 9007199254740991')
  .refine((n) => Number.isSafeInteger(n) && n >= 0, 'expected an integer from 0 to 9007199254740991')
  // A refinement is code; in JSON Schema it is this.
  .meta({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** A currency by its code of ISO 4217. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'expected three capital letters such as EUR');

/** Text that people will read in a log line or a table: it is one line. */
const line = (max: number) =>
  z.string().min(1).max(max).regex(ONE_LINE, 'expected text without control characters');

export const Op = line(128);
/** The caller's own name for a call; unique per principal. */
export const DryRunId = line(200);
/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
export const IdempotencyKey = line(255);
/** Who calls. */
export const Principal = line(200);
/** Who calls where nobody has signed in. */
export const ANONYMOUS = 'anonymous';
/** What an MCP client says of itself. Its own word, so it tells clients apart and proves nothing. */
export const ClientInfo = z.strictObject({
  name: line(200).describe('its name'),
  version: line(100).optional().describe('its version'),
});
export type ClientInfo = z.infer<typeof ClientInfo>;
/** A side door of an MCP server, as rules name it: `resource:<uri>` or `prompt:<name>`. */
export const Door = z
  .string()
  .max(8192)
  .regex(/^(resource|prompt):/, 'expected resource:<uri> or prompt:<name>');
/** One run of the firewall in the path: a subject token. */
export const InstanceId = z.string().regex(TOKEN, EXPECTED_TOKEN);
/** One call through the firewall in the path: a subject token, unique. */
export const CallId = z.string().regex(TOKEN, EXPECTED_TOKEN);
export const Note = z.string().max(4096);

/** Bytes that the arguments of one call may have, as JSON without needless escapes and spaces. */
export const MAX_ARGUMENT_BYTES = 1_048_576;

/**
 * Bytes that a message with a call may have, before it is read: its arguments, the longest way to write them (`\u0061`), and
 * whatever goes beside.
 */
export const MAX_CALL_MESSAGE_BYTES = 8 * MAX_ARGUMENT_BYTES;

export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected a digest: "sha256:" and 64 characters of 0-9 a-f');
/** A W3C trace id: 32 lower-case hexadecimal digits. */
export const TraceId = z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 characters of 0-9 a-f');
export const Timestamp = z.iso.datetime();

/**
 * What an MCP request carries beside the name and the arguments, by the names of `params`: answers to a server's questions,
 * `_meta` without what is no part of a call, members that nobody knows. With them, as `method`, which no request has in
 * `params`, the request's method where the name does not say it: `tasks/update` of a tool, `resources/subscribe`.
 */
export const CallInput = z.record(z.string(), z.unknown());
export type CallInput = z.infer<typeof CallInput>;

/** A tool call that somebody wants to make. `args` are kept as they came; with another definition it is another call. */
export const Call = whole(
  z.strictObject({
    tool: ToolName.describe("the tool's name"),
    op: Op.optional().describe('what it does there'),
    amount_cents: AmountCents.optional().describe('the amount, in cents'),
    args: z.record(z.string(), z.unknown()).optional().describe('its arguments, as they came'),
    input: CallInput.optional().describe('what else of the request its server gets, as it came'),
    server: ToolName.optional().describe('the MCP server, where it is one that the firewall knows'),
    definition_digest: Digest.optional().describe("SHA-256 of the tool's definition, where it is known"),
    principal: Principal.describe('who calls'),
  }),
);
export type Call = z.infer<typeof Call>;

/** Where a call came in: `wrap` and `proxy` are the firewall in the path, over stdio and over HTTP. */
export const Via = z.enum(['rest', 'mcp-stdio', 'mcp-http', 'cli', 'wrap', 'proxy']);
export type Via = z.infer<typeof Via>;
