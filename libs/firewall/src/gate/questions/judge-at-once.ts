import { type Call, ToolName } from '@aegis/contracts/call';
import { recordCall } from '@aegis/contracts/call-digest';
import type { Caller } from '@aegis/kit/allowance';
import { type JsonMembers, MAX_DEPTH } from '@aegis/kit/json';
import { evaluate } from '@aegis/policy-engine';
import { ambiguity } from '../../wire/ambiguity.ts';
import type { Message } from '../../wire/message.ts';
import type { GateOptions } from '../api.ts';
import type { Ruling } from '../by-default.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import { isDeeper, recordedValue } from '../read/recorded-value.ts';
import type { Who } from '../record/recorder.ts';

/** What does not wait for a person, because nobody could be told to wait, or because others wait for it. */
export type Said = {
  /** As rules name it, such as `server:roots/list`. */
  readonly name: string;
  readonly params: JsonMembers | undefined;
  readonly client: Who['client'];
  /** Whether the server says it, and not the client. */
  readonly isOfServer: boolean;
  /** What it stands in. */
  readonly message: Message;
};

export type AtOnceDeps = {
  readonly parts: Pick<FirewallParts, 'replica' | 'recorder' | 'own' | 'now'>;
  readonly options: Pick<GateOptions, 'server' | 'principal' | 'via' | 'record'>;
};

/** Why something goes no further; undefined where it may. */
export type Why = string[] | undefined;

const CAN_NOT_RECORD = 'it can not be recorded now: too much of this kind came, or waits to be stored';

export const denied = (reason: string, more: Pick<Ruling, 'built_in' | 'rule'> = {}): Ruling => ({
  ...more,
  decision: 'deny',
  allowed: false,
  approval_required: false,
  reasons: [reason],
});

/** Judges and records what is not asked of a person. `settle` makes of the rules' word one that is final. */
export function createJudgeAtOnce({ parts, options }: AtOnceDeps) {
  const { replica, recorder, own, now } = parts;
  const { server, principal, via, record } = options;
  /** What a server says takes nothing from what its clients may have written. */
  const serversOwn: Caller = { principal: `server:${server}`, from: principal };

  const refuse = ({ name, client }: Said, because: string): string[] => {
    recorder.refused({ server, principal, client }, `${name.slice(0, 300)}: ${because}`, Buffer.alloc(0));
    return [because];
  };

  const decide = (said: Said, tool: string, settle: (ruling: Ruling) => Ruling): Why => {
    const { params, client, isOfServer, message } = said;
    const { compiled, published } = replica.active();
    const ruledAt = now();
    // Numbers that are not what is written are for no rule and no digest.
    const args = message.hasExactNumbers ? params : undefined;
    const call: Call = { tool, args, server, principal };
    const byRules = evaluate(compiled, { ...call, client, at: ruledAt }, { own, request: params });
    const ruling = byRules.decision === 'deny' ? byRules : settle(byRules);
    const isAllowed = ruling.decision === 'allow';
    const facts = {
      call: recordCall(call, record === 'none' ? 'without' : 'with'),
      ruling: {
        rule: ruling.rule,
        built_in: ruling.built_in,
        currency: ruling.currency,
        policy_digest: published.digest,
        policy_version: published.version,
        ruled_at: ruledAt.toISOString(),
      },
      outcome: isAllowed ? ('allowed' as const) : ('blocked' as const),
      reasons: ruling.reasons,
      client,
      recorded_args: recordedValue(params, record, message.text.length),
      via,
    };
    const isOnRecord = recorder.noteDecision(
      facts,
      isOfServer ? serversOwn : { principal, from: client?.name },
    );
    if (!isAllowed) return ruling.reasons;
    return isOnRecord ? undefined : [CAN_NOT_RECORD];
  };

  return {
    refuse,
    /** @throws AppError where nobody can judge now */
    judge(said: Said, settle: (ruling: Ruling) => Ruling): Why {
      const tool = ToolName.safeParse(said.name);
      if (!tool.success) return refuse(said, 'the name of a method has characters of A-Z a-z 0-9 _ . : / -');
      // A rule, or what looks for our name, would see one of two, and its reader may take the other.
      if (ambiguity(said.message) !== undefined)
        return refuse(said, 'it has keys that readers could take for each other');
      if (isDeeper(said.params, MAX_DEPTH)) return refuse(said, `it nests deeper than ${MAX_DEPTH} levels`);
      return decide(said, tool.data, settle);
    },
  };
}
