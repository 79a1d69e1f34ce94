import type { RequestContext } from '@aegis/bus';
import {
  type CheckReply,
  type CheckRequest,
  MOST_CHECKS,
  policyCheck,
  policyChecks,
} from '@aegis/contracts/decision';
import { type Asking, contextOf } from '../http/request-context.ts';
import type { HttpDeps } from '../http-deps.ts';

type Asked = {
  readonly question: CheckRequest;
  readonly context: RequestContext;
  readonly resolve: (reply: CheckReply | Promise<CheckReply>) => void;
};

/** Asks what the policy says of one call. */
export type AskCheck = (question: CheckRequest, request: Asking) => Promise<CheckReply>;

/**
 * Has the policy asked about calls that come in the same turn of the event loop in one message: the two messages of a
 * question cost more than its answer. Nobody's question fails by another's: where they are not answered together, each is
 * asked alone.
 */
export function createAskCheck({ bus, config }: Pick<HttpDeps, 'bus' | 'config'>): AskCheck {
  let waiting: Asked[] = [];
  const alone = ({ question, context, resolve }: Asked): void =>
    resolve(bus.ask(policyCheck, question, context));
  const together = async (asked: readonly Asked[], { context }: Asked): Promise<void> => {
    const checks = asked.map(({ question }) => question);
    const { replies } = await bus.ask(policyChecks, { checks }, context).catch(() => ({ replies: [] }));
    for (const [i, one] of asked.entries()) {
      const reply = replies[i];
      if (reply === undefined) alone(one);
      else one.resolve(reply);
    }
  };
  const send = (): void => {
    const [first, ...others] = waiting;
    waiting = [];
    if (first === undefined) return;
    if (others.length === 0) alone(first);
    else void together([first, ...others], first);
  };
  return (question, request) => {
    const context = contextOf(request, config.REQUEST_TIMEOUT_MS);
    // A trace belongs to one question.
    if (context.traceparent !== undefined) return bus.ask(policyCheck, question, context);
    const { promise, resolve } = Promise.withResolvers<CheckReply>();
    if (waiting.length === 0) setImmediate(send);
    waiting.push({ question, context, resolve });
    if (waiting.length === MOST_CHECKS) send();
    return promise;
  };
}
