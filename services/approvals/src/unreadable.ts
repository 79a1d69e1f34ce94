import type { Approval } from '@aegis/contracts/approvals';
import { AppError } from '@aegis/kit/errors';

/** What is on record can't be read back, and will not be by asking again; `rest` is what can be, without its arguments. */
export class UnreadableError extends AppError {
  readonly rest: Approval | undefined;

  constructor(detail: string, rest?: Approval) {
    super('storage_unavailable', detail);
    this.rest = rest;
  }
}
