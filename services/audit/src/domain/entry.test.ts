import { fixtureOf, messageOf } from '@aegis/contracts/testing/fixtures';
import { describe, expect, it } from 'vitest';
import { toEntry } from './entry.ts';

const storedAt = new Date();
const HOSTILE =
  'a\r\nb\u2028c\u2029d\u001b[31me\u009b31mf\u202eg\u0000h\u0085i\ud800j\u{e0041}k\u3164l\ufe0fm\u2800n';

describe('what is written for an event', () => {
  it('is one line, whatever a client writes into it, and reads back as it was written', () => {
    const data = { ...fixtureOf('aegis.audit.written.v1').data, note: HOSTILE };
    const { audit } = toEntry({ seq: 1, storedAt, ...messageOf('aegis.audit.written.v1', data) });
    expect(audit.endsWith('}\n')).toBe(true);
    expect(audit.slice(0, -1)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u);
    expect((JSON.parse(audit) as { note: string }).note).toBe(HOSTILE);
    expect(audit.startsWith('{"seq":1,')).toBe(true);
  });

  it('is a line in the approvals file too where it is about an approval', () => {
    const message = messageOf('aegis.approval.denied.v1');
    const { approval = '' } = toEntry({ seq: 3, storedAt, ...message });
    expect(Object.keys(JSON.parse(approval) as object)).toEqual([
      'status',
      'dry_run_id',
      'approval_id',
      'ts',
      'seq',
      'event_id',
      'type',
      'tool',
      'trace_id',
    ]);
    expect(JSON.parse(approval)).toMatchObject({
      status: 'denied',
      dry_run_id: message.event.data.approval.dry_run_id,
      seq: 3,
      event_id: message.event.id,
    });
  });

  it('is not in the approvals file where a client only says so', () => {
    const data = { ...fixtureOf('aegis.audit.written.v1').data, action: 'approval.approved' };
    const message = messageOf('aegis.audit.written.v1', data);
    expect(toEntry({ seq: 3, storedAt, ...message }).approval).toBeUndefined();
  });
});
