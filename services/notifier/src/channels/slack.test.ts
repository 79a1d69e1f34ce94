import { expect, test } from 'vitest';
import { noticeOf, type Payload, testPayload } from '../domain/payload.ts';
import { CANARY, pending, requested } from '../testkit/approvals.ts';
import { slackMessage } from './slack.ts';

type Text = { type: string; text: string };
type Block = {
  type: string;
  text?: Text;
  fields?: Text[];
  elements?: (Text & { url?: string; text: Text })[];
};
type Sent = { text: string; blocks: Block[] };

const HOSTILE = '<!channel> *bold* <https://evil.test|click> & `x`';
const noticed = (principal: string): Payload =>
  noticeOf(requested(pending({ principal })), 'https://aegis.example.com') as Payload;
const message = (payload: Payload) => slackMessage(payload) as Sent;

test('a message has a headline, the facts, and one button, which is a link to the console', () => {
  const payload = noticed('key:billing');
  const { blocks, text } = message(payload);
  expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'context', 'actions']);
  expect(blocks[0]?.text?.text).toBe('A call waits for approval');
  const { decide_by } = payload.data as { decide_by: string };
  expect(blocks[1]?.fields?.map((field) => field.text).join(' ')).toBe(
    `*Tool* refunds.create *Server* pay *Agent* key:billing *Status* pending *Decide by* ${decide_by}`,
  );
  expect(blocks[3]?.elements).toEqual([
    {
      type: 'button',
      action_id: 'open',
      text: { type: 'plain_text', text: 'Open in the console', emoji: false },
      url: payload.data.url,
    },
  ]);
  expect(text).toBe(
    'A call waits for approval. Tool: refunds.create, Server: pay, Agent: key:billing, Status: pending, ' +
      `Decide by: ${decide_by}. ${payload.data.url}`,
  );
  expect(JSON.stringify(blocks)).not.toContain(CANARY);
});

test('an agent’s name mentions nobody and links nowhere', () => {
  const { blocks, text } = message(noticed(HOSTILE));
  expect(text).toContain('&lt;!channel&gt; *bold* &lt;https://evil.test|click&gt; &amp; `x`');
  expect(text).not.toMatch(/[<>]/);
  const field = blocks[1]?.fields?.find((one) => one.text === HOSTILE);
  expect(field?.type).toBe('plain_text');
});

test('the longest names there are fit what Slack takes', () => {
  const approval = pending({ principal: '&'.repeat(200), tool: 't'.repeat(256), server: 's'.repeat(256) });
  const { blocks, text } = message(noticeOf(requested(approval), 'https://aegis.example.com') as Payload);
  expect(text.length).toBeLessThan(4_000);
  expect(blocks[0]?.text?.text.length).toBeLessThan(150);
  expect(blocks[1]?.fields?.length).toBeLessThanOrEqual(10);
  for (const field of blocks[1]?.fields ?? []) expect(field.text.length).toBeLessThan(2_000);
});

test('a test message says what it is', () => {
  const { blocks } = message(testPayload('ops', 'https://aegis.example.com', new Date()));
  expect(blocks[0]?.text?.text).toBe('AegisMCP can reach you here');
});
