import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  advisePolicy,
  compilePolicy,
  evaluate,
  migratePolicy,
  mistakesIn,
  type Policy,
  type PolicyCall,
  parsePolicyText,
  validatePolicy,
} from './mod.ts';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/policy.md', root), 'utf8');

function check(text: string) {
  const parsed = parsePolicyText(text);
  return parsed.ok ? validatePolicy(parsed.document) : parsed;
}

function policyOf(text: string): Policy {
  const checked = check(text);
  if (!checked.ok) throw new Error(checked.errors.join('\n'));
  return checked.policy;
}

/** The policy of one rule, which denies. */
function ofRule(written = ''): Policy {
  return policyOf(
    JSON.stringify({ version: 2, rules: [{ decision: 'deny', ...(parse(written) as object) }] }),
  );
}

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
}

/** The rows of every table with these first columns, up to the next example. */
function rowsOf(text: string, header: string): string[][] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith(header));
  if (from < 0) return [];
  const rows = lines.slice(from + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map(cellsOf);
}

const [, ...sections] = page.split('```yaml\n');
const examples = sections.map((section) => {
  const [text = '', ...after] = section.split('\n```\n');
  const written = after.join('');
  return {
    text,
    calls: [...rowsOf(written, '| tool | op |').map(ofRow), ...rowsOf(written, '| call |').map(ofCall)],
  };
});

/** A call and what is said of it, from a row with tool, op and amount. */
function ofRow([tool = '', op, amount, decision, reason]: string[]): DocumentedCall {
  const call = { tool, op: op || undefined, amount_cents: amount ? Number(amount) : undefined };
  return { call, decision, reason };
}

/** The same from a row with the call written as YAML. */
function ofCall([written = '', decision, reason, terms]: string[]): DocumentedCall {
  const { at, ...call } = parse(written) as PolicyCall & { readonly at?: string };
  return { call: { ...call, ...(at && { at: new Date(at) }) }, decision, reason, terms };
}

interface DocumentedCall {
  readonly call: PolicyCall;
  readonly decision: string | undefined;
  readonly reason: string | undefined;
  /** Who decides, where the table has a column for it. */
  readonly terms?: string | undefined;
}

describe('docs/policy.md', () => {
  it('has examples, with calls and decisions', () => {
    expect(examples.length).toBeGreaterThan(5);
    expect(examples.flatMap(({ calls }) => calls).length).toBeGreaterThan(60);
  });

  it.each(examples)('shows a policy that works: $text', ({ text, calls }) => {
    const policy = compilePolicy(policyOf(text));
    for (const { call, decision, reason, terms } of calls) {
      const said = evaluate(policy, call);
      const expected = { decision, reasons: reason ? [reason] : [] };
      expect([call, said]).toMatchObject([call, expected]);
      if (terms !== undefined) expect([call, said.terms]).toEqual([call, terms ? parse(terms) : undefined]);
    }
  });

  it('shows a migration that is what migration gives', () => {
    const at = examples.findIndex(({ text }) => text.includes("'payment_links*'"));
    const [before, after] = examples.slice(at).map(({ text }) => policyOf(text));
    expect(before && migratePolicy(before).policy).toEqual(after);
  });

  const errors = rowsOf(page, '| document | error |');
  it('has error messages', () => {
    expect(errors.length).toBeGreaterThan(5);
  });

  const refused = rowsOf(page, '| rule that is refused | error |');
  const warned = rowsOf(page, '| rule that is warned of | warning |');
  it.each(refused)('says of the rule %s that it is off: %s', (rule, error) => {
    expect(mistakesIn(ofRule(rule))).toEqual([error]);
  });
  it.each(warned)('warns of the rule %s: %s', (rule, warning) => {
    expect([refused.length, mistakesIn(ofRule(rule))]).toEqual([8, []]);
    expect(advisePolicy(ofRule(rule))).toEqual([warning]);
  });

  it.each(errors)('says of %s: %s', (document, error) => {
    expect(check(document)).toEqual({ ok: false, errors: [error] });
  });
});

describe('the policy that the project starts with', () => {
  const policy = compilePolicy(policyOf(readFileSync(new URL('policy.yml', root), 'utf8')));
  const rest = "Rule 5 requires review of '*': No rule allows this without a person";
  it.each([
    [{ tool: 'search.docs' }, 'allow', []],
    [{ tool: 'docs.read' }, 'allow', []],
    [{ tool: 'refunds.create', op: 'refund', amount_cents: 2500 }, 'allow', []],
    [
      { tool: 'refunds.create', op: 'refund', amount_cents: 12_500 },
      'review',
      ["Amount 12500 exceeds cap 5000 for pattern 'refunds.*'"],
    ],
    [{ tool: 'refunds.create', amount_cents: 12_500 }, 'review', [rest]],
    [{ tool: 'db.drop_table' }, 'deny', ["Rule 1 denies 'db.drop*': Agents don't drop tables or databases"]],
    [{ tool: 'docs.delete_page' }, 'deny', ["Rule 0 denies '*.delete_*': Agents don't delete"]],
    [{ tool: 'crm.export_users' }, 'review', [rest]],
  ] as const)('for %j says %s', (call, decision, reasons) => {
    expect(evaluate(policy, call)).toMatchObject({ decision, reasons });
  });
});
