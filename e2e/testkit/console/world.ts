import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '@aegis/contracts/approvals';
import { type Enforced, enforce, get, post, type Reply } from '../rest.ts';
import type { UpstreamServer } from '../ruled-stack.ts';
import { type Stack, startStack } from '../stack.ts';
import { type Keys, type Name, writePeople } from './people.ts';

/** Asks a person about each call, unless a test says otherwise. */
const ASK_ABOUT_ALL = [{ match: '*', decision: 'review' }];

export type WorldOptions = {
  /** The rules of the policy, from the top. */
  rules?: readonly object[];
  env?: Record<string, string>;
  /** MCP servers behind `/mcp/{server}`; they may write into the world's folder. */
  servers?: (folder: string) => Record<string, UpstreamServer>;
};

type Call = { tool: string; op?: string; amount_cents?: number; args?: object; meta?: object };

/** A stack with approvers, each with a key of their own, and agents that ask by REST. */
export type World = {
  readonly stack: Stack;
  readonly keys: Keys;
  readonly folder: string;
  /** Asks for a call that has to wait; gives the approval's id. */
  ask(call: Call): Promise<string>;
  enforce(call: Call): Promise<Enforced>;
  statusOf(id: string): Promise<string>;
  /** One person's word by REST, in the place of another page. */
  say(name: Name, id: string, verdict: Verdict, reason?: string): Promise<Reply>;
  /** Puts other rules into force. */
  useRules(rules: readonly object[]): Promise<void>;
  /** Starts the stack again on the same data and the same port, where it was ended or killed. */
  again(): Promise<void>;
  stop(): Promise<void>;
};

const policyOf = (rules: readonly object[]): string => JSON.stringify({ version: 2, rules });
const digestOf = async ({ url }: Stack): Promise<unknown> => (await get(url, '/policy')).body['digest'];

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { rules = ASK_ABOUT_ALL, env = {}, servers = () => ({}) } = options;
  const folder = await mkdtemp(join(tmpdir(), 'aegis-console-'));
  const file = (name: string): string => join(folder, name);
  const keys = await writePeople(file('approvers.json'));
  await writeFile(file('policy.json'), policyOf(rules));
  await writeFile(file('servers.json'), JSON.stringify({ mcpServers: servers(folder) }));
  const settings = {
    POLICY_PATH: file('policy.json'),
    APPROVERS_FILE: file('approvers.json'),
    MCP_SERVERS: file('servers.json'),
    ...env,
  };
  let stack = await startStack({ env: settings });

  const enforceOne = async (call: Call): Promise<Enforced> => (await enforce(stack.url, call)).body;
  return {
    get stack() {
      return stack;
    },
    keys,
    folder,
    async ask(call) {
      const { status, approval_id, reasons } = await enforceOne(call);
      if (status === 'pending' && approval_id !== undefined) return approval_id;
      throw new Error(`${call.tool} does not wait: ${status}, ${reasons.join(' ')}`);
    },
    enforce: enforceOne,
    statusOf: async (id) => (await get<{ status: string }>(stack.url, `/approvals/${id}`)).body.status,
    say(name, id, verdict, reason) {
      const headers = { authorization: `Bearer ${keys[name]}` };
      const body = reason === undefined ? {} : { reason };
      return post(stack.url, `/approvals/${id}/${verdict}`, body, headers);
    },
    async useRules(next) {
      const before = await digestOf(stack);
      await writeFile(file('policy.new'), policyOf(next));
      await rename(file('policy.new'), file('policy.json'));
      while ((await digestOf(stack)) === before) await sleep(50);
    },
    async again() {
      const { dataDir, url } = stack;
      stack = await startStack({ dataDir, env: { ...settings, PORT: new URL(url).port } });
    },
    async stop() {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
