import { chmod, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import type { Service } from '@aegis/bus/service';
import { auditPast, auditQuery, auditWrite } from '@aegis/contracts/audit';
import { createEvent } from '@aegis/contracts/create-event';
import { healthOf } from '@aegis/contracts/health';
import { AUDIT_LOG } from '@aegis/contracts/subjects';
import { newTraceparent } from '@aegis/kit/trace';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  approvalAsked,
  auditOn,
  enforced,
  type Files,
  linesOf,
  makeFiles,
  oneOfEach,
  type Stack,
  soon,
  startStack,
} from './testkit/stack.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

let stack: Stack;
let files: Files;
let service: Service;
beforeAll(async () => {
  stack = await startStack();
  await oneOfEach(stack);
});
afterAll(() => stack.stop());
beforeEach(async () => {
  files = await makeFiles();
  service = auditOn(stack.audit, stack.server, files);
  await service.start();
  await stack.audit.link.nc.flush();
});
afterEach(async () => {
  await service.stop();
  await files.remove();
});

const query = (asked: object = {}) =>
  stack.gateway.ask(auditQuery, { limit: 1_000, ...asked }, { deadlineMs: soon() });
const write = (entry: object = {}, traceparent?: string) =>
  stack.gateway.ask(
    auditWrite,
    { action: 'note', principal: 'anonymous', via: 'rest', ...entry },
    { deadlineMs: soon(), traceparent },
  );
const seqsOf = (lines: readonly { seq: number }[]) => lines.map((line) => line.seq);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
const problems = () => service.health().problems.join(' ');
/** All there is once everything is written: that each event has its line, once and in order. */
const wholeFile = async () => {
  await query({ limit: 1 });
  const lines = await linesOf(files.auditPath);
  expect(seqsOf(lines)).toEqual(upTo(lines.length));
  return lines;
};

describe('the files', () => {
  it('have every event in its order, and what is no event too', async () => {
    const lines = await wholeFile();
    expect(lines.slice(0, 5).map((line) => line.action)).toEqual([
      'enforce',
      'approval.requested',
      'idempotency.answered',
      'policy.published',
      'unreadable',
    ]);
    const approvals = await linesOf(files.approvalsPath);
    expect(approvals[0]).toMatchObject({ status: 'pending', seq: 2, dry_run_id: 'refund-A-1001' });
  });

  it('go on where they ended, after a stop', async () => {
    await wholeFile();
    await service.stop();
    const before = await readFile(files.auditPath, 'utf8');
    await enforced(stack.enforcer);
    await service.start();
    await stack.audit.link.nc.flush();
    await wholeFile();
    expect((await readFile(files.auditPath, 'utf8')).startsWith(before)).toBe(true);
  });

  it('have what was stored when the service is told to stop', async () => {
    const ids = await Promise.all(Array.from({ length: 300 }, () => enforced(stack.enforcer)));
    await service.stop();
    const written = new Set((await linesOf(files.auditPath)).map((line) => line.event_id));
    expect(ids.filter((id) => !written.has(id))).toEqual([]);
  });

  it('mend a torn end, and keep it beside them', async () => {
    await approvalAsked(stack.approvals);
    const whole = await wholeFile();
    const approvals = await linesOf(files.approvalsPath);
    await service.stop();
    for (const path of [files.auditPath, files.approvalsPath]) {
      await truncate(path, (await readFile(path)).length - 20);
    }
    await service.start();
    await stack.audit.link.nc.flush();
    expect(await wholeFile()).toEqual(whole);
    expect(await linesOf(files.approvalsPath)).toEqual(approvals);
    expect((await readdir(files.folder)).filter((name) => name.includes('.torn-'))).toHaveLength(2);
  });

  it.each(['removed', 'emptied'])(
    'get the approvals back from the log where that file was %s',
    async (how) => {
      await wholeFile();
      await service.stop();
      const before = await readFile(files.approvalsPath, 'utf8');
      expect(before).not.toBe('');
      await (how === 'removed' ? rm(files.approvalsPath) : writeFile(files.approvalsPath, ''));
      await service.start();
      await stack.audit.link.nc.flush();
      await enforced(stack.enforcer);
      await wholeFile();
      expect(await readFile(files.approvalsPath, 'utf8')).toBe(before);
    },
  );
});

