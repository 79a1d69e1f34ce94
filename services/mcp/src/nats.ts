import { healthOf } from '@aegis/contracts/rpc';
import { type Route, route } from '@aegis/shared/bus/respond';
import type { Service } from '@aegis/shared/runtime/service';

/** The service's way in on the bus: how it is. */
export const routes = (health: Service['health']): Route[] => [route(healthOf('mcp'), health)];
