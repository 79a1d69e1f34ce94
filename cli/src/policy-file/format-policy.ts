import { extname } from 'node:path';
import { WrittenNumber } from '@aegis/kit/numbers';
import { numberForYaml } from '@aegis/policy-engine';
import { type ScalarTag, stringify } from 'yaml';

export type PolicyFormat = 'json' | 'yaml';

/** By the file's name; by its content where the name says nothing. */
export function formatOf(file: string, text: string): PolicyFormat {
  const extension = extname(file).toLowerCase();
  if (extension === '.json') return 'json';
  if (extension === '.yml' || extension === '.yaml') return 'yaml';
  try {
    JSON.parse(text);
    return 'json';
  } catch {
    return 'yaml';
  }
}

/** Numbers with every digit, and as every reader of YAML takes them. */
const NUMBER: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) =>
    value instanceof WrittenNumber || (typeof value === 'number' && /e/.test(String(value))),
  // Nothing is read by this.
  test: /^$^/,
  resolve: (text) => text,
  stringify: ({ value }) => numberForYaml(String(value)),
};

/** A policy document as the text of a file. */
export function formatPolicy(policy: object, format: PolicyFormat): string {
  return format === 'json'
    ? `${JSON.stringify(policy, null, 2)}\n`
    : stringify(policy, {
        lineWidth: 0,
        singleQuote: true,
        customTags: (tags) => [NUMBER, ...tags],
        compat: 'yaml-1.1',
      });
}
