import { expect, it } from 'vitest';
import { UpstreamQuestions } from './upstream-questions.ts';

type Sent = { readonly id: number; readonly method: string };

function asking() {
  const sent: Sent[] = [];
  const questions = new UpstreamQuestions((text) => void sent.push(JSON.parse(text) as Sent));
  const ask = () => questions.ask('tools/list', {}, new AbortController().signal);
  return { questions, sent, ask };
}
const responseTo = (id: string | number) =>
  ({ kind: 'response', id, rawId: JSON.stringify(id), text: '', result: { tools: [] } }) as never;

it('a question of its own has a number for an id, as servers take that take no text, and none that anybody counts up to', () => {
  const { sent, ask } = asking();
  for (let i = 0; i < 100; i++) void ask();
  expect(new Set(sent.map(({ id }) => id)).size).toBe(100);
  for (const { id } of sent) expect(Number.isSafeInteger(id) && id >= 2 ** 47).toBe(true);
});

it.each([Number, String])('its answer is one by the id as %o', async (as) => {
  const { questions, sent, ask } = asking();
  const answer = ask();
  expect(questions.answered(responseTo(1))).toBe(false);
  expect(questions.answered(responseTo(as(sent[0]?.id)))).toBe(true);
  await expect(answer).resolves.toEqual({ tools: [] });
});
