import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOBODY_APPROVES } from '@aegis/contracts/approval-words';
import { notAsked, type WhoIsAsked } from '@aegis/contracts/asked-words';
import type { HealthReply } from '@aegis/contracts/health';
import { program } from '../../../relay/data-directory.js';
import { visible } from '../../format/visible.ts';
import type { WhoApproves } from '../who-approves.ts';
import type { UpConfig } from './config.ts';
import type { Services } from './services.ts';

const LAUNCHER = fileURLToPath(new URL('../../../bin/aegis.js', import.meta.url));

/** The entry for an MCP client that starts the tools over stdio, on one line. */
function mcpEntry(dataDir: string): string {
  const aegis = { command: 'node', args: [LAUNCHER, 'mcp'], env: { AEGIS_DATA_DIR: resolve(dataDir) } };
  return JSON.stringify({ mcpServers: { aegis } });
}

/** Why the policy file is none: it is not there, or says nothing. */
export type NoPolicy = 'missing' | 'empty';

type Circumstances = {
  readonly noPolicy: NoPolicy | undefined;
  readonly who: WhoApproves;
  readonly asked: WhoIsAsked;
  /** That other machines come in without a name, in words; undefined where they don't. */
  readonly strangers: string | undefined;
  /** No terminal is there in which anybody could press keys. */
  readonly isDetached: boolean;
};

/** What a person must not miss. */
function warnings(
  config: UpConfig,
  { problems, warnings: toKnow = [] }: HealthReply,
  { noPolicy, who, asked, strangers }: Circumstances,
): string[] {
  const path = resolve(config.POLICY_PATH);
  return [
    ...(who === 'nobody' ? [`${NOBODY_APPROVES}.`] : []),
    ...(noPolicy === undefined
      ? []
      : [
          `There is no policy at ${path}${noPolicy === 'empty' ? ': the file is empty' : ''}. The last one stays in force; if there never was one, a person is asked about every call.`,
        ]),
    ...[...(noPolicy === undefined ? problems : []), ...toKnow].map(
      (sentence) => `Policy: ${visible(sentence)}`,
    ),
    ...(asked === 'everybody' ? [] : [notAsked(asked, program())]),
    ...(strangers === undefined ? [] : [`WARNING: ${strangers}. AEGIS_INSECURE lets it be so.`]),
  ];
}

/** What a person needs once the stack is ready. The code is shown where it was made here, and nowhere else. */
export function banner(
  config: UpConfig,
  services: Services,
  natsUrl: string,
  circumstances: Circumstances,
): string {
  const rows: [string, string][] = [
    ['REST', services.gatewayUrl],
    ['API docs', `${services.gatewayUrl}/docs`],
    ['Approvals', `${services.gatewayUrl}/ui/approvals`],
    ['MCP', services.mcpUrl],
    ['NATS', natsUrl],
    ['Policy', resolve(config.POLICY_PATH)],
    ['Audit log', config.AUDIT_PATH],
  ];
  if (config.madeCode !== undefined)
    rows.push(['Code', `${config.madeCode}   (approves calls; made for this run)`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return [
    'AegisMCP is ready.',
    '',
    ...lines,
    '',
    ...warnings(config, services.policyHealth(), circumstances).flatMap((one) => [`  ${one}`, '']),
    'For an MCP client, in its mcp.json:',
    `  ${mcpEntry(config.AEGIS_DATA_DIR)}`,
    '',
    circumstances.isDetached
      ? `"AEGIS_DATA_DIR=${resolve(config.AEGIS_DATA_DIR)} ${program()} down" stops everything.`
      : 'Ctrl-C stops everything.',
    '',
  ].join('\n');
}
