export { serveWorker } from './serve-worker.ts';
export { createWorkerThread, type WorkerThread } from './worker.ts';
