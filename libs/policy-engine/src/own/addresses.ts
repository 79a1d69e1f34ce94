import { hostOf, mappedV4 } from '../url/host.ts';
import type { Budget, Own, OwnAddress } from './own.ts';

/** Names that machines and container hosts give themselves, whatever their configuration. */
const LOOPBACK_NAMES = new Set([
  'localhost',
  'localhost4',
  'localhost4.localdomain4',
  'localhost6',
  'localhost6.localdomain6',
  'ip6-localhost',
  'ip6-loopback',
  'host.docker.internal',
  'gateway.docker.internal',
  'kubernetes.docker.internal',
  'host.containers.internal',
]);
const SCHEME_PORTS: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };
const MAX_AUTHORITY = 512;
const WITHOUT_PORT = /\b(https?|wss?):[\\/]*(?=([^\\/?#\s"'<>|]{1,512}))/gi;
/** What a host ends before, read from its port backwards. */
const BEFORE_HOST = /[\s"'`=,;|&<>()/\\@{}]/;
const MAX_HOST = 300;
const HIDDEN = 'a host too long to be told from the firewall';
/** So far a port may stand behind its host in a command line or a list. */
const NEAR = 64;
const MAX_APART = 4096;
/** Some clients take a list of hosts, and some systems end one at a blank or a NUL. */
const BETWEEN_HOSTS = /[\s\0,;"'`]+/;
/** As `Number` reads them, and as `int` and `strtoul` do. */
const NUMBERS = [
  /0x[0-9a-f]+|0o[0-7]+|0b[01]+|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?/gi,
  /0x[0-9a-f]+|\d+(?:e\d)?/gi,
];
/** A port has 16 bits, and resolvers of many systems drop the others. */
const PORTS_IN_ALL = 65_536;
/** A number of more bits than a port has, or one with a sign or underscores, behind a colon. */
const MANY_DIGITS = String.raw`:[\s0_+]*\d[\d_]{4,}`;
const A_PORT = /:[\s0_+]*(\d[\d_]*)/g;
const OTHER_DIGITS = /(?!\d)\p{Nd}/gu;

export interface AddressReach {
  /** What could be one of our addresses in a text, as an expression; no other text has to be looked at. */
  readonly signs: readonly string[];
  /** The address in this text, as it is written there. */
  readonly find: (text: string, isShort: boolean, budget: Budget) => Found | undefined;
  /** The ports of ours among the numbers in a text. */
  readonly portsIn: (text: string) => readonly number[];
  /** What listens where a host, or the host of an address without a port, and this port are ours. */
  readonly at: (host: string, port: number) => string | undefined;
}

interface Found {
  readonly what: string;
  readonly value: string;
  /** The host is too long to be looked at. */
  readonly isUnsure?: true;
}

function isLoopback(host: string): boolean {
  const plain = mappedV4(host) ?? host;
  return (
    LOOPBACK_NAMES.has(plain) ||
    /(?:^|\.)localhost(?:\.localdomain)?$/.test(plain) ||
    /^127\.\d+\.\d+\.\d+$/.test(plain) ||
    plain === '0.0.0.0' ||
    plain === '::1' ||
    plain === '::'
  );
}

/** The question whether a text holds an address that the firewall listens on, in any spelling that a URL may have. */
export function createAddressReach({ addresses, hosts }: Pick<Own, 'addresses' | 'hosts'>): AddressReach {
  const own = new Set(hosts.map((host) => hostOf(host) ?? host));
  const ports = new Map<number, OwnAddress[]>();
  for (const address of addresses) ports.set(address.port, [...(ports.get(address.port) ?? []), address]);
  const digits = [...ports.keys()].join('|');
  /** As some languages read numbers: with a sign, and underscores between digits. */
  const asNumbers = Array.from(ports.keys(), (port) => Array.from(String(port)).join('_*'));
  const alone = ports.size === 0 ? undefined : new RegExp(`(?<![\\d.:])(?:${digits})(?![\\d.])`, 'g');
  const hasSchemePort = ports.has(80) || ports.has(443);

  const isHere = (host: string): boolean =>
    isLoopback(host) || own.has(host) || own.has(mappedV4(host) ?? host);

  const at = (written: string, port: number): string | undefined => {
    const host = hostOf(written);
    if (host === undefined) return undefined;
    return ports.get(port)?.find((one) => (one.host === 'here' ? isHere(host) : one.host === host))?.what;
  };

  /** Without a host a port is one of this machine, as in `:8000/health`. */
  const behind = (text: string, colon: number, port: number): Found | undefined => {
    let start = colon;
    const least = Math.max(0, colon - MAX_HOST);
    if (text[colon - 1] === ']') start = least + Math.max(text.slice(least, colon).lastIndexOf('['), 0);
    else while (start > least && !BEFORE_HOST.test(text[start - 1] ?? '')) start--;
    const written = text.slice(start, colon);
    const isCut = start > 0 && start === least && !BEFORE_HOST.test(text[start - 1] ?? '');
    if (isCut) return { what: HIDDEN, value: written, isUnsure: true };
    for (const host of [written, written.slice(written.lastIndexOf(':') + 1)]) {
      const what = at(host === '' ? 'localhost' : host, port);
      if (what !== undefined) return { what, value: text.slice(start, colon + 1) + String(port) };
    }
    return undefined;
  };

  /** As in `example.com:8000:127.0.0.1`, by which curl is told where a name leads. */
  const before = (text: string, end: number, port: number): Found | undefined => {
    const [value, host = ''] =
      /^:([^\s"'`,;|&<>()/\\@{}]{1,300})/.exec(text.slice(end, end + MAX_HOST)) ?? [];
    const what = at(host, port);
    return what === undefined || value === undefined ? undefined : { what, value: String(port) + value };
  };

  const withPorts = (text: string, budget: Budget): Found | undefined => {
    for (const { 0: whole, 1: written = '', index } of text.matchAll(A_PORT)) {
      const port = portOf(Number(written.replaceAll('_', '')));
      if (!ports.has(port)) continue;
      if (--budget.words < 0) return undefined;
      const found = behind(text, index, port) ?? before(text, index + whole.length, port);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const withoutPorts = (text: string, budget: Budget): Found | undefined => {
    if (!hasSchemePort) return undefined;
    for (const [value, scheme = '', authority = ''] of text.matchAll(WITHOUT_PORT)) {
      if (--budget.words < 0) return undefined;
      if (authority.length === MAX_AUTHORITY) return { what: HIDDEN, value, isUnsure: true };
      const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:$/, '');
      const what = at(host, SCHEME_PORTS[scheme.toLowerCase()] ?? 0);
      if (what !== undefined) return { what, value: value + authority };
    }
    return undefined;
  };

  /** Host and port apart, as in `nc localhost 8000` and `/dev/tcp/127.0.0.1/8000`. */
  const apart = (text: string, budget: Budget): Found | undefined => {
    if (alone === undefined) return undefined;
    for (const { 0: port, index } of text.matchAll(alone)) {
      if (--budget.words < 0) return undefined;
      const words = text.slice(Math.max(0, index - NEAR), index).split(/[\s"'`=,;|&<>()/\\@]+/);
      for (const word of words.filter((one) => one.length > 1)) {
        const what = isHostWord(word) ? at(word, Number(port)) : undefined;
        if (what !== undefined) return { what, value: `${word} ${port}` };
      }
    }
    return undefined;
  };

  return {
    signs: [
      ...asNumbers,
      ...(ports.size > 0 ? [MANY_DIGITS] : []),
      ...(hasSchemePort ? ['(?:https?|wss?):'] : []),
    ],
    find: (text, isShort, budget) =>
      withPorts(text, budget) ?? withoutPorts(text, budget) ?? (isShort ? apart(text, budget) : undefined),
    portsIn: (text) =>
      numbersIn(text)
        .map(portOf)
        .filter((port) => ports.has(port)),
    at(text, port) {
      if (text.length > MAX_APART) return undefined;
      const words = text.split(BETWEEN_HOSTS).filter(isHostWord);
      for (const word of new Set([text.trim(), ...words])) {
        const authority = word.replace(/^[a-z][a-z0-9+.-]*:[\\/]*/i, '').replace(/[\\/?#].*$/s, '');
        const host = authority.slice(authority.lastIndexOf('@') + 1);
        const what = host === '' ? undefined : (at(host, port) ?? at(host.replace(/:\d*$/, ''), port));
        if (what !== undefined) return what;
      }
      return undefined;
    },
  };
}

/** A number alone is a host for `connect`, and also a number: only what looks like a name or an address is one here. */
const isHostWord = (word: string): boolean => /[a-z.:]/i.test(word) || Number(word) >= 2 ** 24;

/** A digit of any script as the plain one; digits stand in runs from nought to nine. */
function plainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let from = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(from - 1))) from--;
  return String((code - from) % 10);
}

const plainDigits = (text: string): string => text.replace(OTHER_DIGITS, plainDigit);

const portOf = (number: number): number => ((number % PORTS_IN_ALL) + PORTS_IN_ALL) % PORTS_IN_ALL;

function numbersIn(text: string): number[] {
  const plain = plainDigits(text).replaceAll('_', '');
  const read = NUMBERS.flatMap((numbers) =>
    Array.from(plain.matchAll(numbers), ([number]) => Number(number)),
  );
  const octal = Array.from(plain.matchAll(/\b0[0-7]+\b/g), ([number]) => Number.parseInt(number, 8));
  return [...read, ...octal].filter(Number.isInteger);
}
