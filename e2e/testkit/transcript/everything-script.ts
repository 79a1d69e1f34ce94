import type { Message, Step } from './play.ts';
import { countSteps, handshake, type Steps } from './steps.ts';

const TEXT = 'demo://resource/dynamic/text/1';

const listing = ({ ask }: Steps): Step[] => [
  ask('ping'),
  ask('logging/setLevel', { level: 'debug' }),
  ask('tools/list', { _meta: { progressToken: 'listing' } }),
  ask('prompts/list'),
  ask('resources/list'),
  ask('resources/templates/list'),
  ask('acme/unknown', { of: 'no SDK' }),
];

const plainCalls = ({ call }: Steps): Step[] => [
  call('echo', { message: 'Grüße, 世界 \u2028 9007199254740993' }),
  call('get-sum', { a: 1, b: 2.5 }),
  call('get-sum', { a: 'one' }),
  call('get-tiny-image'),
  call('get-annotated-message', { messageType: 'error', includeImage: true }),
  call('get-structured-content', { location: 'Chicago' }),
  call('get-resource-links', { count: 4 }),
  call('get-resource-reference', { resourceType: 'Text', resourceId: 7 }),
  call('get-env'),
  call('gzip-file-as-resource', {
    name: 'a.gz',
    data: 'data:text/plain,hello',
    outputType: 'resource',
  }),
  call('gzip-file-as-resource', { name: 'b.gz', data: 'data:text/plain,hello' }),
  call('get-roots-list'),
];

const doors = ({ ask }: Steps): Step[] => [
  ask('resources/read', { uri: TEXT }),
  ask('resources/read', { uri: 'demo://resource/dynamic/blob/2' }),
  ask('resources/read', { uri: 'demo://resource/static/document/architecture.md' }),
  ask('resources/read', { uri: 'demo://resource/session/b.gz' }),
  ask('resources/read', { uri: 'demo://resource/none' }),
  ask('prompts/get', { name: 'simple-prompt' }),
  ask('prompts/get', { name: 'args-prompt', arguments: { city: 'Ulm', state: 'BW' } }),
  ask('prompts/get', { name: 'completable-prompt', arguments: { department: 'Sales', name: 'Eve' } }),
  ask('prompts/get', { name: 'resource-prompt', arguments: { resourceType: 'Text', resourceId: '3' } }),
  ask('prompts/get', { name: 'none' }),
  ask('completion/complete', {
    ref: { type: 'ref/prompt', name: 'completable-prompt' },
    argument: { name: 'name', value: 'E' },
    context: { arguments: { department: 'Sales' } },
  }),
  ask('completion/complete', {
    ref: { type: 'ref/resource', uri: 'demo://resource/dynamic/text/{resourceId}' },
    argument: { name: 'resourceId', value: '5' },
  }),
];

const notices = ({ ask, call }: Steps): Step[] => [
  ask('resources/subscribe', { uri: TEXT }),
  call('toggle-subscriber-updates', {}, { awaits: ['notifications/resources/updated'] }),
  call('toggle-subscriber-updates'),
  ask('resources/unsubscribe', { uri: TEXT }),
  call('toggle-simulated-logging', {}, { awaits: ['notifications/message'] }),
  call('toggle-simulated-logging'),
];

const callsBack = ({ call, tell }: Steps): Step[] => [
  call('trigger-sampling-request', { prompt: 'Say a line.', maxTokens: 20 }),
  call('trigger-elicitation-request'),
  call('trigger-url-elicitation', {
    url: 'https://example.com/sign-in',
    message: 'Please sign in.',
    elicitationId: 'e-1',
  }),
  call('trigger-url-elicitation', {
    url: 'https://example.com/sign-in',
    message: 'Please sign in.',
    elicitationId: 'e-2',
    errorPath: true,
  }),
  call('trigger-sampling-request-async', { prompt: 'Say a line later.' }),
  call('trigger-elicitation-request-async'),
  tell('notifications/roots/list_changed', undefined, { awaits: ['Roots updated'] }),
];

const lasting = (duration: number, more: object = {}) => ({
  name: 'trigger-long-running-operation',
  arguments: { duration, steps: 3 },
  ...more,
});

const longCalls = ({ ask }: Steps): Step[] => {
  const cancelled = ask('tools/call', lasting(0.3), { unanswered: true });
  const { id } = cancelled.send as Message;
  return [
    ask('tools/call', lasting(0.3, { _meta: { progressToken: 'long' } })),
    cancelled,
    { send: { method: 'notifications/cancelled', params: { requestId: id, reason: 'Not needed.' } } },
    ask('ping'),
  ];
};

/** The id of the task that was made last; the server made it up. */
const lastTask = (lines: readonly string[]): string =>
  lines.map((line) => /"task":\{"taskId":"([^"]+)"/.exec(line)?.[1]).findLast((id) => id !== undefined) ?? '';

const tasks = ({ ask }: Steps): Step[] => {
  const onLast = (method: string): Step => {
    const { send, ...more } = ask(method);
    return {
      send: (lines) => ({ ...(send as Message), params: { taskId: lastTask(lines) } }),
      ...more,
    };
  };
  const research = (topic: string, ambiguous: boolean) =>
    ask('tools/call', {
      name: 'simulate-research-query',
      arguments: { topic, ambiguous },
      task: { ttl: 60_000 },
    });
  return [
    research('rivers', true),
    onLast('tasks/get'),
    onLast('tasks/result'),
    onLast('tasks/get'),
    research('lakes', false),
    onLast('tasks/cancel'),
    ask('tasks/list'),
    ask('tasks/get', { taskId: 'none' }),
  ];
};

/** Everything that server-everything can do, in an order in which its lines come in one order too. */
export function everythingScript(): Step[] {
  const steps = countSteps();
  const parts = [listing, plainCalls, doors, notices, callsBack, longCalls, tasks];
  return [...handshake(steps, ['Roots updated']), ...parts.flatMap((part) => part(steps))];
}
