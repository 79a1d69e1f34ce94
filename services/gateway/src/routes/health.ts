import type { Bus } from '@aegis/bus';
import { healthOf, WITH_HEALTH } from '@aegis/contracts/health';
import { toAppError } from '@aegis/kit/errors';
import { z } from 'zod';
import type { App, HttpDeps } from '../http-deps.ts';

const ANSWER_WITHIN_MS = 1000;

const HealthOk = z
  .strictObject({ status: z.literal('ok') })
  .meta({ id: 'HealthOk', description: 'All is well', examples: [{ status: 'ok' }] });

/** Each part that is not well, and why, in sentences. */
const HealthDegraded = z
  .strictObject({ status: z.literal('degraded'), parts: z.record(z.string(), z.array(z.string())) })
  .meta({
    id: 'HealthDegraded',
    description: 'Parts are not well',
    examples: [{ status: 'degraded', parts: { policy: ['The policy service is not running.'] } }],
  });

async function problemsOf(
  bus: Bus,
  part: (typeof WITH_HEALTH)[number],
  deadlineMs: number,
): Promise<string[]> {
  try {
    const { status, problems } = await bus.ask(healthOf(part), {}, { deadlineMs });
    if (status === 'ok') return [];
    return problems.length === 0 ? [`The ${part} service is not well.`] : problems;
  } catch (thrown) {
    return [toAppError(thrown).message];
  }
}

async function degradedParts(bus: Bus): Promise<Record<string, string[]>> {
  if (!bus.isUp()) return { bus: ['The message bus is away.'] };
  const deadlineMs = Date.now() + ANSWER_WITHIN_MS;
  const parts = await Promise.all(
    WITH_HEALTH.map(async (part) => [part, await problemsOf(bus, part, deadlineMs)] as const),
  );
  return Object.fromEntries(parts.filter(([, problems]) => problems.length > 0));
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
    const parts = await degradedParts(bus);
    if (Object.keys(parts).length === 0) return { status: 'ok' as const };
    return reply.code(503).send({ status: 'degraded' as const, parts });
  });
}
