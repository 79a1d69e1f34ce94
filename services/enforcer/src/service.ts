import type { Responder } from '@aegis/shared/bus/respond';
import type { Deps } from '@aegis/shared/runtime/run-service';
import { healthFrom, type Service } from '@aegis/shared/runtime/service';
import type { EnforcerConfig } from './config.ts';
import { createEnforce } from './enforce.ts';
import { routes } from './nats.ts';

/** The one way to "may this call run now?": policy, approval and durable record. */
export function createEnforcer({ bus, now }: Deps<EnforcerConfig>): Service {
  let responder: Responder | undefined;
  const health = () => healthFrom([!bus.isUp() && 'the message bus is away']);
  return {
    async start() {
      responder = await bus.respond(routes(createEnforce(bus, now), health));
    },
    async stop() {
      await responder?.drain();
    },
    health,
  };
}
