import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compile-rule.ts';
import type { Outlook } from './condition/truth.ts';
import type { PolicyCall } from './decision.ts';
import { readDoor } from './door.ts';
import { checkToolName } from './tool-name.ts';

/** What is known of a call before it is made. */
export type ForeseenCall = Pick<PolicyCall, 'tool' | 'server' | 'principal' | 'client' | 'door'>;

const CERTAIN: Outlook = { holds: true, fails: false, unknown: false };

/**
 * Whether some call of this tool, or by this door, could be anything but denied, whatever its arguments, op, amount and
 * time. A server or principal that is not given may be any. False only where it is certain that every call is denied.
 */
export function couldPass(policy: CompiledPolicy, call: ForeseenCall): boolean {
  if (checkToolName(call.tool) !== undefined) return false;
  const read = call.door === undefined ? undefined : readDoor(call.door);
  if (read?.ok === false) return false;
  if (policy.version === 1) {
    const denying = read ? policy.denyDoors(read.door) : policy.deny.index.matching(call.tool);
    return denying.length === 0;
  }
  const sure = policy.index.matching(read?.door.name ?? call.tool);
  // Of a door's other spellings only the rules that deny count, as when it is opened.
  const indexes = read === undefined ? sure : [...new Set([...sure, ...policy.strictDoors(read.door)])];
  for (const index of indexes.toSorted((a, b) => a - b)) {
    const rule = policy.rules[index];
    if (rule === undefined) continue;
    const { holds, fails, unknown } = foresee(rule, call);
    if (rule.decision !== 'deny' && (holds || unknown) && sure.includes(index)) return true;
    if (rule.decision === 'deny' && !fails) return false;
  }
  return true;
}

/**
 * Whether some call of a name that begins so could be anything but denied to this caller; of an empty beginning, any call.
 * False only where it is certain that every one is denied.
 */
export function couldPassUnder(
  policy: CompiledPolicy,
  beginning: string,
  call: Required<Pick<ForeseenCall, 'server' | 'principal'>>,
): boolean {
  if (policy.version === 1) return !policy.deny.patterns.some((glob) => coversAll(glob, beginning));
  for (const rule of policy.rules) {
    if (!isForCaller(rule, call)) continue;
    const isSure = rule.condition === undefined && rule.ops === undefined;
    if (rule.decision !== 'deny' && mayMeet(rule.match, beginning)) return true;
    if (rule.decision === 'deny' && isSure && coversAll(rule.match, beginning)) return false;
  }
  return true;
}

const isForCaller = (
  { servers, principals }: CompiledRule,
  { server, principal }: Pick<ForeseenCall, 'server' | 'principal'>,
): boolean => servers?.(server) !== false && principals?.(principal) !== false;

const WILD = /[*?[]/;

/** Whether a glob may match a name that begins so. */
function mayMeet(glob: string, beginning: string): boolean {
  const at = glob.search(WILD);
  const literal = at === -1 ? glob : glob.slice(0, at);
  if (at === -1) return literal.startsWith(beginning);
  return literal.startsWith(beginning) || beginning.startsWith(literal);
}

/** Whether a glob matches every name that begins so: only what is plain to see. */
function coversAll(glob: string, beginning: string): boolean {
  return glob.endsWith('*') && !WILD.test(glob.slice(0, -1)) && beginning.startsWith(glob.slice(0, -1));
}

/** `fails` is a rule that is skipped. */
function foresee(rule: CompiledRule, call: ForeseenCall): Outlook {
  const { tool, server, principal, client } = call;
  const names = [
    { test: rule.servers, name: server },
    { test: rule.principals, name: principal },
  ];
  if (names.some(({ test, name }) => name !== undefined && test?.(name) === false)) {
    return { holds: false, fails: true, unknown: false };
  }
  const facts = { call: { tool, server, principal, client }, op: rule.op, amount: rule.amount };
  const condition = rule.condition?.foresee(facts) ?? CERTAIN;
  const mayBeSkipped = rule.ops !== undefined || names.some(({ test, name }) => test && name === undefined);
  return { ...condition, fails: condition.fails || mayBeSkipped };
}
