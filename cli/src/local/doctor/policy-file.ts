import { readFile } from 'node:fs/promises';
import { codeOf } from '@aegis/kit/errors';
import { besideData } from '../../../relay/data-directory.js';
import { checkPolicyText } from '../../policy-file/validate.ts';
import { type Finding, fail, type Look, ok, warn } from './finding.ts';

const NAME = 'policy';

function judge(path: string, text: string): Finding {
  const checked = checkPolicyText(text);
  if (checked.ok) return ok(NAME, `${path} is a valid version ${checked.version} policy`);
  const more = checked.errors.length > 1 ? ` and ${checked.errors.length - 1} more` : '';
  return fail(
    NAME,
    `${path} is not valid: ${checked.errors[0] ?? 'no reason given'}${more}`,
    `mend the file; "aegis policy validate ${path}" lists every error`,
  );
}

export const lookAtPolicyFile: Look = async ({ env, stack }) => {
  const written = env['POLICY_PATH'] || besideData('policy.yml', env);
  const path = stack.state === 'running' ? stack.stack.policy_path : written;
  try {
    return [judge(path, await readFile(path, 'utf8'))];
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT') {
      return [fail(NAME, `${path} can't be read (${code})`, 'make it readable, or set POLICY_PATH')];
    }
    const mend = 'write one, or set POLICY_PATH to the one that you have';
    return [
      warn(NAME, `there is no ${path}: where there never was one, a person is asked about every call`, mend),
    ];
  }
};
