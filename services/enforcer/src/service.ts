import type { Responder } from '@aegis/bus';
import { type Deps, healthFrom, type Service } from '@aegis/bus/service';
import { createAllowance } from '@aegis/kit/allowance';
import type { EnforcerConfig } from './config.ts';
import { createEnforce } from './enforce.ts';
import { routes } from './nats.ts';
import { createReconciler } from './reconcile/reconciler.ts';

/**
 * The one way to "may this call run now?": policy, approval and durable record. It also ends on record the calls that a
 * firewall in the path left open when it died.
 */
export function createEnforcer({ bus, config, log, now }: Deps<EnforcerConfig>): Service {
  const reconciler = createReconciler(bus, log, now, config.RECONCILE_AFTER_MS);
  let responder: Responder | undefined;
  const health = () => healthFrom([bus.problem(), bus.append.problem]);
  return {
    async start() {
      responder = await bus.respond(routes(createEnforce(bus, createAllowance(config), now), health));
      reconciler.start();
    },
    async stop() {
      await responder?.drain();
      await reconciler.stop();
    },
    health,
  };
}
