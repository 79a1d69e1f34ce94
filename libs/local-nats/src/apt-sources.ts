/** Reads the machine's own apt sources, both forms of sources.list(5), and writes them for another suite. */

export type AptSource = {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Fields that must survive, as deb822 lines: the key that signs the archive and trust settings. */
  readonly kept: readonly string[];
  readonly signedBy: string | undefined;
};

const KEPT_FIELDS = new Map([
  ['signed-by', 'Signed-By'],
  ['trusted', 'Trusted'],
  ['check-valid-until', 'Check-Valid-Until'],
  ['check-date', 'Check-Date'],
]);

const words = (value: string | undefined): string[] => (value ?? '').split(/\s+/).filter(Boolean);

function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name: string | undefined;
  for (const line of stanza.split('\n').filter((each) => !each.startsWith('#'))) {
    const field = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (field) {
      name = field[1]?.toLowerCase() ?? '';
      fields.set(name, field[2] ?? '');
    } else if (name !== undefined && /^\s/.test(line)) {
      fields.set(name, `${fields.get(name)}\n${line}`);
    }
  }
  return fields;
}

function keptLines(fields: ReadonlyMap<string, string>): string[] {
  return [...KEPT_FIELDS].flatMap(([key, name]) => {
    const value = fields.get(key);
    return value === undefined ? [] : [`${name}: ${value}`];
  });
}

function parseDeb822(text: string): AptSource[] {
  return text.split(/\n[ \t]*\n/).flatMap((stanza) => {
    const fields = fieldsOf(stanza);
    if (!words(fields.get('types')).includes('deb') || fields.get('enabled') === 'no') return [];
    return [
      {
        uris: words(fields.get('uris')),
        suites: words(fields.get('suites')),
        components: words(fields.get('components')),
        kept: keptLines(fields),
        signedBy: fields.get('signed-by'),
      },
    ];
  });
}

function parseOneLine(line: string): AptSource[] {
  const entry = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line.trim());
  if (!entry) return [];
  const [, options, uri = '', suite = '', components] = entry;
  const fields = new Map(
    words(options).map((option): [string, string] => {
      const [name = '', value = ''] = option.split('=', 2);
      return [name.toLowerCase(), value];
    }),
  );
  return [
    {
      uris: [uri],
      suites: [suite],
      components: words(components),
      kept: keptLines(fields),
      signedBy: fields.get('signed-by'),
    },
  ];
}

/** The enabled binary sources of one file; `name` tells the form: `*.sources` is deb822, anything else one-line. */
export function parseAptSources(name: string, text: string): AptSource[] {
  return name.endsWith('.sources') ? parseDeb822(text) : text.split('\n').flatMap(parseOneLine);
}

/** Debian's sources may name the release by its rank. */
const SUITE_ALIASES = ['stable', 'oldstable', 'testing', 'unstable', 'sid'];

/** Whether a source is the distribution's main archive: its own suite, not security, not a third party's. */
export function isMainArchive(source: AptSource, codename: string): boolean {
  const ownKey =
    source.signedBy === undefined ||
    source.signedBy.includes('BEGIN PGP') ||
    /(debian|ubuntu)-archive-/.test(source.signedBy);
  return (
    ownKey &&
    source.components.includes('main') &&
    source.suites.some((suite) => suite === codename || SUITE_ALIASES.includes(suite)) &&
    !source.uris.some((uri) => /security/.test(uri))
  );
}

/** One deb822 stanza: the source's mirror and key, another suite. `Targets` leaves out indexes that nothing here reads. */
export function forSuite(source: AptSource, suite: string, components: readonly string[]): string {
  return `${[
    'Types: deb',
    `URIs: ${source.uris.join(' ')}`,
    `Suites: ${suite}`,
    `Components: ${components.join(' ')}`,
    'Targets: Packages',
    ...source.kept,
  ].join('\n')}\n`;
}
