import { answerText } from '@aegis/bus/answer';
import { policyMigrate, policyValidate } from '@aegis/contracts/policy';
import { parseJson } from '@aegis/kit/json';
import { serveWorker } from '@aegis/kit/worker';
import { validatePolicy } from '@aegis/policy-engine';
import { migrate, validate } from './trial.ts';

/** `active` is the policy in force, as JSON. */
export type Trial = { verb: 'validate' | 'migrate'; request: string; active: string };

/** The active one was not written by whoever asks, so it may be as large as the file may be. */
const validateActive = (active: string) => {
  const document: unknown = parseJson(active);
  return validate(document, validatePolicy(document));
};

/** A request's text in, its reply's text out. */
serveWorker(async ({ verb, request, active }: Trial) =>
  JSON.stringify(
    verb === 'migrate'
      ? await answerText(policyMigrate, request, ({ policy }) => migrate(policy))
      : await answerText(policyValidate, request, ({ policy }) =>
          policy === undefined ? validateActive(active) : validate(policy),
        ),
  ),
);
