import type { Request, Response } from '../../wire/message.ts';
import { sayNo } from '../answers.ts';
import type { Disposition } from '../api.ts';
import type { Caller } from '../read/caller.ts';
import { cannotDecide, questionRefused } from '../sentences.ts';
import type { Why } from './judge-at-once.ts';

/** What goes wrong on the way to a judgement is a denial that says so. */
export function whyNot(judge: () => Why): Why {
  try {
    return judge();
  } catch (thrown) {
    return [cannotDecide(thrown)];
  }
}

/** A disposition whose answer the client gets only where what it asks of the client may be asked. */
export function withAnswerJudged(
  disposition: Disposition,
  { rawId, method }: Pick<Request, 'rawId' | 'method'>,
  { isModern }: Pick<Caller, 'isModern'>,
  judge: (response: Response) => Why,
): Disposition {
  if (disposition.type !== 'forward') return disposition;
  const { ended, passes = ended === undefined } = disposition;
  return {
    ...disposition,
    passes,
    ended(end) {
      const text = ended?.(end);
      if (end.type === 'lost') return text;
      const because = whyNot(() => judge(end.response));
      return because === undefined ? text : sayNo({ rawId, method }, isModern, questionRefused(because));
    },
  };
}
