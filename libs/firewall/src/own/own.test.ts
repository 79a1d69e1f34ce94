import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOwn } from './own.ts';

let folder: string;
let data: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aegis-own-'));
  data = join(folder, 'state');
  mkdirSync(data);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const made = (more: Parameters<typeof createOwn>[0] = {}) =>
  createOwn({ AEGIS_DATA_DIR: data, PORT: 8123, NATS_URL: 'nats://127.0.0.1:4333', ...more });

describe('what is the firewall’s own', () => {
  it('is its data directory, and every file of it that stands elsewhere', () => {
    const own = made({
      POLICY_PATH: join(folder, 'rules.yml'),
      APPROVERS_FILE: join(folder, 'people', 'approvers.json'),
      NATS_NKEY_FILE: join(folder, 'mcp.nk'),
    });
    for (const path of [data, join(data, 'x'), join(folder, 'rules.yml'), join(folder, 'mcp.nk')])
      expect([path, own({ path })?.certain]).toEqual([path, true]);
    expect(own({ path: join(folder, 'people', 'approvers.json') })?.what).toBe('the file of approvers');
    expect(own({ path: folder })).toBeUndefined();
    expect(own({ path: join(folder, 'other.yml') })).toBeUndefined();
  });

  it('is its own program, by a path that leads there for sure', () => {
    const checkout = join(import.meta.dirname, '../../../..');
    const own = made();
    for (const name of [
      'cli/src/main.ts',
      'node_modules/zod/index.js',
      'package.json',
      '.env',
      'x/../libs/a.ts',
    ]) {
      expect([name, own({ path: join(checkout, name) })?.certain]).toEqual([name, true]);
      expect([name, own({ command: `cp /tmp/a ${checkout}/${name}` })?.certain]).toEqual([name, true]);
      expect([name, own({ path: name }, [checkout])?.certain]).toEqual([name, true]);
      expect([name, own({ dir: checkout, file: `./${name}` })?.certain]).toEqual([name, true]);
      // The tests run in the checkout, as the firewall may: a relative path says nothing of that.
      expect([name, own({ path: name })]).toEqual([name, undefined]);
      expect([name, own({ path: name }, ['/srv/other'])]).toEqual([name, undefined]);
    }
    symlinkSync(join(checkout, 'cli'), join(folder, 'link'));
    expect(own({ path: join(folder, 'link', 'src', 'main.ts') })?.certain).toBe(true);
    for (const name of ['README.md', 'docs/policy.md', 'examples/a.json', ''])
      expect([name, own({ path: join(checkout, name) })]).toEqual([name, undefined]);
  });

  it('is the usual data directory as well', () => {
    expect(made()({ path: '~/.local/state/aegismcp/approval-code' })?.certain).toBe(true);
  });

  it('is what a link leads to, and what leads there by a link', () => {
    symlinkSync(data, join(folder, 'link'));
    const behind = join(folder, 'elsewhere');
    mkdirSync(join(behind, 'real'), { recursive: true });
    symlinkSync(join(behind, 'real'), join(folder, 'used'));
    const own = made({ AEGIS_DATA_DIR: join(folder, 'used') });
    expect(own({ path: join(behind, 'real', 'stack.json') })?.certain).toBe(true);
    expect(made()({ path: join(folder, 'link', 'not', 'there', 'yet') })?.certain).toBe(true);
    expect(made()({ command: `cat ${join(folder, 'link', 'approval-code')}` })?.certain).toBe(true);
    expect(made()({ path: join(folder, 'no', 'link') })).toBeUndefined();
    const link = join(folder, 'link');
    for (const path of [
      `/${link}/approval-code`,
      `file:///${link}/approval-code`,
      `/var/none/../..${link}/approval-code`,
      `${'../'.repeat(40)}${link.slice(1)}/approval-code`,
      relative(process.cwd(), link),
    ])
      expect([path, made()({ path })?.certain]).toEqual([path, true]);
    expect(made()({ path: `/${'./'.repeat(2_100)}${link.slice(1)}/x` })?.certain).toBe(false);
    const others = Array.from({ length: 40 }, (_, at) => `/x${at}`);
    expect(made()({ others: others.join(' '), path: join(link, 'x') })?.certain).toBe(true);
  });

  it('is what a link in a folder of the server leads to, or in one that the call names', () => {
    const served = join(folder, 'served');
    mkdirSync(join(served, 'repo'), { recursive: true });
    symlinkSync(data, join(served, 'repo', 'link'));
    const own = made();
    for (const call of [
      { path: 'repo/link/x' },
      { path: './/repo/./link/x' },
      { path: 'none/../repo/link/x' },
      { name: 'repo/link/x' },
      { path: 'repo%2Flink%2Fx' },
      { command: 'cat repo/link/x' },
    ]) {
      expect([call, own(call, [served])?.certain]).toEqual([call, true]);
      expect([call, own({ cwd: served, ...call })?.certain]).toEqual([call, true]);
      expect([call, own({ dir: 'served', ...call }, [folder])?.certain]).toEqual([call, true]);
    }
    expect(own({ path: 'link' }, [join(served, 'repo')])?.certain).toBe(true);
    expect(own({ path: 'repo/x', q: 'and/or repo' }, [served])).toBeUndefined();
    expect(own({ path: 'repo/link/x' }, [folder])).toBeUndefined();
  });

  it('is a person’s matter behind more paths than can be looked at', () => {
    const paths = Array.from({ length: 2_000 }, (_, at) => `/x${at}`);
    expect(made()({ paths })?.certain).toBe(false);
    expect(made()({ paths, path: data })?.certain).toBe(true);
  });

  it('is where it listens, by the names of this machine', () => {
    const own = made({
      HOST: '0.0.0.0',
      CONSOLE_URL: 'https://aegis.example.com',
      OWN_ADDRESSES: 'gateway:8000, 8091',
    });
    for (const url of [
      'http://127.0.0.1:8123/',
      `http://${hostname().toUpperCase()}:8123`,
      'http://localhost:8001/mcp',
      'localhost:4333',
      'https://aegis.example.com/ui/approvals',
      'http://gateway:8000/',
      'http://[::1]:8091',
    ])
      expect([url, own({ url })?.certain]).toEqual([url, true]);
    expect(own({ url: 'http://127.0.0.1:3000' })).toBeUndefined();
    expect(own({ url: 'https://example.com' })).toBeUndefined();
  });

  it('is each client’s file that is protected, from a second after that on, and its copy', () => {
    const file = join(folder, 'mcp.json');
    const own = made();
    expect(own({ path: file })).toBeUndefined();
    expect(own({ path: `${file}.before-aegis` })?.certain).toBe(true);
    writeFileSync(join(data, 'clients.json'), JSON.stringify({ [file]: { written: 'sha256:0' } }));
    const later = performance.now() + 2_000;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    expect(own({ path: file })?.what).toBe("a client's file whose servers are behind the firewall");
  });
});
