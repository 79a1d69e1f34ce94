import { TARGETS } from '@aegis/contracts/webhooks';
import type { Payload } from '../domain/payload.ts';
import { detailsOf, HEADLINES } from '../domain/wording.ts';
import { type Channel, KEPT } from './channel.ts';
import { postJson } from './http/post.ts';

/** https://docs.slack.dev/messaging/formatting-message-text#escaping: without these nothing is a link or a mention. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
const label = (text: string) => ({ type: 'mrkdwn', text: `*${text}*` });
const field = (name: string, value: string) => [label(name), plain(value)];

/**
 * A message for a Slack incoming webhook, or for whatever takes the same. `text` says it all for receivers without blocks.
 * What comes from outside is plain text, and there is one button, a link: it is decided in the console, where people are
 * known.
 */
export function slackMessage(payload: Payload): object {
  const headline = HEADLINES[payload.type];
  const details = detailsOf(payload);
  const { url } = payload.data;
  const said = details.map(([name, value]) => `${name}: ${value}`).join(', ');
  return {
    text: `${escaped(`${headline}. ${said}.`)} ${url}`,
    blocks: [
      { type: 'header', text: plain(headline) },
      { type: 'section', fields: details.flatMap(([name, value]) => field(name, value)) },
      { type: 'context', elements: [plain(`AegisMCP, ${payload.timestamp}`)] },
      {
        type: 'actions',
        elements: [{ type: 'button', action_id: 'open', text: plain('Open in the console'), url }],
      },
    ],
  };
}

const Entry = TARGETS.slack.extend(KEPT);

/** What an address is shown as: who knows the rest of it may write there. */
const originOf = (url: string): string => `${new URL(url).origin}/`;

/** An incoming webhook of Slack, or of whatever takes the same. */
export const slack: Channel<'slack', typeof Entry> = {
  entry: Entry,
  shown: (target) => ({ ...target, url: originOf(target.url) }),
  /** What was shown, sent back, means the address that there is. */
  keep: (target, present) =>
    present && target.url === originOf(present.url) ? { ...target, url: present.url } : target,
  send: ({ url }, { payload }, means, signal) =>
    postJson(means, url, { body: JSON.stringify(slackMessage(payload)) }, signal),
};
