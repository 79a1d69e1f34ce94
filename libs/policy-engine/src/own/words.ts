import { alternativesOf } from '../path/alternatives.ts';
import { plainPatterns } from '../path/plain-patterns.ts';
import { beforeDots, rootNames } from './names.ts';
import type { Own } from './own.ts';
import { HAS_PATTERN } from './patterns.ts';
import { readingsOf } from './readings.ts';
import { MAX_SHORT, pathsIn } from './texts.ts';

/** What is run, as its key or its first word says: there a name alone may be a path, and elsewhere it is a word. */
const OF_COMMANDS =
  /comm?and|cmd|script|shell|bash|exec|^run|code$|^args?$|argv|^line$|stdin|program|^eval|sql|expression|^js$|python|snippet|paths?$|files?$|file_?names?$/i;
const IS_COMMAND =
  /^\s*(?:\w+=\S*\s+)*(?:sudo\s+)?(?:awk|base64|bash|cat|cd|chmod|cp|curl|dd|del|get-content|git|grep|head|jq|less|ln|ls|mv|nl|od|pushd|rg|rm|rsync|scp|sed|sh|sqlite3|strings|tac|tail|tar|tee|xxd|zip|zsh)\s/i;
/** Where the server is in a folder of ours, a word that is none of a sentence. */
const IS_FILE_LIKE = /[._-]\w|\w\d/;
/** A number, a date or a version, which every client sends as it says hello. */
const IS_NUMBER_LIKE = /^v?\d[\d.:_-]*(?:(?:alpha|beta|rc)[\d.]*)?$/i;
const BETWEEN = /[\s"'`=,;|&<>()@[\]{}]+/;
const IS_BETWEEN = /[\s"'`=,;|&<>()@[\]{}]/;
const BETWEEN_PATTERNS = /[\s"'`=;|&<>()@]+/;
const A_GLOB = /[[{(]/;
/** The folder that a shell is in, and the one before. */
const HERE = /\$\{(?:OLD)?PWD[^{}]{0,64}\}|\$(?:OLD)?PWD(?!\w)|\$\(pwd\)|`pwd`|%cd%|~[+-](?=[/\\])/gi;
const HERE_OR = /pwd|%cd%|~[+-]/i;
/** What takes a program to another folder, and the folder. Its option to Git, tar and make is folded. */
const CHANGES =
  /(?<![\w/-])(?:cd|chdir|pushd|sl|(?:set|push)-location|-c|--(?:directory|chdir|cwd|prefix|work-tree|git-dir)|cwd|workdir|working_directory)["'`\s=:,([]+(?:(?:\/d|--?\w?)\s+)?["'`]?(?=([^\s;&|()<>"'`,\]}]+))/g;
const MAY_CHANGE = /cd|chdir|push|-location|-c|cwd|--|work/;
const MAX_CHANGES = 64;
const MAX_WORD = 512;
const MAX_WORDS = 4_000;
const AN_ABSOLUTE = /^(?:\/|~(?=\/|$)|[a-z]:\/)/;
const AN_OPTION = /^-+\w(?=.)/;

/** A word that may be a path from a folder. */
export interface Word {
  readonly path: string;
  /** Not in a text that is longer than a path. */
  readonly isCertain: boolean;
  readonly at: readonly string[];
}

/** The words of a call that may be paths from a folder, and the folders that it changes to. */
export interface Words {
  readonly paths: Map<string, Word>;
  readonly changes: Set<string>;
  /** Patterns that may still be looked at. Below 0 there were more. */
  patterns: number;
}

/** `readings` of the text are asked for once, by all who look at it. */
export type Collect = (
  text: string,
  readings: () => readonly string[],
  at: readonly string[],
  into: Words,
  isWithin: boolean,
) => void;

/**
 * Takes from texts what may be paths relative to a folder, split as shells do and as plain text is. A path needs the last
 * name of a root, a pattern, or a name of what is in a root; what is behind a change of folders needs that too.
 */
export function createCollect({ paths, variables }: Own, held: ReadonlySet<string>): Collect {
  const lasts = paths.map(({ path }) => rootNames(path).at(-1) ?? '').filter((last) => last !== '');
  const last = new RegExp(lasts.map(escapeRegExp).join('|') || '(?!)', 'g');
  const hasBlanks = paths.some(({ path }) => /\s/.test(path));

  const mayReach = (path: string, isWithin: boolean): boolean =>
    HAS_PATTERN.test(path) ||
    path.search(last) >= 0 ||
    (isWithin && (path.includes('/') || (IS_FILE_LIKE.test(path) && !IS_NUMBER_LIKE.test(path)))) ||
    path.split('/').some((name) => held.has(name));

  const take = (text: string, isShort: boolean, isWithin: boolean, into: Words, add: Add): void => {
    const words = isShort ? wordsOf(text, into) : wordsAround(text, last);
    if (words.size === 0) return;
    for (const folder of changesIn(text)) add(folder, true, true);
    for (const word of words) {
      for (const written of pathsIn(word)) {
        const path = written.replace(AN_OPTION, '');
        for (const one of path === written ? [written] : [written, path]) {
          if (!/^[/~]/.test(one) && mayReach(one, isWithin)) add(one, false, false);
        }
      }
    }
  };

  /** Otherwise than the readings have it: in the folder of whoever reads it, and with blanks in names. */
  const othersOf = (text: string, isShort: boolean): string[] => {
    const here = HERE_OR.test(text) ? text.replace(HERE, '.') : text;
    const all = new Set([here, ...(hasBlanks && isShort ? [withoutBlanks(here)] : [])]);
    return [...all].filter((one) => one !== text).flatMap((one) => readingsOf(one, variables));
  };

  return (text, readings, at, into, isWithin) => {
    const isShort = text.length <= MAX_SHORT;
    const isCommand =
      OF_COMMANDS.test(keyOf(at)) || IS_COMMAND.test(text) || (isWithin && !/\s/.test(text.trim()));
    const add: Add = (path, isChange, isSure) => {
      if (isChange) into.changes.add(path);
      if (AN_ABSOLUTE.test(path)) return;
      if (!path.includes('/') && !isSure && !isCommand) return;
      if (isShort || !into.paths.has(path)) into.paths.set(path, { path, isCertain: isShort, at: [...at] });
    };
    const all = textsOf([...readings(), ...othersOf(text, isShort)], isShort);
    for (const one of all) take(one, isShort, isWithin, into, add);
  };
}

type Add = (path: string, isChange: boolean, isSure: boolean) => void;

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The key of a text; in a list that of the list. */
const keyOf = (at: readonly string[]): string => at.findLast((key) => !/^\d+$/.test(key)) ?? '';

/** Blanks that belong to a name, as a pattern for one character, so that they part no words. */
const withoutBlanks = (text: string): string =>
  text.replace(/\\ /g, '?').replace(/(["'])([^"'\n]{1,512})\1/g, (whole) => whole.replaceAll(' ', '?'));

/** Readings of a text, folded. */
function textsOf(readings: readonly string[], isShort: boolean): Set<string> {
  const all = new Set<string>();
  for (const reading of readings) {
    if (!isShort) all.add(reading.toLowerCase());
    const patterns = isShort && A_GLOB.test(reading) ? plainPatterns(reading) : [];
    for (const one of isShort ? [reading, ...patterns] : [])
      for (const dotted of beforeDots(one)) all.add(dotted);
  }
  return all;
}

function wordsOf(text: string, into: Words): Set<string> {
  const words = new Set(text.split(BETWEEN));
  if (!HAS_PATTERN.test(text)) return words;
  for (const pattern of text.split(BETWEEN_PATTERNS)) {
    if (!HAS_PATTERN.test(pattern)) continue;
    if (--into.patterns < 0) break;
    for (const one of alternativesOf(pattern)) words.add(one);
  }
  return words;
}

/** The words of a long text that have one of the names, so that the others cost nothing. */
function wordsAround(text: string, name: RegExp): Set<string> {
  const words = new Set<string>();
  let done = 0;
  for (const { 0: found, index } of text.matchAll(name)) {
    if (index < done) continue;
    let start = index;
    let end = index + found.length;
    while (start > index - MAX_WORD && start > 0 && !IS_BETWEEN.test(text[start - 1] ?? '')) start--;
    while (end < index + MAX_WORD && end < text.length && !IS_BETWEEN.test(text[end] ?? '')) end++;
    words.add(text.slice(start, end));
    done = end;
    if (words.size > MAX_WORDS) break;
  }
  return words;
}

function changesIn(text: string): string[] {
  if (!MAY_CHANGE.test(text)) return [];
  const all: string[] = [];
  for (const [, folder = ''] of text.matchAll(CHANGES)) {
    if (all.length === MAX_CHANGES) break;
    all.push(folder);
  }
  return all;
}
