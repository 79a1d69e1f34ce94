import { describe, expect, it } from 'vitest';
import type { Notification, Response } from '../../wire/message.ts';
import { readServerMessage } from '../../wire/read-message.ts';
import { asksInTwoWays, questionsIn, questionsOf } from './in-answer.ts';

const ASKS = '{"q":{"method":"elicitation/create","params":{"message":"m"}}}';
const VISITS = '[{"message":"m","url":"https://a.example","elicitationId":"1"}]';

const read = (text: string) => {
  const came = readServerMessage(Buffer.from(`{"jsonrpc":"2.0",${text}}`));
  if ('nonsense' in came) throw new Error(came.nonsense);
  return came.message;
};
const notice = (params: string) => read(`"method":"notifications/tasks","params":${params}`) as Notification;
const of = (member: string) => questionsOf(read(`"id":1,${member}`) as Response);
const problem = { problem: expect.any(String) };

it('more of what may ask than anybody looks through is a problem, and as much of what does not ask is none', () => {
  const rows = `[${'1,'.repeat(20_000)}1]`;
  const tooMuch = [{ problem: expect.stringContaining('more than 20000 members and elements') }];
  expect(of(`"result":{"inputRequests":${ASKS},"rows":${rows}}`)).toEqual(tooMuch);
  expect(of(`"result":{"content":[],"rows":${rows}}`)).toEqual([]);
});

describe('a question that stands where only some readers find it', () => {
  it.each([
    `"result":{"input_requests":${ASKS}}`,
    `"result":{"InputRequests":${ASKS}}`,
    `"result":{"inputReque\u017fts":${ASKS}}`,
    `"result":{"input\u200bRequests":${ASKS}}`,
    `"result":{"resultType":"input_required","inputRequests":{},"InputRequests":${ASKS}}`,
    `"result":{"inputRequests":${ASKS},"inputRequests":{}}`,
    `"result":{"input\\u0052equests":${ASKS},"input\\u0052equests":{}}`,
    `"result":{"task":{"inputRequests":${ASKS}},"task":{}}`,
    `"result":{"task":{"input_requests":${ASKS}}}`,
    `"result":{"Task":{"inputRequests":${ASKS}}}`,
    `"result":{"tasks":[{},{"INPUTREQUESTS":${ASKS}}]}`,
    `"result":{"inputRequests":{"q":{"Method":"elicitation/create","method":"ping"}}}`,
    `"result":{"inputRequests":{"q":{"method":"ping","Params":{"message":"m"}}}}`,
    `"result":{"content":[],"__proto__":{"inputRequests":${ASKS}}}`,
    `"result":{"content":[],"\\u005f_proto__":{"inputRequests":${ASKS}}}`,
    `"error":{"code":-32042,"message":"m","data":{"__proto__":{"elicitations":${VISITS}}}}`,
    `"error":{"code":-32000,"Code":-32042,"message":"m","data":{"elicitations":${VISITS}}}`,
    `"error":{"code":-32042,"code":-32000,"message":"m","data":{"elicitations":${VISITS}}}`,
    `"error":{"code":-32042,"message":"m","Data":{"elicitations":${VISITS}}}`,
    `"error":{"code":-32042,"message":"m","data":{"elicitations":[],"Elicitations":${VISITS}}}`,
  ])('is a problem, and nobody gets it: %s', (member) => {
    expect(of(member)).toContainEqual(problem);
  });

  it.each([
    `"error":{"code":"-32042","message":"m","data":{"elicitations":${VISITS}}}`,
    `"error":{"code":-32000,"message":"m","data":{"elicitations":${VISITS}}}`,
  ])('is one where its error has another code: %s', (member) => {
    expect(of(member)).toMatchObject([{ method: 'elicitation/create', params: { mode: 'url' } }]);
  });

  it('is a problem in a notice, too', () => {
    expect(questionsIn(notice(`{"task":{"input_requests":${ASKS}}}`).params)).toContainEqual(problem);
    expect(asksInTwoWays(notice(`{"inputRequests":${ASKS},"inputRequests":{}}`))).toEqual([problem]);
  });
});

it.each([
  `"result":{"content":[{"type":"text","text":"of inputRequests, input_requests and elicitations"}]}`,
  `"result":{"structuredContent":{"a":1,"A":2,"taskIds":[],"method":"x","data":1}}`,
  `"error":{"code":-32602,"message":"m","data":{"field":"a"}}`,
  `"error":{"code":-32000,"message":"m","data":"words"}`,
])('what asks nothing is no question: %s', (member) => {
  expect(of(member)).toEqual([]);
});
