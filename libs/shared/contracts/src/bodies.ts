import { hash } from 'node:crypto';
import { isObject } from '@aegis/kit/json';
import { z } from 'zod';
import { Call, Digest } from './call.ts';
import { whole } from './tolerant.ts';

/** Bytes of JSON that arguments may have in an event; larger ones are stored once, by their digest. */
export const MAX_INLINE_BYTES = 65_536;
/** As much as a list shows of a call. */
const BEGINS_CHARS = 200;

/** A body that stands elsewhere. */
export const BodyRef = z.strictObject({
  digest: Digest.describe('SHA-256 of its JSON text, by which it is stored'),
  bytes: z.int().min(1).describe('of that text'),
  begins: z.string().max(BEGINS_CHARS).describe('the beginning of it, for lists'),
});
export type BodyRef = z.infer<typeof BodyRef>;

/** What stands in the place of arguments and of input that are larger than {@link MAX_INLINE_BYTES}. */
export const APART = {
  args_body: BodyRef.optional().describe('in place of `args`, where they are large'),
  input_body: BodyRef.optional().describe('in place of `input`, where it is large'),
};
const PARTS = ['args', 'input'] as const;
type Members = Record<string, unknown>;
type Holder = { args?: Members | undefined; input?: Members | undefined };
type Apart = { args_body?: BodyRef | undefined; input_body?: BodyRef | undefined };

/** One of two that say different things would be overlooked. */
export const isEither = (holder: Partial<Record<string, unknown>>): boolean =>
  PARTS.every((part) => holder[part] === undefined || holder[`${part}_body`] === undefined);

/** A call as events have it. */
export const StoredCall = whole(z.strictObject({ ...Call.shape, ...APART }).refine(isEither));
export type StoredCall = z.infer<typeof StoredCall>;

/** A body as it is stored. */
export const Body = z.strictObject({
  digest: BodyRef.shape.digest,
  bytes: BodyRef.shape.bytes,
  body: z.unknown().describe('the arguments or the input, as they came'),
});
export type Body = { readonly digest: string; readonly bytes: number; readonly body: Members };

const digestOfText = (text: string): string => `sha256:${hash('sha256', text, 'hex')}`;

/** Whether a body is the one that its digest names. */
export const isItsDigest = ({ digest, body }: z.infer<typeof Body>): boolean =>
  isObject(body) && digestOfText(JSON.stringify(body)) === digest;

type Weighed = { readonly ref: BodyRef; readonly body: Body } | 'small';
/** What is large is written out once, however often its approval changes. */
const weighed = new WeakMap<Members, Weighed>();

function weigh(value: Members): Weighed {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_INLINE_BYTES) return 'small';
  const digest = digestOfText(text);
  const begins = text.slice(0, BEGINS_CHARS).toWellFormed();
  return { ref: { digest, bytes, begins }, body: { digest, bytes, body: value } };
}

function weighOnce(value: Members): Weighed {
  const known = weighed.get(value) ?? weigh(value);
  weighed.set(value, known);
  return known;
}

/** What an event says of arguments and input: large ones by reference, and `bodies`, what has to be stored before it. */
export function setApart<H extends Holder>(holder: H): { stored: H & Apart; bodies: readonly Body[] } {
  const stored: H & Apart = { ...holder };
  const bodies: Body[] = [];
  for (const part of PARTS) {
    const value = holder[part];
    const one = value === undefined ? 'small' : weighOnce(value);
    if (one === 'small') continue;
    delete stored[part];
    stored[`${part}_body`] = one.ref;
    bodies.push(one.body);
  }
  return { stored, bodies };
}

/** The same with all of it in its place. */
export type Joined<H> = Omit<H, keyof Apart>;

/** Puts in its place what an event has by reference. `read` throws where it can't be had whole. */
export async function joinApart<H extends Holder & Apart>(
  { args_body, input_body, ...rest }: H,
  read: (ref: BodyRef) => Promise<Members>,
): Promise<Joined<H>> {
  const [args, input] = await Promise.all([args_body && read(args_body), input_body && read(input_body)]);
  return { ...rest, ...(args && { args }), ...(input && { input }) };
}
