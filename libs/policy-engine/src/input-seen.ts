import type { CompiledPolicy } from './compile.ts';
import { isMapping } from './condition/mapping.ts';
import type { Decision, PolicyCall } from './decision.ts';
import { readDoor } from './door.ts';
import { covers } from './evaluate-v2.ts';

type Keys = readonly string[];

/**
 * Whether the rules that were asked on the way to a decision look at a member of the call's input: by its name, or where it
 * has members of its own, at each of these. What only a later rule names, or one for other callers, nobody has looked at.
 */
export function createInputSeen(
  policy: CompiledPolicy,
  call: PolicyCall,
  { rule }: Pick<Decision, 'rule'>,
): (path: Keys) => boolean {
  // Most calls have nothing that anybody asks about.
  let named: readonly Keys[] | undefined;
  const isNamed = (path: Keys): boolean => {
    named ??= namedIn(policy, call, rule?.index ?? Number.POSITIVE_INFINITY);
    return named.some((keys) => keys.length === path.length && keys.every((key, at) => key === path[at]));
  };
  const isSeen = (path: Keys, value: unknown): boolean => {
    const members = isMapping(value) ? Object.entries(value) : [];
    if (members.length === 0) return isNamed(path);
    // That it is there says nothing of what is in it.
    return members.every(([key, member]) => isSeen([...path, key], member));
  };
  return (path) => isSeen(path, memberAt(call.input, path));
}

function namedIn(policy: CompiledPolicy, call: PolicyCall, until: number): readonly Keys[] {
  if (policy.version === 1) return [];
  const door = call.door === undefined ? undefined : readDoor(call.door);
  const name = door?.ok ? door.door.name : call.tool;
  return policy.index.matching(name).flatMap((index) => {
    const rule = policy.rules[index];
    return rule !== undefined && index <= until && covers(rule, call) ? rule.inputKeys : [];
  });
}

function memberAt(root: unknown, path: Keys): unknown {
  let value = root;
  for (const key of path) value = isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
