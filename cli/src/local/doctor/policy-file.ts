import { readText } from '@aegis/kit/files';
import { besideData } from '../../../relay/data-directory.js';
import { checkPolicyText } from '../../policy-file/validate.ts';
import { type Finding, fail, type Look, ok, warn } from './finding.ts';

const NAME = 'policy';

/** The first of some sentences, and how many more there are. */
const firstOf = ([first = 'no reason given', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} and ${others.length} more`;

function judge(path: string, text: string): Finding[] {
  const checked = checkPolicyText(text);
  const mend = `mend the file; "aegis policy validate ${path}" says what`;
  if (checked.ok) {
    const { version, warnings } = checked;
    const valid = ok(NAME, `${path} is a valid version ${version} policy`);
    return warnings.length === 0 ? [valid] : [valid, warn(NAME, firstOf(warnings), mend)];
  }
  const errors = firstOf(checked.errors);
  return checked.goesOn
    ? [warn(NAME, `${path} goes on where it is in force, and is refused once it is changed: ${errors}`, mend)]
    : [fail(NAME, `${path} is not valid: ${errors}`, mend)];
}

export const lookAtPolicyFile: Look = async ({ env, stack }) => {
  const written = env['POLICY_PATH'] || besideData('policy.yml', env);
  const path = stack.state === 'running' ? stack.stack.policy_path : written;
  const found = await readText(path);
  if (found.state === 'text') return judge(path, found.text);
  if (found.state !== 'missing')
    return [fail(NAME, `${path} ${found.problem}`, 'mend that, or set POLICY_PATH')];
  const mend = 'write one, or set POLICY_PATH to the one that you have';
  return [
    warn(NAME, `there is no ${path}: where there never was one, a person is asked about every call`, mend),
  ];
};
