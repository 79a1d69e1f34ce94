import { isObject } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { applyEdits, type JSONPath, modify, type ParseError, parse } from 'jsonc-parser';
import { failure } from '../cli-error.ts';
import { startsByName } from './entry-obstacle.ts';
import { parseFault } from './parse-fault.ts';
import { misspelt, twoReadings } from './two-readings.ts';

/** One server of a client, as it stands in the client's file, and where. */
export type ClientServer = {
  readonly name: string;
  readonly path: JSONPath;
  readonly value: Readonly<Record<string, unknown>>;
  /** The list that it stands in, where that is none that we know. */
  readonly unknownPlace?: string;
  /** Nothing can be said of it: `value` is empty. */
  readonly isNoObject?: true;
};

/** Whether two servers stand at one place of a file. */
export const samePath = (a: ClientServer, b: ClientServer): boolean =>
  a.path.join('\0') === b.path.join('\0');

/** Windows' programs put it before the first character; some clients skip it, others read no such file at all. */
const BYTE_ORDER_MARK = '\uFEFF';
const OPTIONS = { allowTrailingComma: true };
/** Programs that speak other protocols are no servers of MCP. */
const LIKE_A_LIST = /mcp|(?<!agent_?|language_?|lsp_?)server/;
const OTHER_FORMAT = /\.(toml|ya?ml)$/i;

const bodyOf = (text: string): string => (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);

const at = (document: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    document,
  );

/** Where most clients keep their servers, VS Code, and VS Code's settings. */
const LISTS = [['mcpServers'], ['servers'], ['mcp', 'servers']] as const;

/** Where clients keep their servers: those, and Claude Code's for one project each. */
function serverMaps(document: unknown): (readonly string[])[] {
  const projects = at(document, ['projects']);
  return [
    ...LISTS,
    ...(isObject(projects)
      ? Object.keys(projects).map((project) => ['projects', project, 'mcpServers'])
      : []),
  ].filter((path) => isObject(at(document, path)));
}

const isServer = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && Object.entries(value).some(([key, one]) => one !== undefined && startsByName(key));

/** What stands in other lists, of whatever depth, and would be started or reached by a client that knows them. */
function elsewhere(document: unknown, maps: readonly (readonly string[])[]): ClientServer[] {
  const known = new Set(maps.map((path) => path.join('\0')));
  const below = (value: unknown, path: JSONPath, isInList: boolean): ClientServer[] => {
    if (typeof value !== 'object' || value === null || known.has(path.join('\0'))) return [];
    const isList = isInList || LIKE_A_LIST.test(foldName(String(path.at(-1) ?? '')));
    return Object.entries(value).flatMap(([name, one]: [string, unknown]) =>
      isList && isServer(one)
        ? [{ name, path: [...path, name], value: one, unknownPlace: path.join('.') }]
        : below(one, [...path, name], isList),
    );
  };
  return below(document, [], false);
}

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return value === null ? 'null' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
};

/** Why a file has no servers, where it is none of a client or not as clients write it. */
function whyNoList(document: unknown): string {
  if (!isObject(document))
    return `it is ${kindOf(document)}, and clients have an object with "mcpServers" in it`;
  const odd = LISTS.find((path) => at(document, path) !== undefined);
  if (odd === undefined) return 'it has no "mcpServers" and no "servers"';
  return `its "${odd.join('.')}" is ${kindOf(at(document, odd))}, and an object is wanted, with each server under its name`;
}

/** What is said of a file that holds no servers that can be told. */
type Says = {
  readonly sentence: (file: string, why: string) => string;
  readonly otherFormat: (format: string) => string;
};

/** By who reads it: what is so of a file then differs. */
export const SAYS = {
  protect: {
    sentence: (file, why) => `${file} is NOT behind the firewall: ${why}. It is as it was.`,
    otherFormat: (format) =>
      `protect takes JSON, and this is ${format}; put "aegis wrap" before its commands by hand`,
  },
  unprotect: {
    sentence: (file, why) => `${file} is as it was, and nothing was taken out of it: ${why}.`,
    otherFormat: (format) =>
      `this is ${format}, which protect never writes; an "aegis wrap" in it was put there by hand, and goes by hand`,
  },
  status: {
    sentence: (file, why) => `Whether the servers of ${file} are behind the firewall is not known: ${why}.`,
    otherFormat: (format) => `it is ${format}, which status does not read`,
  },
} satisfies Record<string, Says>;

/**
 * The servers in a client's file, as each client reads it. Comments and trailing commas are fine, as VS Code allows them,
 * and a byte order mark before all.
 *
 * @throws CliError `not_a_client_file` where it is no JSON, holds no list of servers, or is read by some clients as one
 * thing and by others as another
 */
export function readEntries(file: string, text: string, says: Says = SAYS.protect): readonly ClientServer[] {
  const errors: ParseError[] = [];
  const body = bodyOf(text);
  const document: unknown = parse(body, errors, OPTIONS);
  const refuse = (why: string) =>
    failure('not_a_client_file', 'Not a file of an MCP client', says.sentence(file, why));
  const format = otherFormat(file);
  if (format !== undefined) throw refuse(says.otherFormat(format));
  const [first] = errors;
  if (first) throw refuse(parseFault(body, first));
  const differently = twoReadings(body, document);
  if (differently !== undefined) throw refuse(differently);
  const maps = serverMaps(document);
  const known = maps.flatMap((path) =>
    Object.entries(at(document, path) as Record<string, unknown>).map(([name, value]): ClientServer => {
      const entry = { name, path: [...path, name] };
      return isObject(value) ? { ...entry, value } : { ...entry, value: {}, isNoObject: true };
    }),
  );
  const all = [...known, ...elsewhere(document, maps)];
  if (maps.length === 0 && all.length === 0) throw refuse(whyNoList(document));
  return all;
}

/** The format of a file that is no JSON by its name; undefined where it is. */
export const otherFormat = (file: string): string | undefined => OTHER_FORMAT.exec(file)?.[1]?.toUpperCase();

/** Whether a file is one of a client that has no servers yet. */
export function hasNoList(text: string): boolean {
  const errors: ParseError[] = [];
  const document: unknown = parse(bodyOf(text), errors, { ...OPTIONS, allowEmptyContent: true });
  return (
    errors.length === 0 &&
    serverMaps(document).length === 0 &&
    elsewhere(document, []).length === 0 &&
    misspelt(document) === undefined
  );
}

/** The indentation that a file is written with. */
function indentation(text: string): { insertSpaces: boolean; tabSize: number } {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length };
}

/** The text with one value replaced; everything outside it, comments too, stays as it is. */
export function replaceEntry(text: string, path: JSONPath, value: unknown): string {
  const body = bodyOf(text);
  const eol = body.includes('\r\n') ? '\r\n' : '\n';
  const options = { formattingOptions: { ...indentation(body), eol } };
  return text.slice(0, text.length - body.length) + applyEdits(body, modify(body, path, value, options));
}