describe('starting', () => {
  it('is refused while another one writes', async () => {
    const second = auditOn(stack.audit, stack.server, files);
    await expect(second.start()).rejects.toThrow(`Another audit service writes ${files.auditPath} already`);
  });

  it('is refused with a file of another log', async () => {
    await wholeFile();
    await service.stop();
    const other = await startStack();
    try {
      const stranger = auditOn(other.audit, other.server, files);
      await expect(stranger.start()).rejects.toThrow(/ends with event .* but the log ends before that/);
      for (let i = 0; i < (await linesOf(files.auditPath)).length; i++) await enforced(other.enforcer);
      await expect(stranger.start()).rejects.toThrow(/but the log has event .* Bring back the log/);
    } finally {
      await other.stop();
    }
    await service.start();
  });

  it('is refused where the folder can not be made', async () => {
    await writeFile(`${files.folder}/plain`, '');
    const inFile = { ...files, auditPath: `${files.folder}/plain/audit.jsonl` };
    await expect(auditOn(stack.audit, stack.server, inFile).start()).rejects.toMatchObject({
      code: 'audit_unavailable',
    });
  });
});

describe('a file that can not be written', () => {
  it('is written anew where it was removed, and health says so within a second', async () => {
    const before = await wholeFile();
    await rm(files.auditPath);
    await expect.poll(problems, { timeout: 1_000, interval: 20 }).toContain('was removed');
    await enforced(stack.enforcer);
    await expect.poll(() => service.health().status, { timeout: 10_000 }).toBe('ok');
    expect((await wholeFile()).slice(0, before.length)).toEqual(before);
  });

  it('waits while a folder stands in its place, and loses nothing', async () => {
    await wholeFile();
    await rm(files.auditPath);
    await mkdir(files.auditPath);
    await expect.poll(problems, { timeout: 2_000 }).toContain('EISDIR');
    await enforced(stack.enforcer);
    await expect(query()).rejects.toMatchObject({ code: 'audit_unavailable' });
    await rm(files.auditPath, { recursive: true });
    await expect.poll(() => service.health().status, { timeout: 10_000 }).toBe('ok');
    await wholeFile();
  });

  it('is reported while it is read-only', async () => {
    await wholeFile();
    await chmod(files.auditPath, 0o444);
    await expect.poll(problems, { timeout: 1_000 }).toContain('read-only');
    await enforced(stack.enforcer);
    await chmod(files.auditPath, 0o640);
    await expect.poll(() => service.health().status, { timeout: 2_000 }).toBe('ok');
    await wholeFile();
  });
});

