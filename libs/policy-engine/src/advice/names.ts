import { type GlobToken, matchGlob, parseGlob } from '../glob.ts';
import type { PolicyRule } from '../schema.ts';
import { adviseDoorSpelling } from './door-spelling.ts';
import { doubt, type Finding, mistake, type Path } from './finding.ts';
import { remedyFor } from './remedy.ts';
import { KEY_NAMES, matchesSome, restsAfter, SERVER_NAMES, TOOL_NAMES } from './satisfiable.ts';
import { someMeet } from './values.ts';

/** What stands before the names of what is no tool. Those of methods have the characters of tools. */
const DOORS = ['resource:', 'prompt:', 'server:'];
const WORD = /^(resources?|prompts?|methods?|servers?|tools?):/i;
/** Methods that are judged by what they name, or that no rule is asked about. */
const NO_METHOD =
  /^method:(?:tools\/call|resources\/(?:read|subscribe|unsubscribe)|prompts\/get|completion\/complete|initialize|ping|tools\/list|notifications\/.*)$/;
/** What a server asks, by parts of the names that people write for it. */
const QUESTIONS: Readonly<Record<string, string>> = {
  elicit: 'elicitation/create',
  elicitation: 'elicitation/create',
  sampling: 'sampling/createMessage',
  'sampling/create': 'sampling/createMessage',
  roots: 'roots/list',
  tasks: 'tasks/*',
};
/** A resource is matched by its URI, which has a scheme. */
const NO_URI = /^resource:[/~.]/;
const A_SCHEME = 'a resource is matched by its URI, as in resource:file:///etc/*';
const IS_DOOR = /^(?:resource|prompt|method|server):/;
const NAMELESS = /^(?:prompt|method|server):$/;
/** What a URI or the name of a prompt hardly has in it: most other characters it may have. */
const ODD_IN_DOOR = /\{[^}]*,[^}]*\}|\||:\s|\s$|[\u2018-\u201f\u00ab\u00bb]/u;
const OS_USER = 'os-user:';
const KEY = 'key:';
const ANONYMOUS = 'anonymous';

export const EXPECTED_PRINCIPAL =
  'no caller has this name: a person is os-user:ada, the holder of a key is key:ada, anybody else is anonymous';
export const NAMED_AFTER = 'tools are named <server>.<tool>';
export const EXPECTED_SERVER =
  'no server has this name: it has 1 to 64 characters of A-Z a-z 0-9 _ -, and no dot';

/** Whether a rule's glob may be for a resource, a prompt or a question of a server's. */
export const couldBeDoor = (tokens: readonly GlobToken[]): boolean =>
  DOORS.some((door) => restsAfter(tokens, door).length > 0);

/** What is wrong with the glob of a rule, or of a list of version 1: no call can have such a name, or it looks so. */
export function adviseMatch(glob: string, path: Path): Finding[] {
  const tokens = parseGlob(glob);
  const spelled = NO_URI.test(glob) ? [] : adviseDoorSpelling(glob, path);
  if (spelled.length > 0) return spelled;
  if (matchesSome(tokens, TOOL_NAMES)) return adviseUsual(glob, path);
  if (IS_DOOR.test(glob)) {
    if (NO_URI.test(glob)) return [doubt(path, A_SCHEME)];
    const remedy = ODD_IN_DOOR.test(glob) ? remedyFor(glob) : undefined;
    return remedy === undefined ? [] : [doubt(path, `is for names that are written so; ${remedy}`)];
  }
  const because = remedyFor(glob) ?? whyNone(tokens);
  return couldBeDoor(tokens)
    ? [doubt(path, `matches no tool; ${because}`)]
    : [mistake(path, `matches no tool, resource or prompt; ${because}`)];
}

/** The first thing in a glob that no tool's name has. */
function whyNone(tokens: readonly GlobToken[]): string {
  const odd = tokens.find((step) => !matchesSome([step], TOOL_NAMES));
  if (odd?.kind === 'literal') return `no name has ${JSON.stringify(String.fromCharCode(odd.code))} in it`;
  return odd === undefined
    ? 'a name has up to 256 characters'
    : 'no name has a character that its [...] is for';
}

