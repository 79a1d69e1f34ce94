import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { type GatewayDouble, type Seen, startGatewayDouble } from '../testkit/gateway-double.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const TOOL = {
  server: 'files',
  tool: 'read_file',
  digest: DIGEST,
  definition: { description: '\u202enew' },
  level: 'major',
  since: '2026-01-31T12:00:00.000Z',
  before: { description: 'old' },
};
const ODD = { ...TOOL, tool: 'read_file\u200b', digest: OTHER };

const accept = ({ headers: { authorization } }: Seen) =>
  authorization === 'Bearer right'
    ? { status: 200, body: { ok: true } }
    : { status: 401, body: { title: 'No', code: 'unauthorized', detail: 'No approver has this key.' } };

let gateway: GatewayDouble;
let waiting: object = {};
beforeAll(async () => {
  gateway = await startGatewayDouble({
    'GET /tools': () => ({ status: 200, body: waiting }),
    'POST /tools/accept': accept,
  });
});
afterAll(() => gateway.stop());

async function aegis(args: string[], options: Parameters<typeof fakeHost>[0] = {}, stdin = '') {
  const host = fakeHost({ ...options, env: { AEGIS_URL: gateway.url, ...options.env } });
  if (!options.terminal) host.stdin.end(stdin);
  await run(host, ['tools', ...args]);
  return host;
}

describe('list', () => {
  test('has every changed tool, and says where the change is shown', async () => {
    waiting = { tools: [TOOL, ODD], more: 2 };
    const host = await aegis(['list']);
    expect([host.exitCode, host.out()]).toEqual([
      0,
      `files\tread_file\tmajor\t${TOOL.since}\t${DIGEST}\nfiles\tread_file\\u{200b}\tmajor\t${TOOL.since}\t${OTHER}\n`,
    ]);
    expect(host.err()).toContain('There are 2 more');
    expect(host.err()).toContain(`${gateway.url}/ui/tools`);
  });

  test('says so where there is none', async () => {
    waiting = { tools: [] };
    expect((await aegis(['list'], { terminal: true })).out()).toBe('No tool has changed.\n');
  });

  test('as JSON has both definitions, and nothing that a terminal obeys', async () => {
    waiting = { tools: [TOOL] };
    const out = (await aegis(['list', '--json'])).out();
    expect(JSON.parse(out)).toEqual(waiting);
    expect(out).not.toContain('\u202e');
  });
});

describe('accept', () => {
  test('accepts the definition that waits', async () => {
    waiting = { tools: [ODD, TOOL] };
    const host = await aegis(['accept', 'files', 'read_file', '--code', 'right']);
    expect([host.exitCode, host.out()]).toEqual([0, `accepted  files.read_file  ${DIGEST}\n`]);
    expect(gateway.seen.at(-1)?.body).toEqual({ server: 'files', tool: 'read_file', digest: DIGEST });
  });

  test('takes an odd name as the list shows it, and the code from standard input', async () => {
    waiting = { tools: [TOOL, ODD] };
    const host = await aegis(['accept', 'files', String.raw`read_file\u{200b}`, '--json'], {}, 'right\n');
    expect(JSON.parse(host.out())).toEqual({ ok: true, server: 'files', tool: ODD.tool, digest: OTHER });
    expect(gateway.seen.at(-1)?.body).toMatchObject({ tool: ODD.tool, digest: OTHER });
  });

  test('accepts the very definition that is named, and asks for no list', async () => {
    waiting = { tools: [TOOL] };
    const before = gateway.seen.length;
    await aegis(['accept', 'files', 'read_file', '--digest', OTHER, '--code', 'right']);
    expect(gateway.seen.slice(before)).toHaveLength(1);
    expect(gateway.seen.at(-1)?.body).toMatchObject({ digest: OTHER });
  });

  test('leaves it to a person to say which one where several wait', async () => {
    waiting = { tools: [TOOL, { ...TOOL, digest: OTHER }] };
    const before = gateway.seen.length;
    const host = await aegis(['accept', 'files', 'read_file', '--code', 'right']);
    expect([host.exitCode, host.err()]).toEqual([
      1,
      'aegis: 2 definitions of tool read_file of server files wait: name one by --digest, see "aegis tools list".\n',
    ]);
    expect(gateway.seen.slice(before).map(({ method }) => method)).toEqual(['GET']);
  });

  test('takes the key of an approver, as approvals are decided, and needs no code', async () => {
    waiting = { tools: [TOOL] };
    for (const given of [{ env: { AEGIS_APPROVER_KEY: 'right' } }, {}]) {
      const host = await aegis(
        ['accept', 'files', 'read_file', ...(given.env ? [] : ['--key', 'right'])],
        given,
      );
      expect([host.exitCode, host.err()]).toEqual([0, '']);
    }
  });

  test('says that AEGIS_APPROVER_KEY is no key of an approver', async () => {
    waiting = { tools: [TOOL] };
    const host = await aegis(['accept', 'files', 'read_file'], { env: { AEGIS_APPROVER_KEY: 'aegis_x' } });
    expect(host.err()).toBe(
      "aegis: AEGIS_APPROVER_KEY is no approver's key here. No approver has this key.\n",
    );
  });

  test('with a wrong code or key says so and exits with 1', async () => {
    waiting = { tools: [TOOL] };
    for (const option of ['--code', '--key']) {
      const host = await aegis(['accept', 'files', 'read_file', option, 'wrong']);
      expect([host.exitCode, host.out(), host.err()]).toEqual([1, '', 'aegis: No approver has this key.\n']);
    }
  });

  test('of a tool that does not wait asks for no code', async () => {
    waiting = { tools: [ODD] };
    const host = await aegis(['accept', 'files', 'read_file']);
    expect([host.exitCode, host.err()]).toEqual([
      1,
      'aegis: No tool read_file of server files waits to be accepted: see "aegis tools list".\n',
    ]);
  });

  test.each([
    ['a.b', 'read_file'],
    ['files', 'read_file', '--digest', 'sha256:0'],
  ])('refuses %s %s with 2', async (...args) => {
    expect((await aegis(['accept', ...args, '--code', 'right'])).exitCode).toBe(2);
  });
});