describe('asking', () => {
  it('what an agent did before a question finds the calls before it, whatever came after', async () => {
    for (const n of [1, 2, 3]) await enforced(stack.enforcer, `before.${n}`);
    await write({ action: 'question' });
    const [question] = (await query({ limit: 1 })).entries;
    for (const n of [1, 2, 3]) await enforced(stack.enforcer, `after.${n}`);
    const decisions = (await query({ principal: 'anonymous', to: question?.ts })).entries.filter(
      ({ type }) => type === 'aegis.decision.enforced.v1',
    );
    const asked = { principal: 'anonymous', before: question?.ts ?? '', limit: 2 };
    const past = await stack.approvals.ask(auditPast, asked, { deadlineMs: soon() });
    expect(past.entries.map(({ tool }) => tool)).toEqual(['before.3', 'before.2']);
    expect(past.total).toBe(decisions.length);
  });

  it('has one’s own entry in the next answer, in one’s own trace', async () => {
    for (let i = 0; i < 20; i++) {
      const { trace_id, ok, path } = await write({ note: `entry ${i}`, ok: true, tool: 'shell' });
      expect({ ok, path }).toEqual({ ok: true, path: files.auditPath });
      const { entries } = await query({ limit: 1 });
      expect(entries[0]).toMatchObject({ action: 'client:note', note: `entry ${i}`, ok: true, trace_id });
    }
    expect((await write({}, newTraceparent(TRACE_ID))).trace_id).toBe(TRACE_ID);
    for (const none of [
      'garbage',
      newTraceparent(TRACE_ID).replace(/-[0-9a-f]{16}-/, `-${'0'.repeat(16)}-`),
    ]) {
      const { trace_id } = await write({}, none);
      expect(trace_id).toMatch(/^[0-9a-f]{32}$/);
      expect(trace_id).not.toBe(TRACE_ID);
    }
  });

  it('filters by tool, ok, status and time', async () => {
    await enforced(stack.enforcer, 'only.here');
    const only = await query({ tool: 'only.here' });
    expect(only.entries).toHaveLength(1);
    const all = (await query()).entries;
    expect((await query({ ok: false })).entries).toEqual(all.filter((line) => line.ok === false));
    expect((await query({ status: 'pending' })).entries).toEqual(
      all.filter((line) => line.status === 'pending'),
    );
    const written = await write({ action: 'timed' });
    const [newest] = (await query({ limit: 1 })).entries;
    expect(newest?.trace_id).toBe(written.trace_id);
    const from = newest?.ts;
    expect((await query({ from })).entries.map((line) => line.action)).toEqual(['client:timed']);
    expect((await query({ to: from })).entries).not.toContainEqual(newest);
  });

  it('gives pages, newest first, that fit together', async () => {
    await Promise.all(Array.from({ length: 900 }, () => enforced(stack.enforcer, 'paged')));
    for (const asked of [{}, { tool: 'paged' }]) {
      const seqs: number[] = [];
      let before: number | undefined;
      do {
        const page = await query({ ...asked, limit: 130, before });
        expect(page.entries.length).toBeLessThanOrEqual(130);
        seqs.push(...seqsOf(page.entries));
        before = page.next;
      } while (before !== undefined);
      const lines = await linesOf(files.auditPath);
      const wanted = 'tool' in asked ? lines.filter((line) => line.tool === 'paged') : lines;
      expect(seqs).toEqual(seqsOf(wanted).toReversed());
    }
  });

  it('gets the health of the service', async () => {
    expect(await stack.gateway.ask(healthOf('audit'), {}, { deadlineMs: soon() })).toEqual({
      status: 'ok',
      problems: [],
    });
  });
});

it('says how many subjects the log has, and what they take, where they are many', async () => {
  await service.stop();
  service = auditOn(stack.audit, stack.server, files, { LOG_SUBJECTS_WARNING: 1 });
  await service.start();
  const { subjects } = await stack.audit.read.end(soon());
  expect(subjects).toBeGreaterThan(1);
  await expect
    .poll(() => service.health())
    .toEqual({
      status: 'ok',
      problems: [],
      warnings: [expect.stringContaining(`The log has ${subjects} subjects`)],
    });
});

describe('a message that is no event of its subject', () => {
  it('has its line, health names its place, and all is well once the operator has looked at it', async () => {
    const subject = 'aegis.log.idempotency.none';
    await stack.enforcer.append.text(subject, '{}', soon());
    await expect
      .poll(problems)
      .toMatch(
        /^the message at sequence \d+ on aegis\.log\.idempotency\.none is no event .* "aegis broker mend aegis\.log\.idempotency\.none"/,
      );
    expect((await wholeFile()).at(-1)).toMatchObject({ action: 'unreadable', ok: false });
    const event = createEvent({
      type: 'aegis.audit.mended.v1',
      source: 'operator',
      time: new Date().toISOString(),
      data: { subject, by: 'os-user:ada', skipped: [1] },
    });
    await stack.audit.append.one({ subject: AUDIT_LOG, event }, soon());
    await expect.poll(() => service.health().status).toBe('ok');
    expect((await wholeFile()).at(-1)).toMatchObject({ action: 'audit.mended', principal: 'os-user:ada' });
  });
});

describe('a lost bus', () => {
  it('degrades health, and the file goes on when the bus is back', async () => {
    await wholeFile();
    await stack.server.kill();
    await expect.poll(() => service.health().problems.join()).toContain('bus is away');
    await stack.server.restart();
    await expect.poll(() => stack.enforcer.isUp(), { timeout: 10_000 }).toBe(true);
    await expect.poll(() => service.health().status, { timeout: 10_000 }).toBe('ok');
    await enforced(stack.enforcer);
    await expect
      .poll(
        () =>
          query({ limit: 1 }).then(
            () => true,
            () => false,
          ),
        { timeout: 15_000 },
      )
      .toBe(true);
    await wholeFile();
  });
});
