import { type JsonMembers, membersOf } from '@aegis/kit/json';
import { type ReadName, readDoor } from './named.ts';
import { filledIn } from './uri-template.ts';

export const COMPLETE_TOOL = 'completion/complete';

const MEMBERS = ['_meta', 'ref', 'argument', 'context'];
const OF_ARGUMENT = ['name', 'value'];
const OF_CONTEXT = ['arguments'];

const strangerIn = (value: unknown, known: readonly string[]): string | undefined =>
  Object.keys(membersOf(value)).find((key) => !known.includes(key));

/** A completion is for a prompt, or for the template of resources, and goes by the rules for these. */
export function readCompletion(server: string, params: JsonMembers): ReadName {
  const { ref, argument } = params;
  const context = params['context'] ?? undefined;
  const stranger =
    strangerIn(params, MEMBERS) ?? strangerIn(argument, OF_ARGUMENT) ?? strangerIn(context, OF_CONTEXT);
  if (stranger !== undefined)
    return { invalid: `params: ${COMPLETE_TOOL} has no ${JSON.stringify(stranger.slice(0, 80))}` };
  const { type, name, uri } = membersOf(ref);
  const isPrompt = type === 'ref/prompt' && typeof name === 'string';
  if (!isPrompt && (type !== 'ref/resource' || typeof uri !== 'string'))
    return { invalid: 'params.ref: expected a prompt or the template of a resource' };
  const known = isPrompt ? ['type', 'name', 'title'] : ['type', 'uri'];
  // By such a member a server could take one for the other.
  if (strangerIn(ref, known) !== undefined)
    return { invalid: `params.ref: a ${type} has no more than ${known.join(', ')}` };
  const { name: variable, value } = membersOf(argument);
  const values = {
    ...membersOf(membersOf(context)['arguments']),
    ...(typeof variable === 'string' ? { [variable]: value } : {}),
  };
  const door = isPrompt ? `prompt:${name}` : `resource:${String(uri)}`;
  const address = isPrompt ? '' : filledIn(String(uri), values);
  if (address === undefined)
    return { invalid: 'params.argument.value: longer than what the template takes of it' };
  const filled = isPrompt ? door : `resource:${address}`;
  const args = context === undefined ? { ref, argument } : { ref, argument, context };
  return readDoor({
    method: COMPLETE_TOOL,
    tool: `${server}.${COMPLETE_TOOL}`,
    door,
    args,
    ...(filled === door ? {} : { filledIn: filled }),
  });
}
