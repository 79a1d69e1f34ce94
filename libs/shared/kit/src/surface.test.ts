import { expect, it } from 'vitest';
import * as allowance from './allowance.ts';
import * as arrivals from './arrivals.ts';
import * as disk from './disk.ts';
import * as env from './env.ts';
import * as errors from './errors/mod.ts';
import * as lock from './files/lock.ts';
import * as files from './files/mod.ts';
import * as headers from './headers.ts';
import * as hosts from './hosts.ts';
import * as interim from './interim.ts';
import * as json from './json/mod.ts';
import * as keys from './keys.ts';
import * as lateRefusals from './late-refusals.ts';
import * as limits from './limits.ts';
import * as logger from './logger.ts';
import * as numbers from './numbers/mod.ts';
import * as pieces from './pieces.ts';
import * as proxyProtocol from './proxy-protocol/behind-proxies.ts';
import * as rateLimit from './rate-limit.ts';
import * as reach from './reach.ts';
import * as silentConnections from './silent-connections.ts';
import * as text from './text/mod.ts';
import * as skeleton from './text/skeleton.ts';
import * as trace from './trace.ts';
import * as turns from './turns.ts';
import * as unserved from './unserved.ts';
import * as warning from './warning.ts';
import * as worker from './worker/mod.ts';

it('allowance has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(allowance).toSorted()).toEqual([
    'AllowanceEnv',
    'amount',
    'createAllowance',
    'createAllowanceOf',
    'createLimiter',
  ]);
});

it('late-refusals, limits and rate-limit have this public surface, and a change to it is a decision', () => {
  const faces = [lateRefusals, limits, rateLimit].map((face) => Object.keys(face).toSorted());
  expect(faces).toEqual([
    ['createLateRefusals'],
    ['DEFAULT_LIMITS'],
    ['concurrent', 'limitOf', 'rateLimitFields', 'retryFields'],
  ]);
});

it('arrivals has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(arrivals).toSorted()).toEqual(['createArrivals']);
});

it('interim has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(interim).toSorted()).toEqual(['ONLY_INTERIM', 'limitInterim']);
});

it('pieces has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(pieces).toSorted()).toEqual(['limitPieces', 'refuseSmallPieces']);
});

it('proxy-protocol has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(proxyProtocol).toSorted()).toEqual(['NO_PROXY_HEADER', 'serveBehindProxies']);
});

it('silent-connections has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(silentConnections).toSorted()).toEqual(['closeSilentConnections']);
});

it('disk has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(disk).toSorted()).toEqual(['DiskEnv', 'diskWarning', 'watchDisk']);
});

it('errors has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(errors).toSorted()).toEqual([
    'AppError',
    'CATALOGUE',
    'belongElsewhere',
    'checkInput',
    'codeOf',
    'describeMistakes',
    'fromFastify',
    'fromFault',
    'isErrorCode',
    'parseRequest',
    'toAppError',
    'toFault',
    'toProblem',
    'toToolError',
    'whyNoFile',
  ]);
});

it('headers has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(headers).toSorted()).toEqual(['repeatedHeader']);
});

it('json has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(json).toSorted()).toEqual([
    'BACKSLASH',
    'CLOSE_ARRAY',
    'CLOSE_OBJECT',
    'COLON',
    'COMMA',
    'MAX_DEPTH',
    'MAX_SENT_ITEMS',
    'OPEN_ARRAY',
    'OPEN_OBJECT',
    'QUOTE',
    'countMembers',
    'digestOf',
    'elements',
    'endOfNumber',
    'endOfString',
    'endOfValue',
    'hasEscapedKeys',
    'hasMoreItems',
    'isNumberStart',
    'isObject',
    'isPlainNumber',
    'keyOf',
    'members',
    'membersOf',
    'parseJson',
    'parseKeyByKey',
    'parseStrictJson',
    'partsOf',
    'restFor',
    'skipSpace',
    'slice',
    'surveyJson',
    'tooManyItems',
    'transferProblem',
    'whyNotJson',
  ]);
});

it('files has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(files).toSorted()).toEqual([
    'MAX_FILE_BYTES',
    'createOnce',
    'createWatchedFile',
    'draftFile',
    'makeFolder',
    'parseFile',
    'readText',
    'replaceFile',
    'takeOnChange',
  ]);
});

it('files/lock has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(lock).toSorted()).toEqual(['isHeld', 'tryLock']);
});

it('text has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(text).toSorted()).toEqual([
    'CONTROL',
    'Html',
    'IGNORABLE',
    'INVISIBLE',
    'LINE_BREAKING',
    'ONE_LINE',
    'UNUSUAL_SPACE',
    'codePoint',
    'count',
    'escaped',
    'every',
    'foldName',
    'html',
    'isBlank',
    'oneLine',
    'parseDuration',
    'textKind',
    'visible',
    'visibleJson',
    'withoutCase',
  ]);
});

it('text/skeleton has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(skeleton).toSorted()).toEqual(['skeleton']);
});

it('hosts has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(hosts).toSorted()).toEqual(['mayAskHealth', 'ownHostNames', 'reachedAt', 'urlHost']);
});

it('reach has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(reach).toSorted()).toEqual(['ReachEnv', 'keepStrangersOut', 'strangersComeIn']);
});

it('keys has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(keys).toSorted()).toEqual([
    'KeyName',
    'bearerOf',
    'holderOf',
    'identityKeyLook',
    'keyDigest',
    'localKey',
    'makeIdentityKey',
    'makeKey',
  ]);
});

it('env has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(env).toSorted()).toEqual([
    'BusEnv',
    'ConfigError',
    'consoleUrl',
    'durationMs',
    'hostNames',
    'logLevel',
    'parseEnv',
    'port',
  ]);
});

it('logger has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(logger).toSorted()).toEqual(['createLogger']);
});

it('trace has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(trace).toSorted()).toEqual([
    'newTraceId',
    'newTraceparent',
    'parseTraceparent',
    'traceIdOf',
  ]);
});

it('unserved has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(unserved).toSorted()).toEqual(['refuseUnserved']);
});

it('turns and worker have this public surface, and a change to it is a decision', () => {
  expect(Object.keys(turns).toSorted()).toEqual(['createPresence', 'createTurns', 'everybody']);
  expect(Object.keys(worker).toSorted()).toEqual(['createWorkerThread', 'serveWorker']);
});

it('warning has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(warning)).toEqual(['watchWarning']);
});

it('numbers has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(numbers).toSorted()).toEqual([
    'WrittenNumber',
    'asDouble',
    'canonicalJson',
    'compareNumbers',
    'isNumber',
    'isWholeNumber',
    'readNumber',
    'roundingsOf',
    'withDoubles',
    'withPlainNumbers',
  ]);
});
