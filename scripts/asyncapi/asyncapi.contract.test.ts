import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';
import { expect, it } from 'vitest';
import { asyncApiYaml } from './yaml.ts';

const FILE = new URL('../../docs/asyncapi.yaml', import.meta.url);
/** 0 is an error; hints are advice. */
const WARNING = 1;
const committed = await readFile(FILE, 'utf8');

it('docs/asyncapi.yaml says what the schemas say; if not, run npm run docs:asyncapi', () => {
  expect(committed).toBe(asyncApiYaml());
});

it('docs/asyncapi.yaml is a valid AsyncAPI 3.0 document', { timeout: 20_000 }, async () => {
  const { document, diagnostics } = await new Parser().parse(committed);
  const complaints = diagnostics.filter(({ severity }) => severity.valueOf() <= WARNING);
  expect(complaints.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  expect(document?.version()).toBe('3.0.0');
});
