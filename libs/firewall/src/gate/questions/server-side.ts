import type { JsonMembers } from '@aegis/kit/json';
import type { Message, Notification, Request, Response } from '../../wire/message.ts';
import { type Capabilities, isNotice, isRevisionOf, METHODS, type Revision } from '../../wire/methods.ts';
import { ASKED_KEYS, SERVER_METHOD_NAMES } from '../../wire/protocol-keys.ts';
import { BY_DEFAULT, isUnspoken, type Ruling } from '../by-default.ts';
import type { Who } from '../record/recorder.ts';
import { canBeAsked } from './capable.ts';
import { isInOurName, textsOf } from './firewalls-words.ts';
import {
  asksInTwoWays,
  asWritten,
  type Question,
  questionsIn,
  questionsOf,
  twinProblem,
} from './in-answer.ts';
import { type AtOnceDeps, createJudgeAtOnce, denied, type Why } from './judge-at-once.ts';

/** Who is asked: what the client is, what it can, and the revision that the two sides speak. */
export type Asked = {
  readonly client: Who['client'];
  readonly capabilities: Capabilities;
  readonly revision: Revision;
};

const NOBODY = 'what a server asks does not wait for a person, so it is refused';
const OWN_NAME =
  'built-in own-name: it speaks in the name of AegisMCP, or asks what only that asks, and no rule opens this';
/** What a person reads. */
const FOR_PERSON = /elicit/i;

/** Makes of the rules' word one that is final: nobody is asked, and what passes for ours never passes. */
const settle = (ruling: Ruling, method: string, params: JsonMembers, asked: Asked): Ruling => {
  if (textsOf(params).some((text) => isInOurName(text, FOR_PERSON.test(method))))
    return denied(OWN_NAME, { built_in: 'own-name' });
  if (ruling.decision !== 'review') return ruling;
  if (!isUnspoken(ruling)) return denied(`${ruling.reasons.join('; ')}: ${NOBODY}`, ruling);
  const row = METHODS.server.get(method);
  if (row === undefined || !isRevisionOf(row, asked.revision))
    return denied(`this revision of the protocol has no such method, and no rule allows server:${method}`);
  return canBeAsked(method, params, asked.capabilities)
    ? BY_DEFAULT
    : denied(`the client did not say that it can be asked this, and no rule allows server:${method}`);
};

/** Of another revision, or of none, is unknown. */
const passes = (method: string, { revision }: Asked): boolean => {
  const row = METHODS.server.get(method);
  return row?.as === 'passes' && isRevisionOf(row, revision);
};

/** Judges what a server says of itself: its questions, as `server:<method>`, wherever they stand. */
export function createServerSide(deps: AtOnceDeps) {
  const atOnce = createJudgeAtOnce(deps);

  const judgeOne = (question: Question, asked: Asked, message: Message): Why => {
    const said = { params: undefined, client: asked.client, isOfServer: true, message };
    if ('problem' in question) return atOnce.refuse({ ...said, name: 'server:' }, question.problem);
    const { method, params } = question;
    const name = `server:${method}`;
    const meant = SERVER_METHOD_NAMES.lookedLike(method, true);
    if (meant !== undefined) return atOnce.refuse({ ...said, name }, `its method only looks like "${meant}"`);
    const isKnown = METHODS.server.get(method)?.as === 'question';
    const twin = isKnown ? twinProblem(params, ASKED_KEYS) : undefined;
    if (twin !== undefined) return atOnce.refuse({ ...said, name }, twin);
    return atOnce.judge({ ...said, name, params }, (ruling) => settle(ruling, method, params ?? {}, asked));
  };

  const judgeAll = (questions: readonly Question[], asked: Asked, message: Message): Why => {
    for (const question of questions) {
      const because = judgeOne(question, asked, message);
      if (because !== undefined) return because;
    }
    return undefined;
  };
  return {
    /** Why a request of the server's goes no further; undefined where it may. @throws AppError */
    request: (request: Request, asked: Asked): Why =>
      !isNotice(request.method) && passes(request.method, asked)
        ? undefined
        : judgeOne(request, asked, request),
    /** The same of a notification: one that nobody knows, or that brings questions. @throws AppError */
    notification: (notification: Notification, asked: Asked): Why => {
      const { method, params } = notification;
      if (!passes(method, asked)) return judgeOne(notification, asked, notification);
      return judgeAll([...asksInTwoWays(notification), ...questionsIn(params)], asked, notification);
    },
    /** The same of an answer that asks for something before it is one. @throws AppError */
    answer(response: Response, asked: Asked): Why {
      const written = asWritten(response);
      return judgeAll(questionsOf(written), asked, written);
    },
  };
}
