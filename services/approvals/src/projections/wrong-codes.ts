import type { StoredApproval } from '@aegis/contracts/approvals';

/** What a wrong code for an approval is counted under: one denies it, or is one of the few before that. */
export const wrongCodeId = (approval: StoredApproval): string =>
  approval.status === 'pending'
    ? `${approval.approval_id} ${approval.wrong_codes ?? 0}`
    : approval.approval_id;

export type WrongCode = { atMs: number; source: string };

const KEPT_MS = 10 * 60_000;

/** The wrong codes of late, each under what it was given for, so that none is counted twice. */
export class WrongCodes {
  readonly #codes = new Map<string, WrongCode>();

  count(id: string, one: WrongCode): void {
    for (const [earlier, { atMs }] of this.#codes) {
      if (atMs < one.atMs - KEPT_MS) this.#codes.delete(earlier);
    }
    this.#codes.set(id, one);
  }

  since(sinceMs: number): readonly WrongCode[] {
    return [...this.#codes.values()].filter((one) => one.atMs > sinceMs);
  }
}
