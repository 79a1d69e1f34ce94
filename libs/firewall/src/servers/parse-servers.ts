import { validateHeaderName, validateHeaderValue } from 'node:http';
import { ServerName } from '@aegis/contracts/call';
import { checkInput, describeMistakes } from '@aegis/kit/errors';
import { parseFile, type ReadFile } from '@aegis/kit/files';
import { isObject } from '@aegis/kit/json';
import { parseDuration } from '@aegis/kit/text';
import { z } from 'zod';
import { RECORD_MODES } from '../gate/api.ts';
import type { ServerEntry, Upstream } from './entry.ts';

/** Clients give up after 60 s, so this is nearly the whole budget of a hold. */
const DEFAULT_HOLD = '50s';

/** As long as `aegis wrap --hold` takes at most; a timer of more than 24 days would be over at once. */
const LONGEST_HOLD_MS = 3_600_000;
const HOLD_EXPECTED = `expected a time such as "500ms", "50s" or "2m", at most ${LONGEST_HOLD_MS / 60_000}m`;
const Hold = z
  .string(HOLD_EXPECTED)
  .transform((text) => parseDuration(text, ['ms', 's', 'm']) ?? Number.NaN)
  .pipe(z.number(HOLD_EXPECTED).max(LONGEST_HOLD_MS, HOLD_EXPECTED));

const Aegis = z.strictObject({
  record: z.enum(RECORD_MODES, `expected one of ${RECORD_MODES.join(', ')}`).default('redacted'),
  hold: Hold.prefault(DEFAULT_HOLD),
  showDenied: z.boolean().default(false),
});

/** What clients keep beside an entry; it is about the client, and means nothing here. */
const OfClients = {
  alwaysAllow: z.unknown().optional(),
  autoApprove: z.unknown().optional(),
  description: z.unknown().optional(),
  dev: z.unknown().optional(),
  disabledTools: z.unknown().optional(),
  gallery: z.unknown().optional(),
  timeout: z.unknown().optional(),
  version: z.unknown().optional(),
};

const TYPES = ['stdio', 'http', 'streamable-http', 'streamableHttp', 'streamable_http'] as const;
const TYPE_EXPECTED = `expected one of ${TYPES.join(', ')} (the older HTTP+SSE transport is not supported)`;
const Texts = z.record(z.string(), z.string('expected a text'), 'expected names, each with a text');

/** What `${NAME}` stands for is not known yet: then only the start can be looked at. */
const isWebAddress = (text: string): boolean =>
  text.startsWith('${') || (/^https?:\/\/./i.test(text) && (text.includes('${') || URL.canParse(text)));
const Address = z.string().refine(isWebAddress, 'expected an address that starts with http:// or https://');

/** They say how one connection carries a request: whoever sends it writes them. */
const OF_CONNECTION =
  /^(?:connection|content-length|expect|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

function isHeader(name: string, value: string): boolean {
  if (OF_CONNECTION.test(name)) return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
const Headers = Texts.superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers))
    if (!isHeader(name, value))
      context.addIssue({ code: 'custom', path: [name], message: 'no HTTP header can be so' });
});

/** How clients spell where a server is: most, Windsurf, and Gemini CLI. */
const ADDRESSES = ['url', 'serverUrl', 'httpUrl'] as const;

const Entry = z
  .strictObject({
    type: z.enum(TYPES, TYPE_EXPECTED).optional(),
    command: z.string().min(1).optional(),
    args: z.array(z.string()).optional(),
    env: Texts.optional(),
    cwd: z.string().min(1).optional(),
    url: Address.optional(),
    serverUrl: Address.optional(),
    httpUrl: Address.optional(),
    headers: Headers.optional(),
    disabled: z.literal(false).optional(),
    aegis: Aegis.prefault({}),
    ...OfClients,
  })
  .superRefine((entry, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    const isCommand = entry.command !== undefined;
    const addresses = ADDRESSES.filter((key) => entry[key] !== undefined);
    if (isCommand === addresses.length > 0) {
      return refuse('command', `a server has either a command or a ${addresses[0] ?? 'url'}`);
    }
    const [, second] = addresses;
    if (second !== undefined) refuse(second, 'a server has one address');
    if (entry.type !== undefined && (entry.type === 'stdio') !== isCommand) {
      refuse('type', `a server with a ${isCommand ? 'command is stdio' : 'url is http'}`);
    }
    const foreign = isCommand ? (['headers'] as const) : (['args', 'env', 'cwd'] as const);
    for (const field of foreign) {
      if (entry[field] !== undefined) {
        refuse(field, `a server with a ${isCommand ? 'command' : 'url'} has no ${field}`);
      }
    }
  });

const One = z.record(ServerName, Entry);
const Entries = z.record(z.string(), z.unknown());

/** VS Code keeps `inputs` beside its `servers`; nobody can be asked here, so a server that needs one can't start. */
const File = z
  .strictObject({
    $schema: z.unknown().optional(),
    mcpServers: Entries.optional(),
    servers: Entries.optional(),
    inputs: z.unknown().optional(),
  })
  .refine((file) => (file.mcpServers === undefined) !== (file.servers === undefined), {
    path: ['mcpServers'],
    message: 'expected the servers under "mcpServers", or under "servers" as VS Code has them',
  });

/** The servers of a file, and why each other entry of it is none. */
export type Servers = {
  readonly entries: ReadonlyMap<string, ServerEntry>;
  readonly problems: ReadonlyMap<string, string>;
};

function upstreamOf({ url, serverUrl, httpUrl, ...entry }: z.output<typeof Entry>): Upstream {
  const address = url ?? serverUrl ?? httpUrl;
  if (address !== undefined) return { kind: 'http', url: address, headers: entry.headers ?? {} };
  const { command = '', args = [], env = {}, cwd } = entry;
  return { kind: 'stdio', command, args, env, cwd };
}

/** Some writers give null to each field that they don't use. */
const withoutNulls = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([key, one]) => one !== null || key === 'headers'))
    : value;

function readEntry(key: 'mcpServers' | 'servers', name: string, value: unknown): ReadFile<ServerEntry> {
  const read = checkInput(z.object({ [key]: One }), { [key]: { [name]: withoutNulls(value) } });
  if ('mistakes' in read) return { problem: describeMistakes(read.mistakes) };
  const entry = (read.value[key] as z.output<typeof One>)[name] as z.output<typeof Entry>;
  const { record, hold, showDenied } = entry.aegis;
  return { file: { name, upstream: upstreamOf(entry), record, holdMs: hold, showDenied } };
}

/** Why the reader of a servers file takes no such entry, in words that name the field; undefined where it does. */
export function serverProblem(name: string, value: unknown): string | undefined {
  const read = readEntry('mcpServers', name, value);
  return 'problem' in read ? read.problem.replaceAll(`mcpServers.${name}.`, '') : undefined;
}

/**
 * Reads the text of a servers file. An entry that is none keeps no other one from being read; a problem of the whole file
 * is one sentence that names the field. Disabled servers are left out.
 */
export function parseServers(text: string): ReadFile<Servers> {
  const read = parseFile(File, text);
  if ('problem' in read) return read;
  const key = read.file.mcpServers === undefined ? 'servers' : 'mcpServers';
  const entries = new Map<string, ServerEntry>();
  const problems = new Map<string, string>();
  for (const [name, value] of Object.entries(read.file[key] ?? {})) {
    if (isObject(value) && value['disabled'] === true) continue;
    const entry = readEntry(key, name, value);
    if ('problem' in entry) problems.set(name, entry.problem);
    else entries.set(name, entry.file);
  }
  return { file: { entries, problems } };
}
