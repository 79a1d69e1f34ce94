import type { PolicyRule } from '../schema.ts';
import { doubt, type Finding, mistake, type Path } from './finding.ts';
import { isInOddQuotes } from './remedy.ts';

const TERMS = ['approvers', 'quorum', 'expires_in', 'use_within', 'require_reason'] as const;
const CODE = 'approval-code';
const MAX_OP_LENGTH = 128;

/** Fields of a rule that change nothing where they stand, or that nothing can meet. */
export function adviseFields(rule: PolicyRule, path: Path): Finding[] {
  const { decision, cap_cents, approvers, quorum = 1 } = rule;
  const found: Finding[] = [];
  if (cap_cents !== undefined && decision !== 'allow')
    found.push(doubt([...path, 'cap_cents'], `changes nothing beside ${decision}: an allow rule has a cap`));
  const terms = decision === 'deny' ? TERMS.filter((term) => rule[term] !== undefined) : [];
  for (const term of terms)
    found.push(doubt([...path, term], 'changes nothing beside deny: nobody is asked about what is denied'));
  if (quorum > 1 && approvers?.every((name) => name === CODE))
    found.push(
      mistake([...path, 'quorum'], 'the code is nobody by name, so nobody can approve this: name approvers'),
    );
  return [...found, ...(rule.ops ?? []).flatMap((op, index) => adviseOp(op, [...path, 'ops', index]))];
}

function adviseOp(op: string, path: Path): Finding[] {
  if (op.length > MAX_OP_LENGTH || /\p{Cc}|[\u2028\u2029]/u.test(op))
    return [mistake(path, `no call has this op: it is one line of 1 to ${MAX_OP_LENGTH} characters`)];
  if (/^\s|\s$/.test(op)) return [doubt(path, 'has a blank at its end, which counts')];
  if (isInOddQuotes(op)) return [doubt(path, 'typographic quotes are part of it: write \' or "')];
  return /[*?{}|!,]/.test(op)
    ? [doubt(path, 'is no pattern: an op is compared as it is, so name each of them')]
    : [];
}
