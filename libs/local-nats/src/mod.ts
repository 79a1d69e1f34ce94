export { type EmbeddedBroker, startEmbeddedBroker } from './embedded.ts';
export { searchNatsServer } from './find.ts';
export { obtainNatsServer } from './obtain.ts';
export { brokerFolder, brokerPaths } from './paths.ts';
export { processInfo } from './process-info.ts';
export { hasNoRoom, storeProblem, storingProblem } from './room.ts';
export { runServer } from './run-server.ts';
