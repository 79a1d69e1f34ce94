type ServerRequest = { id: string | number; method: string; params?: Record<string, unknown> };

const SAMPLE = {
  role: 'assistant',
  content: { type: 'text', text: 'A line from the model.' },
  model: 'a-model',
  stopReason: 'endTurn',
};
const AT = '2030-01-01T12:00:00.000Z';
const TASK = { ttl: 60_000, createdAt: AT, lastUpdatedAt: AT, pollInterval: 100 };

/** What a user would put into the form: the fields that have a default keep it. */
const filledIn = (params: Record<string, unknown> = {}) => {
  if (params['mode'] === 'url') return { action: 'accept' };
  const { properties = {} } = (params['requestedSchema'] ?? {}) as { properties?: Record<string, object> };
  const content: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    if (name === 'name') content[name] = 'Ada';
    if (name === 'interpretation') content[name] = 'technical';
    if ('default' in schema) content[name] = schema.default;
  }
  return { action: 'accept', content };
};

/** Asked to run as a task, the client says so and has the result on the first look. */
function createTask({ method }: ServerRequest): unknown {
  return { task: { taskId: `client-${method}`, status: 'working', ...TASK } };
}

const resultOf = (request: ServerRequest): unknown => {
  const { method, params = {} } = request;
  if ('task' in params) return createTask(request);
  switch (method) {
    case 'roots/list':
      return { roots: [{ uri: 'file:///srv/first', name: 'First' }, { uri: 'file:///srv/second' }] };
    case 'sampling/createMessage':
      return SAMPLE;
    case 'elicitation/create':
      return filledIn(params);
    case 'tasks/get':
      return { taskId: params['taskId'], status: 'completed', ...TASK };
    case 'tasks/result':
      return params['taskId'] === 'client-sampling/createMessage' ? SAMPLE : filledIn();
    case 'ping':
      return {};
    default:
      return undefined;
  }
};

/** What the client answers to a line of the server; undefined where that was no request. */
export function answerServer(line: string): string | undefined {
  const message = JSON.parse(line) as Partial<ServerRequest>;
  if (message.method === undefined || message.id === undefined) return undefined;
  const result = resultOf(message as ServerRequest);
  const reply = result === undefined ? { error: { code: -32_601, message: 'Method not found' } } : { result };
  return JSON.stringify({ jsonrpc: '2.0', id: message.id, ...reply });
}
