export type { Append, Fact } from './append.ts';
export type { RequestContext } from './ask.ts';
export { type Bus, connectBus } from './bus.ts';
export { createGroupCommit, type GroupCommit } from './commit.ts';
export type { DurableMessage, Metadata, Puller } from './durable.ts';
export type { Followed, Follower } from './follow.ts';
export { type Read, readEnvelope } from './read.ts';
export type { Replica } from './replica.ts';
export { type Responder, type Route, route } from './respond.ts';
