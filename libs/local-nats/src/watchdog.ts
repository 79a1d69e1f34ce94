import { endServer } from './leftover.ts';

/**
 * Started beside a nats-server with a pipe from the process that started both: `watchdog.ts <pid> <conf>`.
 * The pipe closes when that process ends, however it ends, kill -9 too; then the server is ended.
 */
const [pid = '', conf = ''] = process.argv.slice(2);

process.stdin.on('close', () => void endServer(Number(pid), conf));
process.stdin.on('error', () => process.stdin.destroy());
process.stdin.resume();
