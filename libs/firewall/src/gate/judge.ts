import type { Call, ClientInfo } from '@aegis/contracts/call';
import { createInputSeen, evaluate, looksAt, type OwnReach, type PolicyCall } from '@aegis/policy-engine';
import type { ActivePolicy, PolicyReplica } from '@aegis/replicas/policy';
import type { Definition } from '@aegis/replicas/tools';
import { ambiguity } from '../wire/ambiguity.ts';
import type { Request } from '../wire/message.ts';
import { BY_DEFAULT, isUnspoken, type Ruling, stricter } from './by-default.ts';
import type { Definitions, ToolLookup } from './pins/definitions.ts';
import { type Caller, envelopeFor } from './read/caller.ts';
import { strangers } from './read/input.ts';
import type { RequestedCall } from './read/named.ts';
import { noSuchTool } from './sentences.ts';

/** What the policy in force and the tool's definition mean for a call, before anybody is asked. */
export type Judgement = {
  readonly decision: 'allow' | 'review' | 'deny';
  readonly reasons: string[];
  /** Reasons to ask a person whatever the rules say. */
  readonly reviewBecause: string[];
  readonly ruling: Ruling;
  readonly policy: ActivePolicy['published'];
  readonly ruledAt: Date;
  readonly call: Call;
  /** The tool's, where it is known. */
  readonly definition: Definition | undefined;
  /** Whether the rules that were asked look at this member of what is sent besides the arguments. */
  readonly isSeen: (path: readonly string[]) => boolean;
};

export type Judge = (
  request: Request,
  requested: RequestedCall,
  caller: Caller,
  client: ClientInfo | undefined,
) => Promise<Judgement>;

export type JudgeDeps = {
  readonly server: string;
  readonly principal: string;
  readonly replica: Pick<PolicyReplica, 'active'>;
  readonly definitions: Pick<Definitions, 'of'>;
  readonly own: OwnReach;
  readonly now: () => Date;
};

type Ruled = {
  readonly asked: PolicyCall;
  readonly ruling: Ruling;
  readonly active: ActivePolicy;
  readonly ruledAt: Date;
};

/** A look at the definition that took no longer changes nothing: what a call reaches is not looked for twice. */
const AT_ONCE_MS = 100;
const NO_DEFINITION: ToolLookup = { type: 'unlisted' };

/** Judges calls by the policy that this process follows. @throws AppError where it can't judge now */
export function createJudge({ server, principal, replica, definitions, own, now }: JudgeDeps): Judge {
  const rule = ({ params }: Request, requested: RequestedCall, client: ClientInfo | undefined): Ruled => {
    const active = replica.active();
    const ruledAt = now();
    const { tool, args, input, door, filledIn, isKnown = false } = requested;
    const asked: PolicyCall = { tool, args, input, server, principal, client, door, at: ruledAt };
    // All that came, and not only what rules see of it.
    const byName: Ruling = evaluate(active.compiled, asked, { own, request: params });
    const ruling =
      filledIn === undefined
        ? byName
        : stricter(byName, evaluate(active.compiled, { ...asked, door: filledIn }, { own }));
    return { asked, ruling: isKnown && isUnspoken(ruling) ? BY_DEFAULT : ruling, active, ruledAt };
  };

  const toCall = ({ tool, args, input }: RequestedCall, ruling: Ruling, definition: ToolLookup): Call => ({
    tool,
    op: ruling.op,
    amount_cents: ruling.amount_cents,
    args,
    ...(input === undefined ? {} : { input }),
    server,
    ...(definition.type === 'listed' ? { definition_digest: definition.digest } : {}),
    principal,
  });

  const judgement = (
    requested: RequestedCall,
    { asked, ruling, active, ruledAt }: Ruled,
    definition: ToolLookup,
    more: Partial<Pick<Judgement, 'decision' | 'reasons' | 'reviewBecause'>> = {},
  ): Judgement => ({
    ruling,
    policy: active.published,
    ruledAt,
    decision: ruling.decision,
    reasons: ruling.reasons,
    reviewBecause: [],
    call: toCall(requested, ruling, definition),
    definition: definition.type === 'listed' ? definition.definition : undefined,
    isSeen: createInputSeen(active.compiled, asked, ruling),
    ...more,
  });

  return async (request, requested, caller, client) => {
    const first = rule(request, requested, client);
    if (first.ruling.decision === 'deny') return judgement(requested, first, NO_DEFINITION);
    const { name } = requested;
    const asking = { isModern: caller.isModern, envelope: envelopeFor(request.params) };
    const definition = name === undefined ? NO_DEFINITION : await definitions.of(name, asking);
    // The list may have taken its time, and the policy may be another one by now.
    const isStill =
      replica.active() === first.active && now().getTime() - first.ruledAt.getTime() < AT_ONCE_MS;
    const ruled = isStill ? first : rule(request, requested, client);
    if (ruled.ruling.decision === 'deny') return judgement(requested, ruled, definition);
    if (definition.type === 'unknown' && name !== undefined) {
      return judgement(requested, ruled, definition, {
        decision: 'deny',
        reasons: [noSuchTool(server, name)],
      });
    }
    const { ruling } = ruled;
    const isSeen = createInputSeen(ruled.active.compiled, ruled.asked, ruling);
    const reviewBecause = [
      // The policy service may see less of the request, so it is told what is for a person here.
      ...(ruling.built_in === undefined ? [] : ruling.reasons.slice(-1)),
      ...(definition.type === 'listed' && definition.because !== undefined ? [definition.because] : []),
      ...(definition.type === 'unlisted' && name !== undefined
        ? ["the server does not list its tools, so this one's definition is not known"]
        : []),
      ...(looksAt(ruled.active.compiled).arguments && ambiguity(request) !== undefined
        ? ['the arguments have keys that differ only by case or by characters that nobody sees']
        : []),
      ...strangers(requested, isSeen),
    ];
    if (reviewBecause.length === 0) return judgement(requested, ruled, definition);
    const reasons = [...new Set([...ruling.reasons, ...reviewBecause])];
    return judgement(requested, ruled, definition, { decision: 'review', reasons, reviewBecause });
  };
}
