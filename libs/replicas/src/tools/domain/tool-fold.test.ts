import { createEvent } from '@aegis/contracts/create-event';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accepted, changed, dataOf, definition, type Fact, foldOf, saw, timeOf } from '../testkit/facts.ts';
import type { Definition } from './definition.ts';
import { definitionStatus, toQuarantined } from './tool.ts';
import { createToolFold, type ToolFold } from './tool-fold.ts';

const a = definition('reads');
const b = definition('reads and sends');
const LOG = 'aegis.log.tool.files';

const status = (fold: ToolFold, of: Definition, server = 'files') =>
  definitionStatus(fold.get(server, String(of['name'])), dataOf(of).digest);
const shown = (fold: ToolFold) => fold.quarantined().map(({ tool, waiting }) => toQuarantined(tool, waiting));
const waiting = (fold: ToolFold) =>
  fold.quarantined().map(({ tool, waiting: { digest } }) => [tool.tool, digest]);

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

const told = ({ subject, event }: Fact) =>
  createToolFold({ keepsDefinitions: true }).apply({ seq: 1, subject, event });

describe('an event of a tool', () => {
  it.each<[string, Fact]>([
    ['an acceptance where the definitions are written', { ...accepted(dataOf(b)), subject: LOG }],
    [
      "an acceptance on another server's subject",
      { ...accepted(dataOf(b)), subject: 'aegis.log.tool.mail.accepted' },
    ],
    ["a definition on another server's subject", { ...saw(b), subject: 'aegis.log.tool.mail' }],
    ['a definition where acceptances are written', { ...changed(b), subject: `${LOG}.accepted` }],
    [
      'an event of another kind',
      {
        subject: LOG,
        event: createEvent({
          type: 'aegis.policy.rejected.v1',
          source: 'mcp',
          time: timeOf(1),
          data: { path: 'policy.yml', errors: [] },
        }),
      },
    ],
    ['a definition without a digest', { ...saw(b), event: { ...saw(b).event, data: { server: 'files' } } }],
  ])('counts for nothing where it is %s', (_, fact) => {
    expect(told(fact)).toBe('unreadable');
    const facts = [saw(a), changed(b)];
    expect([...foldOf([...facts, fact]).tools()]).toEqual([...foldOf(facts).tools()]);
  });

  it('of a newer version, which has more in it, counts like any', () => {
    const facts = [saw(a), changed(b), accepted(dataOf(b))];
    const newer = facts.map(({ subject, event }) => ({
      subject,
      event: { ...event, data: { ...event.data, found_by: 'a scan' } },
    }));
    expect([...foldOf(newer).tools()]).toEqual([...foldOf(facts).tools()]);
  });

  it('that can not be read as an envelope counts for nothing', () => {
    expect(createToolFold({ keepsDefinitions: true }).apply({ seq: 1, subject: LOG })).toBe('unreadable');
  });

  it.each<[string, Fact]>([
    ['another definition than its digest stands for', saw(a, { digest: dataOf(b).digest })],
    ['a definition that is nested too deep to be shown', saw({ name: 'read_file', deep: nested(300) })],
  ])('with %s counts for nothing, and is nobody’s fault but the server’s', (_, fact) => {
    expect(told(fact)).toBe('unfit');
    expect([...foldOf([fact]).tools()]).toEqual([]);
  });
});

