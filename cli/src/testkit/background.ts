import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from '../local/stack/stack-file.ts';
import { runAegis } from './spawn-aegis.ts';

export type BackgroundHome = {
  readonly dataDir: string;
  /** For commands that may start a stack there: any free ports. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: () => Promise<string>;
  readonly stack: () => Promise<Stack>;
  /** Stops what runs there and removes it. */
  readonly remove: () => Promise<void>;
};

const POLICY = `version: 2
rules:
  - { match: "*.drop", decision: deny }
  - { match: "*", decision: allow }
`;

/** A data directory of its own, with a policy that denies `drop`, for a stack that a command starts in the background. */
export async function backgroundHome(policy: string | undefined = POLICY): Promise<BackgroundHome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'aegis-background-'));
  const POLICY_PATH = join(dataDir, 'policy.yml');
  if (policy !== '') await writeFile(POLICY_PATH, policy);
  const env = { AEGIS_DATA_DIR: dataDir, PORT: '0', MCP_PORT: '0', AEGIS_NATS_PORT: '0', POLICY_PATH };
  return {
    dataDir,
    env,
    log: () => readFile(join(dataDir, 'aegis.log'), 'utf8'),
    stack: async () => Stack.parse(JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8'))),
    async remove() {
      await runAegis(['down'], { env });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
