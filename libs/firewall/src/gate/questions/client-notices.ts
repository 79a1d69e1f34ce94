import { parseJson } from '@aegis/kit/json';
import { describeReached } from '@aegis/policy-engine';
import type { Notification } from '../../wire/message.ts';
import { isNotice, isRevisionOf, METHODS, type Revision } from '../../wire/methods.ts';
import { strangerIn } from '../../wire/protocol-keys.ts';
import type { Ruling } from '../by-default.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import type { Who } from '../record/recorder.ts';
import { type AtOnceDeps, createJudgeAtOnce, denied } from './judge-at-once.ts';
import { whyNot } from './with-answer-judged.ts';

export type ClientNoticesDeps = AtOnceDeps & {
  readonly parts: Pick<FirewallParts, 'own'>;
  readonly refused: (because: string, message: Uint8Array) => void;
};

const settle = (ruling: Ruling): Ruling =>
  ruling.decision === 'review'
    ? denied(`${ruling.reasons.join('; ')}: a notification does not wait for a person`, ruling)
    : ruling;

/** Judges a client's notifications: one that nobody knows may do anything, and is `method:<name>`. */
export function createClientNotices({ parts, options, refused }: ClientNoticesDeps) {
  const atOnce = createJudgeAtOnce({ parts, options });
  return (
    notification: Notification,
    { client, revision }: { readonly client: Who['client']; readonly revision: Revision },
  ): 'forward' | 'drop' => {
    const { method, params, text } = notification;
    const row = METHODS.client.get(method);
    if (row?.as === 'passes' && isRevisionOf(row, revision)) {
      const reached = parts.own(params);
      if (reached === undefined) return 'forward';
      refused(describeReached(reached), Buffer.from(text));
      return 'drop';
    }
    if (row !== undefined && !isNotice(method)) {
      refused(`${method} without an id`, Buffer.from(text));
      return 'drop';
    }
    if (strangerIn(parseJson(text, 'as doubles') as object) !== undefined) {
      refused(`${method}: it has a member that JSON-RPC does not have`, Buffer.from(text));
      return 'drop';
    }
    const said = { name: `method:${method}`, params, client, isOfServer: false, message: notification };
    return whyNot(() => atOnce.judge(said, settle)) === undefined ? 'forward' : 'drop';
  };
}
