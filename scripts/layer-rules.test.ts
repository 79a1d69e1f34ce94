import { expect, it } from 'vitest';
import { ruleSet } from './layer-rules.ts';

type Paths = { path?: string | string[]; pathNot?: string | string[] };

const anyOf = (paths: string | string[] = [], file: string): boolean =>
  [paths].flat().some((path) => new RegExp(path).test(file));
const isIn = (file: string, { path, pathNot }: Paths): boolean => anyOf(path, file) && !anyOf(pathNot, file);
/** Whether the rule of this name refuses that one file imports the other. */
function refuses(name: string, from: string, to: string): boolean {
  const rule = ruleSet.forbidden?.find((one) => one.name === name);
  return rule !== undefined && 'to' in rule && isIn(from, rule.from) && isIn(to, rule.to);
}

it.each([
  ['services/approvals/src/console/api/views.ts', true],
  ['services/approvals/src/nats.ts', true],
  ['libs/shared/contracts/src/console.ts', true],
  ['libs/shared/contracts/src/approvals.ts', false],
  ['services/approvals/src/projections/summary.ts', false],
])('a projection may not import %s: %s', (to, isRefused) => {
  const from = 'services/approvals/src/projections/approval-index.ts';
  expect(refuses('projections-know-no-way-in', from, to)).toBe(isRefused);
  expect(refuses('projections-know-no-way-in', 'services/approvals/src/service.ts', to)).toBe(false);
});
