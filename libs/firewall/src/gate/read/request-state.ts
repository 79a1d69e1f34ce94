import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

const PREFIX = 'aegis1.';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** A state that is longer was not made here: the longest holds what an upstream may want kept, and little more. */
const MAX_STATE = 200_000;

/** What both kinds are bound to: one call, by its digest, of one principal to one server. */
const bound = {
  /** Of a call that goes on, as it was at first: each round has answers of its own. */
  call_digest: z.string(),
  principal: z.string(),
  server: z.string(),
  approval_id: z.string(),
  expires_ms: z.number(),
};

const Asked = z.strictObject({
  type: z.literal('asked'),
  ...bound,
  /** How many unfinished results the client has had of us for this call, this one included. */
  round: z.int().min(1),
  /** What the client had brought for the upstream when it was asked, as it was written. */
  upstream_state: z.string().optional(),
  upstream_responses: z.string().optional(),
});
/** The client waits for an approval. */
export type AskedState = z.infer<typeof Asked>;

const Continues = z.strictObject({
  type: z.literal('continues'),
  ...bound,
  /** The call that the upstream did not finish. */
  call_id: z.string(),
  /** Which further round of its call this is. */
  round: z.int().min(1),
  instance: z.string(),
  /** Good once, for the run of the firewall that made it. */
  nonce: z.string(),
  upstream_state: z.string().optional(),
});
/** An approved call that the upstream answered with questions of its own. */
export type ContinuesState = z.infer<typeof Continues>;

const State = z.discriminatedUnion('type', [Asked, Continues]);
export type RequestState = z.infer<typeof State>;

/** Makes and reads the `requestState` that a client carries for us. It can neither read nor change it. */
export type Seal = ReturnType<typeof createSeal>;

/** The key of {@link createSeal} that belongs to an nkey seed: the same in each process that may use the seed. */
export const sealSecret = (seed: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', seed, '', 'aegis request state', KEY_BYTES));

/** Whether this state is one of ours, or pretends to be. An upstream's own goes through untouched. */
export const isOurs = (state: unknown): state is string =>
  typeof state === 'string' && state.startsWith(PREFIX);

/** Seals with AES-256-GCM. Without a secret, what is sealed is good in this process only. */
export function createSeal(secret: Uint8Array = randomBytes(KEY_BYTES)) {
  if (secret.length !== KEY_BYTES) throw new RangeError(`secret: expected ${KEY_BYTES} bytes`);
  const read = (sealed: string): unknown => {
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return JSON.parse(Buffer.concat([text, decipher.final()]).toString());
  };
  return {
    seal(state: RequestState): string {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES });
      const text = Buffer.concat([cipher.update(JSON.stringify(state)), cipher.final()]);
      return PREFIX + Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url');
    },
    /** Undefined for what was not sealed with this secret, or is past its time. */
    open(sealed: string, now: Date): RequestState | undefined {
      if (!isOurs(sealed) || sealed.length > MAX_STATE) return undefined;
      try {
        const state = State.safeParse(read(sealed));
        return state.success && now.getTime() < state.data.expires_ms ? state.data : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
