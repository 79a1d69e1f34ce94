import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readClientMessage } from './read-message.ts';

/** JSON lets them stand in a string as they are; Java's Scanner and Python's `splitlines` end a line there. */
const SEPARATORS = ['\u0085', '\u2028', '\u2029'];
const SPLIT = /[\u0085\u2028\u2029]/;

const INNER = '{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"delete"}}';
const piece = fc.oneof(
  fc.constantFrom(...SEPARATORS, '{', '}', '[', ']', '"', ':', ',', '\\', '1', 'true', ' ', 'jsonrpc', INNER),
  fc.string({ maxLength: 3 }),
);
const written = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const { value: inside } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    written,
    fc.constantFrom(1, true, null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(written, tie('value'), { maxKeys: 4 }),
  ),
}));

function isMessage(line: string): boolean {
  try {
    const value = JSON.parse(line) as object | null;
    return typeof value === 'object' && value !== null && ('jsonrpc' in value || 'method' in value);
  } catch {
    return false;
  }
}

/** Where such a line starts, a reader takes what is text for structure and the other way round, and text has no quotes. */
it('leaves no message for a reader that ends lines at a separator inside a string', () => {
  fc.assert(
    fc.property(inside, fc.constantFrom(...SEPARATORS), (value, separator) => {
      const params = { name: 'a', arguments: { a: value, b: `x${separator}${INNER}${separator}` } };
      const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
      const lines = text.split(SPLIT);
      expect(lines.length).toBeGreaterThan(2);
      expect(lines.filter(isMessage)).toEqual([]);
    }),
    { numRuns: 5000 },
  );
});

it('passes them inside a string as they came, and nowhere else', () => {
  for (const separator of SEPARATORS) {
    const text = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a${separator}b"}}`;
    expect(readClientMessage(Buffer.from(text))).toMatchObject({ message: { text } });
    const between = text.replace(',"id"', `,${separator}"id"`);
    expect(readClientMessage(Buffer.from(between))).toHaveProperty('refused');
  }
});
