import { randomBytes } from 'node:crypto';
import { codeDigest, compareCode } from './code-digest.ts';

/** Without 0 and O, 1 and I: whoever hears or reads one writes it as it was meant. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const LENGTH = 8;

/** 40 bits: a code for one approval, for some minutes. */
export const makeOneTimeCode = (): string =>
  Array.from(randomBytes(LENGTH), (byte) => LETTERS[byte % LETTERS.length]).join('');

/** As it was drawn, however it was spoken: small letters, blanks and hyphens are one's own business. */
const asDrawn = (given: string): string => given.replace(/[\s-]/g, '').toUpperCase();

/** One for each approval, so that nobody finds out that two have the same code. */
const ofApproval = (approvalId: string, code: string): string => `${approvalId} ${code}`;

/** What is kept of it. */
export const oneTimeDigest = (approvalId: string, code: string): string =>
  codeDigest(ofApproval(approvalId, code));

/** Whether what was given is the code that this is kept of. */
export const compareOneTimeCode = (approvalId: string, given: string): Promise<(digest: string) => boolean> =>
  compareCode(ofApproval(approvalId, asDrawn(given)));
