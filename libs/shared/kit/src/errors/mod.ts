export { AppError, type Limit, toAppError } from './app-error.ts';
export { CATALOGUE, type ErrorCode, isErrorCode } from './catalogue.ts';
export { type Fault, fromFault, type Problem, toFault, toProblem, toToolError } from './faces.ts';
export { fromFastify } from './fastify.ts';
export { checkInput, describeMistakes, parseRequest } from './invalid.ts';
export { belongElsewhere } from './issue-words.ts';
export { codeOf, whyNoFile } from './system.ts';
