import { asFault } from './fault.ts';

/** What a person does, one thing at a time: is it under way, and why did the last try come to nothing? `after` each try. */
export function createDoing(after?: () => Promise<unknown>) {
  const doing = $state({ busy: false, problem: '', run });

  /** Whether it worked. Where something is under way already, nothing is done. */
  async function run(what: () => Promise<void>): Promise<boolean> {
    if (doing.busy) return false;
    doing.busy = true;
    doing.problem = '';
    try {
      await what();
      return true;
    } catch (thrown) {
      doing.problem = asFault(thrown).message;
      return false;
    } finally {
      doing.busy = false;
      await after?.();
    }
  }
  return doing;
}