/** Patterns that names do match, as they are, though hardly those that were meant. */
const DECEIVING: readonly (readonly [RegExp, string])[] = [
  [/\[\^/, 'in [...] a ^ stands for itself: write [!...] for any character but these'],
  [/^\.[*+]/, 'is for names that begin with a dot: * alone is any run of characters'],
  [/^mcp__/, 'tools are named <server>.<tool> here, as in filesystem.read_file'],
  [
    /^(?:tools|resources|prompts|completion|logging|subscriptions|notifications|tasks)\//,
    'is for tools of this name: methods are matched as method:<name>, what they name as resource:<uri>, prompt:<name> or its own name',
  ],
  [
    /^(?:sampling|elicitation|roots)\//,
    'is for tools of this name: what a server asks is matched as server:<method>',
  ],
  [NO_URI, A_SCHEME],
  [
    NO_METHOD,
    'is decided by what it names, or passes always: match the tool, resource:<uri> or prompt:<name>',
  ],
];

function adviseUsual(glob: string, path: Path): Finding[] {
  const [, word = ''] = WORD.exec(glob) ?? [];
  if (word !== '' && !IS_DOOR.test(glob)) {
    const meant = word.toLowerCase().replace(/s$/, '');
    const remedy =
      meant === 'tool' ? 'a tool has no word before its name' : `did you mean ${meant}: instead?`;
    return [doubt(path, `is for tools whose names begin with '${word}:'; ${remedy}`)];
  }
  if (NAMELESS.test(glob)) return [doubt(path, `is for what has no name: write ${glob}* for all of them`)];
  const question = questionMeant(/^server:(.*)$/.exec(glob)?.[1] ?? '');
  if (question !== undefined) return [doubt(path, `no server asks this: did you mean server:${question}?`)];
  return DECEIVING.filter(([pattern]) => pattern.test(glob)).map(([, message]) => doubt(path, message));
}

/** What a server asks, where a name only looks like it. */
function questionMeant(written: string): string | undefined {
  const alike = Object.values(QUESTIONS).find((name) => name.toLowerCase() === written.toLowerCase());
  return alike === written ? undefined : (alike ?? QUESTIONS[written]);
}

export function adviseServer(glob: string, path: Path): Finding[] {
  return matchesSome(parseGlob(glob), SERVER_NAMES) ? [] : [mistake(path, withRemedy(EXPECTED_SERVER, glob))];
}

/** Whether a rule's glob is for a tool of one of these servers, which its name begins with, or for what is no tool. */
export function couldBeOfServers(match: string, servers: readonly string[] = ['*']): boolean {
  const tokens = parseGlob(match);
  if (couldBeDoor(tokens) || restsAfter(tokens, 'method:').length > 0) return true;
  return someMeet(
    [match],
    servers.map((glob) => `${glob}.*`),
  );
}

/** A rule may be for tools that none of its servers has. */
export function adviseServers({ match, servers = [] }: PolicyRule, path: Path): Finding[] {
  const possible = servers.filter((glob) => matchesSome(parseGlob(glob), SERVER_NAMES));
  if (possible.length === 0 || couldBeOfServers(match, possible)) return [];
  const [server = ''] = possible;
  const example = `${server}.${match.includes('.') ? match.slice(match.indexOf('.') + 1) : match}`;
  const remedy = `${NAMED_AFTER}, so write ${JSON.stringify(example)}`;
  return [doubt([...path, 'match'], `matches no tool of these servers: ${remedy}`)];
}

export function advisePrincipal(glob: string, path: Path): Finding[] {
  if (!couldBePrincipal(parseGlob(glob))) return [mistake(path, withRemedy(EXPECTED_PRINCIPAL, glob))];
  if (/^\s|\s$/.test(glob)) return [doubt(path, 'has a blank at its end, which is part of the name')];
  const remedy = ODD_IN_DOOR.test(glob) ? remedyFor(glob) : undefined;
  return remedy === undefined ? [] : [doubt(path, `is for names that are written so; ${remedy}`)];
}

/** Whether some caller has a name that matches. */
export function couldBePrincipal(tokens: readonly GlobToken[]): boolean {
  const namesAfter = (word: string) => restsAfter(tokens, word).filter(({ length }) => length > 0);
  if (matchGlob(tokens, ANONYMOUS) || namesAfter(OS_USER).length > 0) return true;
  return namesAfter(KEY).some((rest) => matchesSome(rest, KEY_NAMES));
}

function withRemedy(expected: string, glob: string): string {
  const remedy = remedyFor(glob);
  return remedy === undefined ? expected : `${expected}; ${remedy}`;
}
