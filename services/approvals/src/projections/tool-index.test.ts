import { hash } from 'node:crypto';
import { createEvent } from '@aegis/contracts/create-event';
import { describe, expect, it } from 'vitest';
import { standingOf } from '../domain/tool-definitions.ts';
import { definition, seen } from '../testkit/definitions.ts';
import { ToolIndex, toolKey } from './tool-index.ts';

const A = seen(definition('reads'));
const B = seen(definition('reads and sends'));
const time = '2026-01-01T00:00:00.000Z';
const isSeen = (data = A) => createEvent({ type: 'aegis.tool.seen.v1', source: 'mcp', time, data });
const isChanged = (data = B) =>
  createEvent({ type: 'aegis.tool.changed.v1', source: 'mcp', time, data: { ...data, level: 'major' } });
const isAccepted = ({ server, tool, digest } = B) =>
  createEvent({
    type: 'aegis.tool.accepted.v1',
    source: 'approvals',
    time,
    data: { server, tool, digest, accepted_by: 'approval-code' },
  });

const LOG = 'aegis.log.tool.files';
const given = (...facts: [subject: string, event: ReturnType<typeof isSeen>][]): ToolIndex => {
  const index = new ToolIndex();
  facts.forEach(([subject, event], i) => {
    index.apply({ seq: i + 1, subject, event, storedAt: new Date(time) });
  });
  return index;
};
const waiting = (index: ToolIndex) => index.quarantined().map(({ tool }) => tool);

describe('the tools that the log knows of', () => {
  it('are those in quarantine, the newest first, and free once accepted', () => {
    const other = [seen(definition('a', 'other')), seen(definition('b', 'other'))] as const;
    const facts: Parameters<typeof given> = [
      [LOG, isSeen()],
      [LOG, isSeen(other[0])],
      [LOG, isChanged()],
      [LOG, isChanged(other[1])],
    ];
    expect(waiting(given(...facts))).toEqual(['other', 'read_file']);
    const index = given(...facts, [`${LOG}.accepted`, isAccepted()]);
    expect(waiting(index)).toEqual(['other']);
    expect(index.countingFor(B.digest)?.tool).toBe('read_file');
    expect(index.unreadable).toBe(0);
  });

  it('of two servers are apart', () => {
    const index = given([LOG, isSeen()], ['aegis.log.tool.mail', isSeen(seen(B.definition, 'mail'))]);
    expect(index.quarantined()).toEqual([]);
    expect(index.get(toolKey('mail', 'read_file'))?.latest).toBe(B.digest);
  });

  it.each([
    ['an acceptance where the definitions are written', LOG, isAccepted()],
    ["an acceptance on another server's subject", 'aegis.log.tool.mail.accepted', isAccepted()],
    ["a definition on another server's subject", 'aegis.log.tool.mail', isChanged()],
    ['a definition where acceptances are written', `${LOG}.accepted`, isChanged()],
    ['an event of another kind', LOG, { ...isSeen(), type: 'aegis.audit.written.v1' }],
  ])('take no %s', (_, subject, event) => {
    const before = given([LOG, isSeen()], [LOG, isChanged()]);
    const index = given([LOG, isSeen()], [LOG, isChanged()], [subject, event]);
    expect(index.quarantined()).toEqual(before.quarantined());
    expect(index.get(toolKey('files', 'read_file'))).toEqual(before.get(toolKey('files', 'read_file')));
    expect(index.unreadable).toBe(1);
  });

  it('take no definition that can not be shown as what its digest stands for', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 300; i++) deep = [deep];
    const before = given([LOG, isSeen()]);
    for (const data of [
      seen({ ...definition('deep'), deep }),
      { ...B, digest: seen(definition('x')).digest },
    ]) {
      const index = given([LOG, isSeen()], [LOG, isChanged(data)]);
      expect(index.get(toolKey('files', 'read_file'))).toEqual(before.get(toolKey('files', 'read_file')));
      expect(index.unreadable).toBe(0);
    }
  });

  it('take a definition that has no canonical form by the digest of its text', () => {
    const odd = definition('half \ud800');
    const digest = `sha256:${hash('sha256', JSON.stringify(odd), 'hex')}`;
    const index = given([LOG, isSeen()], [LOG, isChanged({ ...B, definition: odd, digest })]);
    expect(index.quarantined().map(({ latest }) => latest)).toEqual([digest]);
  });

  it.each(['READ_FILE', 'read_file\u200b', 'ｒead_file'])(
    'are in quarantine where they look alike: %j',
    (name) => {
      const index = given([LOG, isSeen()], [LOG, isSeen(seen(definition('reads', name)))]);
      expect(index.quarantined()).toEqual([expect.objectContaining({ tool: name, looksLike: 'read_file' })]);
      expect(
        given(['aegis.log.tool.mail', isSeen(seen(definition('reads', name), 'mail'))]).quarantined(),
      ).toEqual([]);
    },
  );
});

const standing = (index: ToolIndex, { server, tool, digest } = B) =>
  standingOf(index.get(toolKey(server, tool)), digest);
const looking = (first: string, second: string): ToolIndex =>
  given([LOG, isSeen(seen(definition('reads', first)))], [LOG, isSeen(seen(definition('reads', second)))]);

/** What the firewall in the path makes of the same events stands in its `pins.test.ts`. */
describe('where this fold and that of the firewall differ', () => {
  it('a mark behind an invisible character makes no other name', () => {
    expect(waiting(looking('lire_cl\u00e9', 'lire_cle\u200b\u0301'))).toEqual(['lire_cle\u200b\u0301']);
  });

  it('a long name of full-width letters looks like the same one in ASCII', () => {
    expect(waiting(looking('a'.repeat(300), '\uff41'.repeat(300)))).toEqual(['\uff41'.repeat(300)]);
  });

  it('what an approver accepted counts, also where nobody saw it before', () => {
    expect(standing(given([`${LOG}.accepted`, isAccepted()]))).toBe('counts');
  });

  it('a second first definition is on record, so that it can be accepted', () => {
    expect(standing(given([LOG, isSeen()], [LOG, isSeen(B)]))).toBe('waits');
  });

  it('a change of a tool that nobody saw before is on record, so that it can be accepted', () => {
    expect(standing(given([LOG, isChanged()]))).toBe('waits');
  });

  it('a definition that is not what its digest stands for counts for nothing', () => {
    expect(standing(given([LOG, isSeen({ ...A, definition: B.definition })]), A)).toBe('unknown');
  });

  it.fails('what still waits is shown, also where another firewall saw the old definition meanwhile', () => {
    expect(waiting(given([LOG, isSeen()], [LOG, isChanged()], [LOG, isSeen()]))).toEqual(['read_file']);
  });
});
