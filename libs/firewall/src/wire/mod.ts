export { answerTo, isFor, otherWay } from './answer-to.ts';
export { errorResponse, INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, resultResponse } from './errors.ts';
export { createInFlight, type InFlight, MAX_IN_FLIGHT } from './in-flight.ts';
export {
  createLineSplitter,
  type LineOptions,
  type LineSplitter,
  MAX_LINE_BYTES,
  readLines,
  withoutEnding,
} from './lines.ts';
export type { Id, Message, Notification, Request, Response } from './message.ts';
export { ENVELOPE_KEYS } from './protocol-keys.ts';
export { readClientMessage } from './read-message.ts';
export { createServerLines } from './server-lines.ts';
export { readServerWords, type ServerWord } from './server-words.ts';
