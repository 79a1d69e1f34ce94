import { describe, expect, it } from 'vitest';
import { createSeal, isOurs, type RequestState, sealSecret } from './request-state.ts';

const NOW = new Date('2030-01-01T12:00:00Z');
const STATE: RequestState = {
  type: 'asked',
  call_digest: 'sha256:1',
  principal: 'os-user:ann',
  server: 'files',
  approval_id: 'apr_1',
  expires_ms: NOW.getTime() + 1_000,
  round: 1,
  upstream_state: '"\\u0061"',
};

describe('the state that a client carries for us', () => {
  const seal = createSeal(sealSecret(Buffer.from('seed')));

  it('comes back as it was, and shows nothing on the way', () => {
    const sealed = seal.seal(STATE);
    expect(seal.open(sealed, NOW)).toEqual(STATE);
    expect(isOurs(sealed)).toBe(true);
    expect(Buffer.from(sealed.slice(7), 'base64url').toString('latin1')).not.toContain('ann');
    expect(seal.seal(STATE)).not.toBe(sealed);
  });

  it('is good in every process with the same seed, and in no other', () => {
    const sealed = seal.seal(STATE);
    expect(createSeal(sealSecret(Buffer.from('seed'))).open(sealed, NOW)).toEqual(STATE);
    expect(createSeal(sealSecret(Buffer.from('other'))).open(sealed, NOW)).toBeUndefined();
    expect(createSeal().open(sealed, NOW)).toBeUndefined();
  });

  it('runs out', () => {
    const sealed = seal.seal(STATE);
    expect(seal.open(sealed, new Date(STATE.expires_ms))).toBeUndefined();
  });

  it('opens nothing where a single character was changed', () => {
    const sealed = seal.seal(STATE);
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const changed = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`;
      const opened = seal.open(changed, NOW);
      // The last character of base64url may have bits that mean nothing.
      if (opened !== undefined) expect(at).toBe(sealed.length - 1);
    }
  });

  it.each(['', 'aegis1.', 'aegis1.AAAA', 'v1.abc.def', `aegis1.${'A'.repeat(300_000)}`])(
    '%.20j is none of ours',
    (text) => {
      expect(seal.open(text, NOW)).toBeUndefined();
    },
  );
});
