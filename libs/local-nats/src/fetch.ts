import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { BrokerError, isSupportedServer, parseServerVersion } from '@aegis/bus/law';
import { makeFolder } from '@aegis/kit/files';
import { type AptSource, forSuite, isMainArchive, parseAptSources } from './apt-sources.ts';
import type { Heard } from './broker-log.ts';
import { cachedServerPath } from './cache-dir.ts';
import { type FoundServer, serverVersion } from './find.ts';

const run = promisify(execFile);
const APT_TIMEOUT_MS = 120_000;

/** Oldest first: the older the suite, the likelier its binary runs here. */
const NEWER_SUITES: Readonly<Record<string, { suites: readonly string[]; components: readonly string[] }>> = {
  debian: { suites: ['trixie', 'forky', 'sid'], components: ['main'] },
  ubuntu: { suites: ['resolute', 'devel'], components: ['main', 'universe'] },
};

/** The three ways to a server where it can't be fetched, as the tail of a sentence. */
export const WAYS_TO_GET_A_SERVER =
  'install one with "brew install nats-server" (macOS, Linux), or with "winget install NATSAuthors.NATSServer" or ' +
  '"scoop install nats-server" (Windows), or run "docker run -p 127.0.0.1:4222:4222 nats:2.15 -js" and set ' +
  'NATS_URL=nats://127.0.0.1:4222.';

const cannotFetch = (why: string): BrokerError =>
  new BrokerError(
    `AegisMCP needs a nats-server 2.12 or newer and can't fetch one here (${why}): ${WAYS_TO_GET_A_SERVER}`,
  );

type Distribution = { readonly id: string; readonly codename: string };

async function distribution(root: string): Promise<Distribution> {
  const text = await readFile(join(root, 'etc/os-release'), 'utf8').catch(() => '');
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? '';
  return { id: field('ID') || process.platform, codename: field('VERSION_CODENAME') };
}

/** The main-archive sources of the system whose root directory is `root`. */
async function mainArchives(root: string, codename: string): Promise<AptSource[]> {
  const folder = join(root, 'etc/apt/sources.list.d');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(sources|list)$/.test(name));
  const files = [join(root, 'etc/apt/sources.list'), ...names.toSorted().map((name) => join(folder, name))];
  const sources: AptSource[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    sources.push(...parseAptSources(basename(file), text));
  }
  return sources.filter((source) => isMainArchive(source, codename));
}

/** A private apt in `dir`: its own sources, lists and cache; the machine's proxies and keys; no hooks, no pins. */
function aptConf(dir: string, isRoot: boolean): string {
  return [
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    'Dir::Etc::sourcelist "/dev/null";',
    `Dir::Etc::sourceparts "${join(dir, 'parts')}";`,
    'Dir::Etc::preferences "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    `Dir::State::lists "${join(dir, 'lists')}";`,
    `Dir::Cache "${join(dir, 'cache')}";`,
    'Acquire::Languages "none";',
    ...(isRoot ? ['APT::Sandbox::User "root";'] : []),
    '',
  ].join('\n');
}

async function apt(dir: string, tool: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(tool, ['-c', join(dir, 'apt.conf'), ...args], {
    cwd: dir,
    timeout: APT_TIMEOUT_MS,
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

/** Unpacks the suite's nats-server under `dir`; undefined where the suite has none that is new enough and runs. */
async function fromSuite(
  dir: string,
  stanza: string,
): Promise<{ path: string; version: string } | undefined> {
  for (const name of ['parts', 'lists/partial', 'cache/archives/partial']) {
    await makeFolder(join(dir, name));
  }
  await writeFile(join(dir, 'apt.conf'), aptConf(dir, process.getuid?.() === 0));
  await writeFile(join(dir, 'parts', 'newer.sources'), stanza);
  await apt(dir, 'apt-get', ['update', '-qq']);
  const offered = (await apt(dir, 'apt-cache', ['madison', 'nats-server'])).split('|')[1]?.trim();
  if (!offered || !isSupportedServer(parseServerVersion(offered) ?? offered)) return undefined;
  await apt(dir, 'apt-get', ['download', '-qq', `nats-server=${offered}`]);
  const deb = (await readdir(dir)).find((name) => name.endsWith('.deb'));
  if (deb === undefined) return undefined;
  await run('dpkg', ['-x', join(dir, deb), join(dir, 'unpacked')], { timeout: APT_TIMEOUT_MS });
  const path = join(dir, 'unpacked', 'usr', 'sbin', 'nats-server');
  const version = await serverVersion(path);
  return version !== undefined && isSupportedServer(version) ? { path, version } : undefined;
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .split('\n')
    .findLast((line) => line.trim() !== '') ?? '';

/**
 * Fetches a nats-server 2.12 or newer from the machine's own apt mirror into `cache`, without root and without
 * installing it. The archive's signature is checked by apt. Two processes may do this at once.
 * @param root the root directory of the system whose os-release and apt sources are read.
 * @throws BrokerError where this is neither Debian nor Ubuntu, or no suite of the mirror has one.
 */
export async function fetchNatsServer(cache: string, { log, say }: Heard, root = '/'): Promise<FoundServer> {
  const { id, codename } = await distribution(root);
  const newer = NEWER_SUITES[id];
  if (newer === undefined)
    throw cannotFetch(`only Debian and Ubuntu have an archive to take it from, and this is ${id}`);
  const sources = await mainArchives(root, codename);
  if (sources.length === 0) throw cannotFetch(`the apt sources name no main archive of ${id} ${codename}`);
  await makeFolder(cache).catch((error: unknown) => {
    throw new BrokerError(
      `The cache folder ${cache} can't be made (${reason(error)}): set AEGIS_CACHE_DIR to another one.`,
    );
  });
  say(
    `No nats-server 2.12 or newer is here: fetching one from the archive of ${id} into ${cache}, once; this may take a minute or two.`,
  );
  const failures: string[] = [];
  for (const suite of newer.suites) {
    for (const source of sources) {
      const dir = await mkdtemp(join(cache, 'fetch-'));
      try {
        log.info({ suite, mirror: source.uris[0] }, 'looking for a nats-server in a newer suite');
        const server = await fromSuite(dir, forSuite(source, suite, newer.components));
        if (server !== undefined) {
          say(`Fetched nats-server ${server.version}.`);
          return await settle(server, cache);
        }
        failures.push(`${suite}: none that is new enough`);
      } catch (error) {
        failures.push(`${suite}: ${reason(error)}`);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    }
  }
  throw cannotFetch(failures.join('; '));
}

/** A rename inside one folder is atomic, so whoever looks finds a whole binary or none. */
async function settle(server: { path: string; version: string }, cache: string): Promise<FoundServer> {
  const path = cachedServerPath(cache);
  await chmod(server.path, 0o755);
  await rename(server.path, path);
  return { path, version: server.version, origin: 'cache' };
}
