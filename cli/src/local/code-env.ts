import { CodeEnv, codeInForce } from '@aegis/approvals/config';
import { type Env, parseEnv } from '@aegis/kit/env';

/** Whether a code is in force. @throws ConfigError where it is too short */
export const hasCode = (env: Env): boolean => codeInForce(parseEnv(CodeEnv, env)) !== undefined;

/**
 * The environment for what is started from here: what is kept of the approval code and not the code, because every program
 * of the user can read the environment of the user's processes.
 *
 * @throws ConfigError where the code is too short
 */
export function withoutCode(env: Env): Env {
  const { APPROVAL_CODE: code, ...rest } = env;
  if (!code) return rest;
  const digest = codeInForce(parseEnv(CodeEnv, env));
  return digest === undefined ? env : { ...rest, APPROVAL_CODE_DIGEST: digest };
}
