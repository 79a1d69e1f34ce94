import { healthy, serveHealth } from '@aegis/bus/service';
import { createEdge, replicasOf } from './edge.ts';

const HEALTH_PORT = 8080;

/** Each argument is a route, `<port>=<host>:<port>`: what comes in on the first port goes to a replica of the host. */
const edges = process.argv.slice(2).map((route) => {
  const [, port, host = '', targetPort] = /^(\d+)=([\w.-]+):(\d+)$/.exec(route) ?? [];
  if (port === undefined) throw new Error(`${route}: expected <port>=<host>:<port>`);
  return { edge: createEdge(replicasOf(host, Number(targetPort))), port: Number(port) };
});

const start = async (): Promise<void> => {
  await Promise.all(edges.map(({ edge, port }) => edge.listen(port)));
};
const stop = async (): Promise<void> => {
  await Promise.all(edges.map(({ edge }) => edge.close()));
};

await start();
await serveHealth({ start, stop, health: () => healthy }, '127.0.0.1', HEALTH_PORT);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void stop().finally(() => process.exit()));
}
