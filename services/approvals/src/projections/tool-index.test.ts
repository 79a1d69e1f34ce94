import { createEvent } from '@aegis/contracts/create-event';
import { definitionStatus } from '@aegis/replicas/tools';
import { silentLog } from '@aegis/testkit/bus';
import { describe, expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { ToolIndex } from './tool-index.ts';

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
let unreadable = 0;
const given = (...facts: [subject: string, event: ReturnType<typeof isSeen>][]): ToolIndex => {
  const index = new ToolIndex(silentLog);
  unreadable = 0;
  facts.forEach(([subject, event], i) => {
    if (index.apply({ seq: i + 1, subject, event, storedAt: new Date(time) }) === 'unreadable') unreadable++;
  });
  return index;
};
const waiting = (index: ToolIndex) => index.quarantined().map(({ tool }) => tool.tool);

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
    expect(unreadable).toBe(0);
  });

  it('of two servers are apart', () => {
    const index = given([LOG, isSeen()], ['aegis.log.tool.mail', isSeen(seen(B.definition, 'mail'))]);
    expect(index.quarantined()).toEqual([]);
    expect(index.get('mail', 'read_file')?.latest).toBe(B.digest);
  });

  it('have definitions by the name that rules have for them', () => {
    const index = given([LOG, isSeen()], [LOG, isChanged()]);
    expect(index.definitionOf('files', 'files.read_file', A.digest)).toEqual(A.definition);
    expect(index.definitionOf('files', 'files.read_file', B.digest)).toEqual(B.definition);
    expect(index.definitionOf('mail', 'mail.read_file', B.digest)).toBeUndefined();
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
    expect(index.get('files', 'read_file')).toEqual(before.get('files', 'read_file'));
    expect(unreadable).toBe(1);
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
      expect(index.get('files', 'read_file')).toEqual(before.get('files', 'read_file'));
      expect(unreadable).toBe(0);
    }
  });

  it.each(['READ_FILE', 'read_file\u200b', 'ｒead_file'])(
    'are in quarantine where they look alike: %j',
    (name) => {
      const alike = seen(definition('reads', name));
      const index = given([LOG, isSeen()], [LOG, isSeen(alike)]);
      expect(index.quarantined().map(({ tool }) => tool)).toEqual([
        expect.objectContaining({ tool: name, looksLike: 'read_file' }),
      ]);
      expect(definitionStatus(index.get('files', name), alike.digest)).toBe('waits');
      expect(
        given(['aegis.log.tool.mail', isSeen(seen(definition('reads', name), 'mail'))]).quarantined(),
      ).toEqual([]);
    },
  );
});
