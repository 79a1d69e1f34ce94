import { isObject } from '@aegis/kit/json';
import { applyEdits, type JSONPath, modify, type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { failure } from '../cli-error.ts';

/** One server of a client, as it stands in the client's file, and where. */
export type ClientServer = {
  readonly name: string;
  readonly path: JSONPath;
  readonly value: Readonly<Record<string, unknown>>;
};

/** Whether two servers stand at one place of a file. */
export const samePath = (a: ClientServer, b: ClientServer): boolean =>
  a.path.join('\0') === b.path.join('\0');

const at = (document: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    document,
  );

/** Where clients keep their servers: most, VS Code, VS Code's settings, and Claude Code for one project each. */
function serverMaps(document: unknown): (readonly string[])[] {
  const projects = at(document, ['projects']);
  return [
    ['mcpServers'],
    ['servers'],
    ['mcp', 'servers'],
    ...(isObject(projects)
      ? Object.keys(projects).map((project) => ['projects', project, 'mcpServers'])
      : []),
  ].filter((path) => isObject(at(document, path)));
}

/**
 * The servers in a client's file. Comments and trailing commas are fine, as VS Code allows them.
 *
 * @throws CliError `not_a_client_file` where it is no JSON or holds no list of servers
 */
export function readEntries(file: string, text: string): readonly ClientServer[] {
  const errors: ParseError[] = [];
  const document: unknown = parse(text, errors, { allowTrailingComma: true });
  const refuse = (why: string) =>
    failure('not_a_client_file', 'Not a file of an MCP client', `${file}: ${why}. It is as it was.`);
  const [first] = errors;
  if (first) {
    const line = text.slice(0, first.offset).split('\n').length;
    throw refuse(`line ${line}: ${printParseErrorCode(first.error)}`);
  }
  const maps = serverMaps(document);
  if (maps.length === 0) throw refuse('has no "mcpServers" and no "servers"');
  return maps.flatMap((path) =>
    Object.entries(at(document, path) as Record<string, unknown>).map(([name, value]) => {
      if (!isObject(value)) throw refuse(`${[...path, name].join('.')}: expected an object`);
      return { name, path: [...path, name], value };
    }),
  );
}

/** The indentation that a file is written with. */
function indentation(text: string): { insertSpaces: boolean; tabSize: number } {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length };
}

/** The text with one value replaced; everything outside it, comments too, stays as it is. */
export function replaceEntry(text: string, path: JSONPath, value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return applyEdits(text, modify(text, path, value, { formattingOptions: { ...indentation(text), eol } }));
}