describe('tools', () => {
  it('of two servers are apart', () => {
    const fold = foldOf([saw(a), saw(b, { server: 'mail' })]);
    expect(shown(fold)).toEqual([]);
    expect([status(fold, b), status(fold, b, 'mail')]).toEqual(['unknown', 'counts']);
    expect([fold.sizeOf('files'), fold.sizeOf('other')]).toEqual([1, 0]);
  });

  it.each(['READ_FILE', 'read_file\u200b', 'ｒead_file', `read_file${'\u200b'.repeat(900)}`])(
    'that look alike wait, though their event does not say so: %j',
    (name) => {
      const alike = definition('reads', name);
      for (const first of [saw(a), changed(a), accepted(dataOf(a))]) {
        const fold = foldOf([first, saw(alike)]);
        expect(shown(fold)).toContainEqual(
          expect.objectContaining({ tool: name, looks_like: 'read_file', level: 'major' }),
        );
        expect(fold.lookAlikeOf('files', 'READ_file')).toBe('read_file');
      }
      expect(shown(foldOf([saw(a), saw(alike, { server: 'mail' })]))).toEqual([]);
    },
  );

  it('look like none but the first that had the look', () => {
    const fold = foldOf([saw(a), saw(definition('reads', 'Read_File'))]);
    expect(['read_file', 'Read_File', 'read_files'].map((name) => fold.lookAlikeOf('files', name))).toEqual([
      undefined,
      'read_file',
      undefined,
    ]);
  });

  it('are shown with what keeps them in quarantine first, then with what was seen before; each the newest first', () => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => definition('first', name));
    const [x, y] = ['one', 'two'].map((name) => definition('x', name));
    const fold = foldOf([
      ...[one, two, three].map((of) => saw(of as Definition)),
      ...[x, y, definition('z', 'one'), definition('x', 'three')].map((of) => changed(of as Definition)),
      saw(three as Definition),
    ]);
    expect(waiting(fold)).toEqual([
      ['one', dataOf(definition('z', 'one')).digest],
      ['two', dataOf(y as Definition).digest],
      ['three', dataOf(definition('x', 'three')).digest],
      ['one', dataOf(x as Definition).digest],
    ]);
  });
});

/** Whether a definition was seen, or accepted by who may. */
const wasSaid = (log: readonly Fact[], of: Definition): boolean =>
  log.some(
    ({ subject, event: { type, data } }) =>
      data['digest'] === dataOf(of).digest &&
      data['tool'] === of['name'] &&
      (type === 'aegis.tool.accepted.v1' ? subject !== LOG : true),
  );

describe('who judges and who accepts, whatever two firewalls write of the same tools', () => {
  const definitions = ['read', 'Read', 're\u200bad', 'write'].flatMap((name) => [
    definition('one', name),
    definition('two', name),
    { ...definition('one', name), icons: [] },
  ]);
  const any = fc.constantFrom(...definitions);
  const facts: fc.Arbitrary<Fact[]> = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: any.map((of) => saw(of)) },
      {
        weight: 1,
        arbitrary: fc.tuple(any, any).map(([of, like]) => saw(of, { looks_like: String(like['name']) })),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(any, fc.constantFrom('major' as const, 'minor' as const))
          .map(([of, level]) => changed(of, level)),
      },
      { weight: 2, arbitrary: any.map((of) => accepted(dataOf(of))) },
      { weight: 1, arbitrary: any.map((of) => saw(of, { digest: dataOf(a).digest })) },
      { weight: 1, arbitrary: any.map((of) => ({ ...accepted(dataOf(of)), subject: LOG })) },
    ),
    { maxLength: 20 },
  );
  it('agree on what counts; what does not is shown, and counts for both once it is accepted', () => {
    fc.assert(
      fc.property(facts, (log) => {
        for (const of of definitions) {
          const [gate, approvals] = [foldOf(log, false), foldOf(log)];
          const judged = status(gate, of);
          expect(status(approvals, of)).toBe(judged);
          expect(judged === 'unknown').toBe(!wasSaid(log, of));
          const { tool, digest } = dataOf(of);
          const isShown = shown(approvals).some((one) => one?.tool === tool && one.digest === digest);
          expect(isShown).toBe(judged === 'waits');
          const after = [...log, accepted(dataOf(of))];
          expect([status(foldOf(after, false), of), status(foldOf(after), of)]).toEqual(['counts', 'counts']);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('show each definition as it was said, and those who judge keep none', () => {
    fc.assert(
      fc.property(facts, (log) => {
        for (const one of shown(foldOf(log))) expect(definitions).toContainEqual(one?.definition);
        expect(shown(foldOf(log, false)).every((one) => one === undefined)).toBe(true);
        expect(JSON.stringify([...foldOf(log, false).tools()])).not.toContain('description');
      }),
      { numRuns: 100 },
    );
  });
});
