import { digestOf } from '@aegis/kit/json';

/** A tool's definition as a server gives it. */
export const definition = (description: string, name = 'read_file'): Record<string, unknown> => ({
  name,
  description,
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
});

/** The data of `aegis.tool.seen.v1` of this definition. */
export const seen = (of: Record<string, unknown>, server = 'files') => ({
  server,
  tool: String(of['name']),
  digest: digestOf(of),
  definition: of,
});
