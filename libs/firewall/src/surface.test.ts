import { expect, it } from 'vitest';
import * as gate from './gate/mod.ts';
import * as own from './own/mod.ts';
import * as relay from './relay/mod.ts';
import * as servers from './servers/mod.ts';
import * as wire from './wire/mod.ts';

it('gate has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(gate).toSorted()).toEqual([
    'RECORD_MODES',
    'UpstreamQuestions',
    'createFirewall',
    'questionId',
    'sealSecret',
    'unreadable',
  ]);
});

it('own has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(own).toSorted()).toEqual(['OwnEnv', 'createOwn']);
});

it('relay has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(relay).toSorted()).toEqual([
    'FROM_FIREWALL',
    'FROM_RELAY',
    'MAX_FRAME_BYTES',
    'RELAY_PATH',
    'RELAY_PROTOCOL',
    'WINDOW_BYTES',
    'createChannel',
    'createFrameReader',
    'encodeFrame',
  ]);
});

it('servers has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(servers).toSorted()).toEqual(['parseServers', 'serverProblem']);
});

it('wire has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(wire).toSorted()).toEqual([
    'ENVELOPE_KEYS',
    'INTERNAL_ERROR',
    'INVALID_PARAMS',
    'INVALID_REQUEST',
    'MAX_IN_FLIGHT',
    'MAX_LINE_BYTES',
    'answerTo',
    'createInFlight',
    'createLineSplitter',
    'createServerLines',
    'errorResponse',
    'isFor',
    'otherWay',
    'readClientMessage',
    'readLines',
    'readServerWords',
    'resultResponse',
    'withoutEnding',
  ]);
});
