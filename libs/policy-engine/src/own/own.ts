/** A file or folder of the firewall's own. */
export interface OwnPath {
  /** Absolute, as its system writes it: `/srv/aegis` or `C:\aegis`. */
  readonly path: string;
  /** What it is, in words that stand behind "reaches": `the data directory of the firewall`. */
  readonly what: string;
  /** Names of what is in it, where it is a folder, so that `data/approval-code` is known from any other `data/...`. */
  readonly holds?: readonly string[];
  /** Names of what is in it that nothing else has: where one is looked for anywhere, it can mean no other file. */
  readonly tells?: readonly string[];
  /**
   * These of what is in it, and nothing else, reached by a path that leads there for sure. A relative one, of which nobody
   * knows from where it is meant, may be of any folder that has the same names in it.
   */
  readonly within?: readonly string[];
}

/** Where the firewall listens. */
export interface OwnAddress {
  /** A name or an address, in lower case; `here` is every name that this machine has for itself. */
  readonly host: string;
  readonly port: number;
  readonly what: string;
}

/**
 * What of this machine is the firewall's own. The engine reads no environment and no files: who runs it says so.
 * `followLinks` gives the path behind an absolute path's links, or undefined where there is none.
 */
export interface Own {
  readonly paths: readonly OwnPath[];
  readonly addresses: readonly OwnAddress[];
  /** Names and addresses of this machine beside those of loopback, in lower case. */
  readonly hosts: readonly string[];
  /** What `$NAME`, `%NAME%` and, by `HOME` and `USER`, `~` stand for. */
  readonly variables: Readonly<Record<string, string>>;
  /** The folders that a relative path may be meant from. */
  readonly bases: readonly string[];
  readonly followLinks?: (path: string) => string | undefined;
  /** Whether there is anything of this absolute path. Without it each may be. */
  readonly isThere?: (path: string) => boolean;
}

/** What of a call reaches the firewall's own, and where in it. */
export interface Reached {
  /** False where it is only named in a long text, or where there is too much to look at: a person's matter. */
  readonly certain: boolean;
  readonly what: string;
  /** The keys that lead to the value, from the outside in. */
  readonly at: readonly string[];
  /** The value, or the part of it that reaches. */
  readonly value: string;
}

/**
 * Looks through any JSON value, keys included. Takes time in proportion to its size, whatever is in it. `folders` are those
 * that relative paths in it may be meant from, beside the {@link Own.bases}.
 */
export type OwnReach = (value: unknown, folders?: readonly string[]) => Reached | undefined;

/** What may still be looked at for one call: words, hosts, and paths whose links are followed. Below 0 nothing is left. */
export interface Budget {
  words: number;
  links: number;
}

/** The last of the names in a path: of its folders, what tells it from the others. */
export interface Root {
  readonly names: readonly string[];
  readonly last: string;
  readonly what: string;
  readonly holds: ReadonlySet<string>;
  readonly tells: ReadonlySet<string>;
  readonly within: ReadonlySet<string> | undefined;
  /** So few files have its name that the name alone says which is meant. */
  readonly isDistinct: boolean;
}
