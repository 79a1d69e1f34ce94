import { describe, expect, it } from 'vitest';
import { type FirstApprover, type FirstApproverCommand, firstApprover } from './first-approver.ts';

const now = new Date('2026-01-01T00:00:00Z');
const until = new Date('2026-01-01T00:10:00Z');
const digest = (n: number): string => `sha256:${String(n).repeat(64)}`;
const circumstances = { now, notNeeded: undefined };
const invite = (n: number, more: object = {}) =>
  ({
    ...circumstances,
    type: 'invite',
    tokenDigest: digest(n),
    askedBy: 'os-user:me',
    until,
    ...more,
  }) as const;
const become = (n: number, more: object = {}) =>
  ({
    ...circumstances,
    type: 'become',
    tokenDigest: digest(n),
    name: 'ada',
    key: digest(9),
    ...more,
  }) as const;

/** What the commands come to, one after another; each that happens changes what the next finds. */
function after(...commands: FirstApproverCommand[]) {
  let state: FirstApprover | undefined;
  return commands.map((command) => {
    const decision = firstApprover.decide(command, state);
    if ('event' in decision) state = firstApprover.evolve(state, decision.event);
    return 'event' in decision ? decision.event.type : (decision.fault ?? decision.because);
  });
}

describe('a link', () => {
  it('makes an approver with the role admin, who is on record with who made the link', () => {
    const [, happened] = [invite(1), become(1)].map((command, n) =>
      firstApprover.decide(
        command,
        n === 0
          ? undefined
          : {
              type: 'aegis.approver.invited.v1',
              data: { token_digest: digest(1), asked_by: 'os-user:me', until: until.toISOString() },
            },
      ),
    );
    expect(happened).toEqual({
      event: {
        type: 'aegis.approver.added.v1',
        data: { name: 'ada', roles: ['admin'], key: digest(9), by: 'approve-here', asked_by: 'os-user:me' },
      },
    });
  });

  it('is opened once', () => {
    expect(after(invite(1), become(1), become(1)).at(-1)).toBe('unauthorized');
  });

  it('is worth nothing once another one was made', () => {
    expect(after(invite(1), invite(2), become(1), become(2)).slice(2)).toEqual([
      'unauthorized',
      'aegis.approver.added.v1',
    ]);
  });

  it('is worth nothing after its time, and neither is one that nobody made', () => {
    expect(after(invite(1), become(1, { now: until })).at(-1)).toBe('unauthorized');
    const tooEarly = new Date('2025-12-31T23:59:59Z');
    expect(after(invite(1), become(1, { now: tooEarly })).at(-1)).toBe('unauthorized');
    expect(after(become(1))).toEqual(['unauthorized']);
    expect(after(invite(1), become(2)).at(-1)).toBe('unauthorized');
  });

  it('is not made, and opens nothing, where somebody can approve by now', () => {
    const notNeeded = 'ada can approve';
    expect(after(invite(1, { notNeeded }))).toEqual([notNeeded]);
    expect(after(invite(1), become(1, { notNeeded })).at(-1)).toBe('already_decided');
  });

  it('makes nobody an approver who could not decide the calls of this machine', () => {
    for (const name of ['me', 'Me', 'ME']) {
      expect(after(invite(1), become(1, { name })).at(-1)).toBe('invalid_request');
    }
  });

  it('makes another one where the one who was added is gone again', () => {
    expect(after(invite(1), become(1), invite(2), become(2)).at(-1)).toBe('aegis.approver.added.v1');
  });
});
