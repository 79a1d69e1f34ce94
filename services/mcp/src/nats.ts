import { type Route, route } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { healthOf } from '@aegis/contracts/health';

/** The service's way in on the bus: how it is. */
export const routes = (health: Service['health']): Route[] => [route(healthOf('mcp'), health)];
