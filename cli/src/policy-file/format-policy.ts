import { extname } from 'node:path';
import { stringify } from 'yaml';

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

/** A policy document as the text of a file. */
export function formatPolicy(policy: object, format: PolicyFormat): string {
  return format === 'json'
    ? `${JSON.stringify(policy, null, 2)}\n`
    : stringify(policy, { lineWidth: 0, singleQuote: true });
}
