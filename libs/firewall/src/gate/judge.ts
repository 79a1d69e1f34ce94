import type { Call, ClientInfo } from '@aegis/contracts/call';
import { type Decision, evaluate, looksAt, type PolicyCall } from '@aegis/policy-engine';
import type { ActivePolicy, PolicyReplica } from '@aegis/replicas/policy';
import { ambiguity } from '../wire/ambiguity.ts';
import type { Request } from '../wire/message.ts';
import type { Definition, Definitions } from './pins/definitions.ts';
import type { Asked } from './read/call.ts';
import { type Caller, envelopeFor } from './read/era.ts';
import { noSuchTool } from './sentences.ts';

/** What the policy in force and the tool's definition mean for a call, before anybody is asked. */
export type Judged = {
  readonly decision: 'allow' | 'review' | 'deny';
  readonly reasons: string[];
  /** Reasons to ask a person whatever the rules say. */
  readonly reviewBecause: string[];
  readonly ruling: Decision;
  readonly policy: ActivePolicy['published'];
  readonly ruledAt: Date;
  readonly call: Call;
};

export type Judge = (
  request: Request,
  asked: Asked,
  caller: Caller,
  client: ClientInfo | undefined,
) => Promise<Judged>;

export type JudgeDeps = {
  readonly server: string;
  readonly principal: string;
  readonly replica: Pick<PolicyReplica, 'active'>;
  readonly definitions: Pick<Definitions, 'of'>;
  readonly now: () => Date;
};

type Ruled = {
  readonly ruling: Decision;
  readonly active: ActivePolicy;
  readonly ruledAt: Date;
};

const NO_DEFINITION: Definition = { type: 'unlisted' };

/** Judges calls by the policy that this process follows. @throws AppError where it can't judge now */
export function createJudge({ server, principal, replica, definitions, now }: JudgeDeps): Judge {
  const rule = (asked: Asked, client: ClientInfo | undefined): Ruled => {
    const active = replica.active();
    const ruledAt = now();
    const { tool, args, door } = asked;
    const call: PolicyCall = { tool, args, server, principal, client, door, at: ruledAt };
    return { ruling: evaluate(active.compiled, call), active, ruledAt };
  };

  const toCall = ({ tool, args }: Asked, ruling: Decision, definition: Definition): Call => ({
    tool,
    ...(ruling.op === undefined ? {} : { op: ruling.op }),
    ...(ruling.amount_cents === undefined ? {} : { amount_cents: ruling.amount_cents }),
    ...(args === undefined ? {} : { args }),
    server,
    ...(definition.type === 'listed' ? { definition_digest: definition.digest } : {}),
    principal,
  });

  const judged = (
    asked: Asked,
    { ruling, active, ruledAt }: Ruled,
    definition: Definition,
    more: Partial<Pick<Judged, 'decision' | 'reasons' | 'reviewBecause'>> = {},
  ): Judged => ({
    ruling,
    policy: active.published,
    ruledAt,
    decision: ruling.decision,
    reasons: ruling.reasons,
    reviewBecause: [],
    call: toCall(asked, ruling, definition),
    ...more,
  });

  return async (request, asked, caller, client) => {
    const first = rule(asked, client);
    if (first.ruling.decision === 'deny') return judged(asked, first, NO_DEFINITION);
    const { name } = asked;
    const asking = { isModern: caller.isModern, envelope: envelopeFor(request.params) };
    const definition = name === undefined ? NO_DEFINITION : await definitions.of(name, asking);
    // The list may have taken its time, and the policy may be another one by now.
    const ruled = rule(asked, client);
    if (ruled.ruling.decision === 'deny') return judged(asked, ruled, definition);
    if (definition.type === 'unknown' && name !== undefined) {
      return judged(asked, ruled, definition, { decision: 'deny', reasons: [noSuchTool(server, name)] });
    }
    const reviewBecause = [
      ...(definition.type === 'listed' && definition.because !== undefined ? [definition.because] : []),
      ...(definition.type === 'unlisted' && name !== undefined
        ? ["the server does not list its tools, so this one's definition is not known"]
        : []),
      ...(looksAt(ruled.active.compiled).arguments && ambiguity(request) !== undefined
        ? ['the arguments have keys that differ only by case or by characters that nobody sees']
        : []),
    ];
    if (reviewBecause.length === 0) return judged(asked, ruled, definition);
    const reasons = [...ruled.ruling.reasons, ...reviewBecause];
    return judged(asked, ruled, definition, { decision: 'review', reasons, reviewBecause });
  };
}
