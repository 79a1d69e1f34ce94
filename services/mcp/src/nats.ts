import { type Route, route } from '@aegis/shared/bus/respond';
import { healthOf } from '@aegis/shared/contracts/rpc';
import type { Service } from '@aegis/shared/runtime/service';

/** The service's way in on the bus: how it is. */
export const routes = (health: Service['health']): Route[] => [route(healthOf('mcp'), health)];
