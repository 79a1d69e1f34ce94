export { answerAlive, askAlive } from './alive.ts';
export type { Append, Fact } from './append.ts';
export type { RequestContext } from './ask.ts';
export { type Bus, connectBus } from './bus.ts';
export { createGroupCommit, type GroupCommit } from './commit.ts';
export type { Followed, Follower } from './follow.ts';
export type { Link } from './link.ts';
export { type Read, readEnvelope } from './read.ts';
export { type Responder, type Route, route } from './respond.ts';
