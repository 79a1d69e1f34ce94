import type { ArgumentPattern, CallPattern } from '@aegis/contracts/grants';
import { type TextKind, textKind } from '@aegis/kit/text';
import { type PlaceOperator, placeTest } from '@aegis/policy-engine';
import { argumentField } from './call-pattern.ts';

const REMEDIES: Readonly<Record<TextKind, string>> = {
  url: 'a URL that starts so may be of another host; use url_within, host_in or equals',
  address: 'more addresses than one may start so; use email_domain_in or equals',
  command: 'whatever follows in a command runs too; use equals',
  path: 'other folders may start so; use path_within or equals',
};

function faultOfArgument(
  name: string,
  pattern: ArgumentPattern,
  value: unknown,
  tool: string,
): string | undefined {
  if ('any' in pattern || 'equals' in pattern) return undefined;
  if ('at_most' in pattern) {
    if ('at_least' in pattern) return undefined;
    return `.at_most: everything below fits too; add at_least, such as {"at_least": 0, "at_most": ${pattern.at_most}}`;
  }
  if ('starts_with' in pattern) {
    const kind =
      textKind([name], pattern.starts_with, tool) ??
      (typeof value === 'string' ? textKind([name], value, tool) : undefined);
    return kind && `.starts_with: ${REMEDIES[kind]}`;
  }
  const [[operator, operand] = []] = Object.entries(pattern);
  if (operator === undefined || operand === undefined) return undefined;
  const test = placeTest(operator as PlaceOperator, operand);
  return test.ok ? undefined : `.${operator}: ${test.error}`;
}

/** Why no new grant is given for this pattern, with its field and what to write instead; undefined where one is. */
export function faultOfPattern(
  pattern: CallPattern,
  args: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const [name, one] of Object.entries(pattern.args ?? {})) {
    const fault = faultOfArgument(
      name,
      one,
      Object.hasOwn(args, name) ? args[name] : undefined,
      pattern.tool,
    );
    if (fault !== undefined) return `${argumentField(name)}${fault}`;
  }
  return undefined;
}
