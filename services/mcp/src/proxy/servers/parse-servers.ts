import { ServerName } from '@aegis/contracts/call';
import { RECORD_MODES } from '@aegis/firewall/gate';
import { parseFile, type ReadFile } from '@aegis/kit/files';
import { parseDuration } from '@aegis/kit/text';
import { z } from 'zod';
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

const TYPES = ['stdio', 'http', 'streamable-http', 'streamableHttp'] as const;
const TYPE_EXPECTED = `expected one of ${TYPES.join(', ')} (the older HTTP+SSE transport is not supported)`;
const Texts = z.record(z.string(), z.string());

function isWebAddress(text: string): boolean {
  // What `${NAME}` stands for is not known yet: only the start can be looked at.
  return /^https?:\/\/./i.test(text) || text.startsWith('${');
}

const Entry = z
  .strictObject({
    type: z.enum(TYPES, TYPE_EXPECTED).optional(),
    command: z.string().min(1).optional(),
    args: z.array(z.string()).optional(),
    env: Texts.optional(),
    cwd: z.string().min(1).optional(),
    url: z
      .string()
      .refine(isWebAddress, 'expected an address that starts with http:// or https://')
      .optional(),
    headers: Texts.optional(),
    disabled: z.boolean().default(false),
    aegis: Aegis.prefault({}),
    ...OfClients,
  })
  .superRefine((entry, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    const isCommand = entry.command !== undefined;
    if (isCommand === (entry.url !== undefined)) {
      return refuse('command', 'a server has either a command or a url');
    }
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

const Entries = z.record(ServerName, Entry);

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

export type Servers = ReadonlyMap<string, ServerEntry>;

function upstreamOf(entry: z.output<typeof Entry>): Upstream {
  if (entry.url !== undefined) return { kind: 'http', url: entry.url, headers: entry.headers ?? {} };
  const { command = '', args = [], env = {}, cwd } = entry;
  return { kind: 'stdio', command, args, env, cwd };
}

/** Reads the text of a servers file. A problem is one sentence that names the field. Disabled servers are left out. */
export function parseServers(text: string): ReadFile<Servers> {
  const read = parseFile(File, text);
  if ('problem' in read) return read;
  const servers = new Map<string, ServerEntry>();
  for (const [name, entry] of Object.entries(read.file.mcpServers ?? read.file.servers ?? {})) {
    if (entry.disabled) continue;
    const { record, hold, showDenied } = entry.aegis;
    servers.set(name, { name, upstream: upstreamOf(entry), record, holdMs: hold, showDenied });
  }
  return { file: servers };
}
