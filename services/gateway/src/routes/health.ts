import type { Bus } from '@aegis/bus';
import { healthOf, WITH_HEALTH } from '@aegis/contracts/health';
import { toAppError } from '@aegis/kit/errors';
import { z } from 'zod';
import type { App, HttpDeps } from '../http-deps.ts';

const ANSWER_WITHIN_MS = 1000;

const Sentences = z.record(z.string(), z.array(z.string()).readonly());

const HealthOk = z
  .strictObject({ status: z.literal('ok'), warnings: Sentences.optional() })
  .meta({ id: 'HealthOk', description: 'All is well', examples: [{ status: 'ok' }] });

/** Each part that is not well, and why, in sentences; `warnings` are of what is well and will not stay so. */
const HealthDegraded = z
  .strictObject({ status: z.literal('degraded'), parts: Sentences, warnings: Sentences.optional() })
  .meta({
    id: 'HealthDegraded',
    description: 'Parts are not well',
    examples: [{ status: 'degraded', parts: { policy: ['The policy service is not running.'] } }],
  });

type Part = { readonly problems: readonly string[]; readonly warnings: readonly string[] };
type PartName = (typeof WITH_HEALTH)[number] | 'bus';

async function askPart(bus: Bus, part: (typeof WITH_HEALTH)[number], deadlineMs: number): Promise<Part> {
  try {
    const { status, problems, warnings = [] } = await bus.ask(healthOf(part), {}, { deadlineMs });
    if (status === 'ok') return { problems: [], warnings };
    return { problems: problems.length === 0 ? [`The ${part} service is not well.`] : problems, warnings };
  } catch (thrown) {
    return { problems: [toAppError(thrown).message], warnings: [] };
  }
}

async function askAll(bus: Bus): Promise<readonly (readonly [PartName, Part])[]> {
  const problem = bus.problem();
  if (problem !== undefined) return [['bus', { problems: [problem], warnings: [] }]];
  const deadlineMs = Date.now() + ANSWER_WITHIN_MS;
  return Promise.all(WITH_HEALTH.map(async (part) => [part, await askPart(bus, part, deadlineMs)] as const));
}

/** The parts that say something of this kind, and what; undefined where none does. */
function saidBy(
  parts: readonly (readonly [PartName, Part])[],
  kind: keyof Part,
): Record<string, readonly string[]> | undefined {
  const said = parts.flatMap(([name, part]) =>
    part[kind].length === 0 ? [] : [[name, part[kind]] as const],
  );
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/** How the whole firewall is, for people and for load balancers. */
export function healthRoutes(app: App, { bus }: HttpDeps): void {
  const schema = {
    tags: ['health'],
    operationId: 'health',
    summary: 'Is all well? If not, which part, and why',
    response: { 200: HealthOk, 503: HealthDegraded },
  };
  app.get('/health', { schema }, async (_request, reply) => {
    const all = await askAll(bus);
    const [parts, warnings] = [saidBy(all, 'problems'), saidBy(all, 'warnings')];
    const more = warnings === undefined ? {} : { warnings };
    if (parts === undefined) return { status: 'ok' as const, ...more };
    return reply.code(503).send({ status: 'degraded' as const, parts, ...more });
  });
}
