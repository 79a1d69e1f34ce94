import type { ClientInfo } from '@aegis/contracts/call';
import { isObject, type JsonMembers, membersOf } from '@aegis/kit/json';
import { every, LINE_BREAKING } from '@aegis/kit/text';
import { parseTraceparent } from '@aegis/kit/trace';
import { isProgressToken, isRevision, namedCapabilities } from './unbound-meta.ts';

/** Keys of the `_meta` envelope that each request of the 2026-07-28 era carries. */
const PREFIX = 'io.modelcontextprotocol/';
const PROTOCOL_VERSION = `${PREFIX}protocolVersion`;
const CLIENT_INFO = `${PREFIX}clientInfo`;
const CLIENT_CAPABILITIES = `${PREFIX}clientCapabilities`;

const NOT_A_LINE = every(LINE_BREAKING);
const NAME_CHARACTERS = 200;
const VERSION_CHARACTERS = 100;

/** What a request says of itself beside what it asks for. */
export type Caller = Readonly<ReturnType<typeof readCaller>>;

function toLine(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const line = value.slice(0, max).toWellFormed().replace(NOT_A_LINE, ' ').trim();
  return line === '' ? undefined : line;
}

/** What a client says of itself (MCP `Implementation`), fit for a record; undefined where it gives no name. */
export function toClientInfo(value: unknown): ClientInfo | undefined {
  const { name, version } = membersOf(value);
  const said = toLine(name, NAME_CHARACTERS);
  if (said === undefined) return undefined;
  const line = toLine(version, VERSION_CHARACTERS);
  return line === undefined ? { name: said } : { name: said, version: line };
}

/** Reads what goes with a request's parameters. Never throws: what is not as the protocol has it is as if it were absent. */
export function readCaller(params: JsonMembers | undefined) {
  const meta = membersOf(params?.['_meta']);
  const { progressToken, traceparent } = meta;
  const isModern = typeof meta[PROTOCOL_VERSION] === 'string';
  const elicitation = membersOf(membersOf(meta[CLIENT_CAPABILITIES])['elicitation']);
  return {
    /** Whether it is of the 2026-07-28 era, in which every request carries its own envelope. */
    isModern,
    /** The client, where this request names it: each does in the modern era, `initialize` does in the older ones. */
    client: isModern ? toClientInfo(meta[CLIENT_INFO]) : undefined,
    /** Whether the client can send a person to a URL and come back (URL elicitation inside `input_required`). */
    opensUrls: isModern && isObject(elicitation['url']),
    /** What it can be asked, as it says with this request. */
    capabilities: membersOf(meta[CLIENT_CAPABILITIES]),
    progressToken: isProgressToken(progressToken) ? progressToken : undefined,
    traceparent: parseTraceparent(traceparent),
  };
}

/**
 * The envelope for a request of our own on behalf of this one. The server has it before anybody has approved that one, so of
 * its `_meta` it has only what the protocol asks of each request, and nothing that could say more.
 */
export function envelopeFor(params: JsonMembers | undefined): Record<string, unknown> {
  const meta = membersOf(params?.['_meta']);
  const version = meta[PROTOCOL_VERSION];
  if (!isRevision(version)) return {};
  const client = toClientInfo(meta[CLIENT_INFO]);
  return {
    _meta: {
      [PROTOCOL_VERSION]: version,
      ...(client === undefined ? {} : { [CLIENT_INFO]: client }),
      [CLIENT_CAPABILITIES]: namedCapabilities(meta[CLIENT_CAPABILITIES]),
    },
  };
}
