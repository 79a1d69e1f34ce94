import { expect, it } from 'vitest';
import * as answer from './answer.ts';
import * as law from './law/mod.ts';
import * as bus from './mod.ts';
import * as service from './service/mod.ts';

it('bus has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(bus).toSorted()).toEqual([
    'connectBus',
    'createGroupCommit',
    'createRefusals',
    'createSkipped',
    'isConflict',
    'mendIt',
    'readEnvelope',
    'retryOnConflict',
    'route',
    'textRoute',
  ]);
});

it('law has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(law).toSorted()).toEqual([
    'BrokerError',
    'IDENTITIES',
    'MOVED_STREAMS',
    'STREAMS',
    'connectAs',
    'ensureIdentities',
    'isInbox',
    'isSupportedServer',
    'moveStreamsScript',
    'natsConf',
    'parseServerVersion',
    'provisionAt',
    'seedFile',
  ]);
});

it('service has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(service).toSorted()).toEqual(['healthFrom', 'healthy', 'runService', 'serveHealth']);
});

it('answer has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(answer).toSorted()).toEqual(['answerText', 'deadlineOf', 'requestText']);
});
