import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { toolAcceptedLog, toolLog } from '@aegis/contracts/subjects';
import { createToolFold, definitionStatus, type ToolFold, toQuarantined } from '@aegis/replicas/tools';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tool } from '../testkit/upstream.ts';
import { type Listed, toolsIn } from './listed.ts';
import { eventOf, whyNever } from './recording.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const listed = (...tools: object[]): Listed[] => toolsIn({ tools });
const only = (definition: object): Listed => listed(definition)[0] as Listed;
const status = (fold: ToolFold, { tool: name, digest }: Listed) =>
  definitionStatus(fold.get('files', name), digest);

/** The log, and any number of readers of it, each as far as it has come. */
function startLog() {
  const log: { seq: number; subject: string; event: Envelope }[] = [];
  const append = (subject: string, event: Envelope): void => {
    log.push({ seq: log.length + 1, subject, event: JSON.parse(JSON.stringify(event)) as Envelope });
  };
  return {
    append,
    accept: ({ tool: name, digest }: Listed): void => {
      const data = { server: 'files', tool: name, digest, accepted_by: 'ann' };
      const made = { source: 'approvals', time: NOW.toISOString(), data };
      append(toolAcceptedLog('files'), createEvent({ type: 'aegis.tool.accepted.v1', ...made }));
    },
    reader: (keepsDefinitions = false) => {
      const fold = createToolFold({ keepsDefinitions });
      let position = 0;
      const catchUp = (): void => {
        for (const message of log.slice(position)) fold.apply(message);
        position = log.length;
      };
      /** Writes what is not on record, as far as this reader knows it. */
      const record = (what: Listed): void => {
        if (status(fold, what) !== 'unknown' || whyNever(fold, 'files', what) !== undefined) return;
        append(toolLog('files'), eventOf(fold, 'files', what, NOW));
      };
      return { fold, catchUp, record };
    },
  };
}

const written = (fold: ToolFold, definition: object) => eventOf(fold, 'files', only(definition), NOW);

describe('what is written of a definition', () => {
  it('is that it was seen first, then that it changed, and by how much', () => {
    const { append, reader } = startLog();
    const { fold, catchUp } = reader();
    const first = written(fold, tool('read'));
    expect(first).toMatchObject({ type: 'aegis.tool.seen.v1', data: { tool: 'read' } });
    append(toolLog('files'), first);
    catchUp();
    const changes = [
      { ...tool('read'), icons: [], _meta: { a: 1 } },
      { ...tool('read'), annotations: { readOnlyHint: true } },
      { ...tool('read'), inputSchema: {} },
    ];
    expect(changes.map((definition) => written(fold, definition).data['level'])).toEqual([
      'minor',
      'major',
      'major',
    ]);
    expect(written(fold, tool('Read'))).toMatchObject({
      type: 'aegis.tool.seen.v1',
      data: { looks_like: 'read' },
    });
  });

  it('is nothing where nobody could be shown it, and the reason says why', () => {
    const { accept, append, reader } = startLog();
    const { fold, catchUp } = reader();
    let deep: unknown = 1;
    for (let i = 0; i < 300; i++) deep = [deep];
    const name = 'its name is not of 1 to 1000 characters';
    const shape = 'its definition can not be shown as what it is';
    const whys = [tool('x'.repeat(1_001)), tool(''), { ...tool('read'), deep }, tool('read')];
    expect(whys.map((definition) => whyNever(fold, 'files', only(definition)))).toEqual([
      name,
      name,
      shape,
      undefined,
    ]);
    for (let n = 0; n <= 100; n++) {
      append(toolLog('files'), written(fold, tool('read', `version ${n}`)));
      catchUp();
    }
    expect(whyNever(fold, 'files', only(tool('read')))).toContain('changed 100 times');
    // A person makes room for more.
    accept(only(tool('read', 'version 50')));
    catchUp();
    expect(whyNever(fold, 'files', only(tool('read')))).toBeUndefined();
  });

  it('is nothing that is larger than people read', () => {
    const { reader } = startLog();
    const { fold } = reader();
    const why = (length: number) => whyNever(fold, 'files', only(tool('read', 'x'.repeat(length))));
    expect(why(262_000)).toBeUndefined();
    expect(why(262_144)).toBe('its definition is larger than 262144 bytes');
  });

  it('is nothing of more tools than a server has', () => {
    const { append, reader } = startLog();
    const { fold, catchUp } = reader();
    for (let n = 0; n < 10_000; n++) append(toolLog('files'), written(fold, { name: `tool-${n}` }));
    catchUp();
    expect(whyNever(fold, 'files', only({ name: 'one more' }))).toContain('10000 tools');
    expect(whyNever(fold, 'files', only({ name: 'tool-1', description: 'changed' }))).toBeUndefined();
  });
});

describe('two firewalls that race', () => {
  const definitions = listed(
    ...['read', 'Read', 're\u200bad', 'write'].flatMap((name) => [
      tool(name),
      tool(name, 'another'),
      { ...tool(name), icons: [] },
    ]),
  );
  const any = fc.constantFrom(...definitions);
  const firewall = fc.constantFrom(0, 1);
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('list' as const), firewall, what: any }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('catch up' as const), firewall, what: any }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('accept' as const), firewall, what: any }) },
    ),
    { maxLength: 40 },
  );

  it('judge alike, and whatever they ask a person about can be accepted, and counts then', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { accept, reader } = startLog();
        const [one, other, approvals] = [reader(), reader(), reader(true)];
        const waits = (what: Listed): boolean =>
          approvals.fold.quarantined().some(({ tool: its, waiting }) => {
            const shown = toQuarantined(its, waiting);
            return shown?.tool === what.tool && shown.digest === what.digest;
          });
        for (const { type, firewall: which, what } of taken) {
          const gate = which === 0 ? one : other;
          approvals.catchUp();
          if (type === 'list') gate.record(what);
          else if (type === 'catch up') gate.catchUp();
          else if (waits(what)) accept(what);
        }
        for (const what of definitions) {
          for (const gate of [one, other]) {
            gate.catchUp();
            // A call is judgement once its definition has come back from the log.
            gate.record(what);
            gate.catchUp();
          }
          approvals.catchUp();
          const counts = status(one.fold, what) === 'counts';
          expect(status(other.fold, what) === 'counts').toBe(counts);
          expect(waits(what)).toBe(!counts);
          if (!counts) accept(what);
          for (const each of [one, other, approvals]) each.catchUp();
          expect([one, other, approvals].map(({ fold }) => status(fold, what))).toEqual(
            Array(3).fill('counts'),
          );
        }
      }),
      { numRuns: 150 },
    );
  });
});
