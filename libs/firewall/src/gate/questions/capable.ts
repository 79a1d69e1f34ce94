import { isObject, type JsonMembers } from '@aegis/kit/json';
import { type Capabilities, METHODS } from '../../wire/methods.ts';

/**
 * Whether the client said that it can be asked this (`ClientCapabilities` of the specification): an elicitation by its mode,
 * where `elicitation: {}` is a form, and a sampling with tools only where it said so.
 */
export function canBeAsked(method: string, params: JsonMembers, capabilities: Capabilities): boolean {
  const needs = METHODS.server.get(method)?.needs;
  const said = needs === undefined ? undefined : capabilities[needs];
  if (!isObject(said)) return false;
  if (needs === 'sampling') return (params['tools'] ?? undefined) === undefined || isObject(said['tools']);
  if (needs !== 'elicitation') return true;
  if (params['mode'] === 'url') return isObject(said['url']);
  return isObject(said['form']) || !isObject(said['url']);
}
