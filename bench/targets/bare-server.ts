import { compilePolicy, evaluate, type Policy, type PolicyCall } from '@aegis/policy-engine';
import Fastify from 'fastify';
import { AEGIS_POLICY } from '../questions.ts';

/** The least that can answer: one handler, the engine in the same process, no bus, no record, no validation. */
const policy = compilePolicy(AEGIS_POLICY as unknown as Policy);
const app = Fastify({ logger: false });
app.post<{ Body: PolicyCall }>('/check', (request, reply) => {
  const { allowed, approval_required, reasons } = evaluate(policy, request.body);
  return reply.send({ allowed, approval_required, reasons });
});
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('listening\n');
