/** For tests alone: the connection under a bus, to cut it, to count on it, to send what no bus would. */
export { openBus } from './bus.ts';
export type { Link } from './link.ts';
