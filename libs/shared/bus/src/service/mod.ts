export { serveHealth } from './health-server.ts';
export { type Deps, runService } from './run-service.ts';
export { healthFrom, healthy, type Service } from './service.ts';
