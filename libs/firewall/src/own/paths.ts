import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { homeFolder } from '@aegis/kit/os-user';
import type { OwnPath } from '@aegis/policy-engine';
import type { OwnSettings } from './settings.ts';

/** Where the command keeps data where nobody names a directory, on each platform. */
const stateFolders = (): string[] => {
  const { XDG_STATE_HOME, LOCALAPPDATA } = process.env;
  const home = homeFolder();
  const usual = [
    ['.local', 'state'],
    ['Library', 'Application Support'],
    ['AppData', 'Local'],
  ];
  return [
    ...(home === undefined ? [] : usual.map((parts) => join(home, ...parts))),
    XDG_STATE_HOME,
    LOCALAPPDATA,
  ]
    .filter((folder) => folder !== undefined && folder !== '')
    .map((folder) => join(folder as string, 'aegismcp'));
};
const COPY = '.before-aegis';
const DATA_IS = 'the data directory of the firewall';
/** Names in a data directory that nothing else has. */
const TELLING = ['approval-code', 'approvers.json', 'mcp-keys.json', 'session-secret'];
/** More of what is in one, before it is there. */
const OTHERS = [
  'agent-credential',
  'agent.sock',
  'aegis.log',
  'approvals.jsonl',
  'audit.jsonl',
  'broker',
  'clients.json',
  'mcp-keys-needed',
  'stack.json',
  'webhooks.json',
];

/** What runs of a checkout, and what says how it is started; its documentation and examples are anybody's. */
const PROGRAM = [
  'cli',
  'console',
  'libs',
  'services',
  'scripts',
  'deploy',
  'node_modules',
  'package.json',
  'package-lock.json',
  'docker-compose.yml',
  '.env',
];
const CHECKOUT = resolve(import.meta.dirname, '../../../..');

/** Files that the environment may keep anywhere, each with what it is. */
const FILES = {
  POLICY_PATH: 'the policy file',
  MCP_SERVERS: 'the file of the servers behind the firewall',
  AUDIT_PATH: 'the audit file',
  APPROVALS_PATH: 'the audit file of approvals',
  APPROVERS_FILE: 'the file of approvers',
  WEBHOOKS_FILE: 'the file of webhooks',
  SESSION_SECRET_FILE: 'the secret that signs sessions',
  APPROVAL_CODE_FILE: 'the file of the approval code',
  MCP_KEYS_FILE: 'the file of clients’ keys',
  NATS_KEYS_DIR: 'the keys of the message bus',
  NATS_NKEY_FILE: 'a key of the message bus',
  AGENT_DIR: 'what relays reach the firewall by',
} as const satisfies Partial<Record<keyof OwnSettings, string>>;

/** `aegis up` names it always. */
export const dataDirOf = ({ AEGIS_DATA_DIR }: OwnSettings): string => resolve(AEGIS_DATA_DIR || './data');

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The path, and what it is behind its links. */
function bothWays(one: OwnPath): OwnPath[] {
  try {
    const real = realpathSync.native(one.path);
    return real === one.path ? [one] : [one, { ...one, path: real }];
  } catch {
    return [one];
  }
}

const dataDirectory = (path: string): OwnPath => ({
  path,
  what: DATA_IS,
  holds: [...OTHERS, ...namesIn(path)],
  tells: TELLING,
});

/** The firewall's own program: a tool that writes there is the firewall, from its next start on. */
const program = (): OwnPath => ({ path: CHECKOUT, what: 'the program of the firewall', within: PROGRAM });

/** The data directory in use, the usual ones, each file that stands elsewhere, and the program. */
export function ownPaths(settings: OwnSettings): OwnPath[] {
  const folders = [dataDirOf(settings), ...stateFolders()];
  const files = Object.entries({
    POLICY_PATH: './policy.yml',
    MCP_SERVERS: 'mcp-servers.json',
    ...settings,
  }).flatMap(([name, path]) =>
    Object.hasOwn(FILES, name) && typeof path === 'string' && path !== ''
      ? [{ path: resolve(path), what: FILES[name as keyof typeof FILES] }]
      : [],
  );
  return [...folders.map(dataDirectory), ...files, program()].flatMap(bothWays);
}

/** The files that `aegis protect` changed, and the copies that it keeps: who writes there takes the firewall away. */
export function clientFiles(settings: OwnSettings): OwnPath[] {
  let registry: unknown;
  try {
    registry = JSON.parse(readFileSync(join(dataDirOf(settings), 'clients.json'), 'utf8'));
  } catch {
    return [];
  }
  const files = typeof registry === 'object' && registry !== null ? Object.keys(registry) : [];
  return files
    .flatMap((path) => [
      { path, what: "a client's file whose servers are behind the firewall" },
      { path: `${path}${COPY}`, what: "the copy of a client's file" },
    ])
    .flatMap(bothWays);
}
