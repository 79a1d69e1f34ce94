import { expect, test } from 'vitest';
import { forSuite, isMainArchive, parseAptSources } from './apt-sources.ts';

const BOOKWORM = `# a comment
Types: deb deb-src
# another one
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://third.example/apt
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/third-party.gpg

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no
`;

const mainOf = (name: string, text: string, codename = 'bookworm') =>
  parseAptSources(name, text).filter((source) => isMainArchive(source, codename));

test('of deb822 sources the main archive stays; security, third parties and what is switched off go', () => {
  expect(mainOf('debian.sources', BOOKWORM).map(({ uris }) => uris)).toEqual([
    ['http://mirror.example/debian'],
  ]);
});

test('the stanza for another suite keeps the mirror and the key that signs it', () => {
  const [source] = mainOf('debian.sources', BOOKWORM);
  expect(source && forSuite(source, 'sid', ['main'])).toBe(
    [
      'Types: deb',
      'URIs: http://mirror.example/debian',
      'Suites: sid',
      'Components: main',
      'Targets: Packages',
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
      '',
    ].join('\n'),
  );
});

test('a key that stands in the source itself is kept whole', () => {
  const key =
    'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----';
  const [source] = mainOf(
    'debian.sources',
    `Types: deb\nURIs: http://m.example/debian\nSuites: trixie\nComponents: main\n${key}\n`,
    'trixie',
  );
  expect(source && forSuite(source, 'sid', ['main'])).toContain(key.replace('Signed-By:', 'Signed-By: '));
});

test('one-line sources are read with their options; comments, sources of source code and third parties go', () => {
  const sources = mainOf(
    'sources.list',
    [
      '# deb http://commented.example/ubuntu noble main',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://a.example/ubuntu noble main universe # why',
      'deb-src http://a.example/ubuntu noble main',
      'deb http://security.example/ubuntu noble-security main',
      'deb https://download.docker.example/linux/ubuntu noble stable',
      'deb [signed-by=/etc/apt/keyrings/other.gpg] https://apt.example noble main',
      'deb http://plain.example/ubuntu noble main',
    ].join('\n'),
    'noble',
  );
  expect(sources.map(({ uris }) => uris[0])).toEqual([
    'http://a.example/ubuntu',
    'http://plain.example/ubuntu',
  ]);
  expect(sources[0]?.kept).toEqual(['Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg']);
});

test('a Debian that follows stable or sid by name has a main archive too', () => {
  const sources = mainOf(
    'sources.list',
    'deb http://a.example/debian sid main\ndeb http://a.example/debian-security stable-security main',
    'forky',
  );
  expect(sources.map(({ suites }) => suites[0])).toEqual(['sid']);
});
