import { expect, it } from 'vitest';
import { canBeAsked } from './capable.ts';

it.each([
  ['roots/list', {}, { roots: {} }],
  ['sampling/createMessage', {}, { sampling: {} }],
  ['sampling/createMessage', { tools: [] }, { sampling: { tools: {} } }],
  ['elicitation/create', {}, { elicitation: {} }],
  ['elicitation/create', { mode: 'form' }, { elicitation: { form: {}, url: {} } }],
  ['elicitation/create', { mode: 'url' }, { elicitation: { url: {} } }],
  ['tasks/get', {}, { tasks: {} }],
])('%s with %j may be asked of a client that said %j', (method, params, capabilities) => {
  expect(canBeAsked(method, params, capabilities)).toBe(true);
});

it.each([
  ['roots/list', {}, {}],
  ['roots/list', {}, { roots: true }],
  ['sampling/createMessage', {}, { roots: {}, elicitation: {} }],
  ['sampling/createMessage', { tools: [] }, { sampling: {} }],
  ['elicitation/create', { mode: 'url' }, { elicitation: {} }],
  ['elicitation/create', { mode: 'url' }, { elicitation: { form: {} } }],
  ['elicitation/create', {}, { elicitation: { url: {} } }],
  ['vendor/ask', {}, { vendor: {}, experimental: {} }],
  ['constructor', {}, { constructor: {} }],
])('%s with %j may not be asked of one that said %j', (method, params, capabilities) => {
  expect(canBeAsked(method, params, capabilities)).toBe(false);
});
