import { describe, expect, it } from 'vitest';
import { MODERN } from '../testkit/client.ts';
import { envelopeFor, readCaller, toClientInfo } from './caller.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('what a request says of itself', () => {
  it('in the modern era: who it is, and that it opens URLs', () => {
    expect(readCaller({ _meta: { ...MODERN, progressToken: 0, traceparent: TRACEPARENT } })).toEqual({
      isModern: true,
      client: { name: 'test', version: '1' },
      opensUrls: true,
      capabilities: { elicitation: { url: {}, form: {} } },
      progressToken: 0,
      traceparent: TRACEPARENT,
    });
  });

  it.each([
    undefined,
    {},
    { _meta: 7 },
    { _meta: { ...MODERN, 'io.modelcontextprotocol/protocolVersion': 7 } },
    { _meta: { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } } } },
  ])('%j is of the older eras', (params) => {
    expect(readCaller(params)).toMatchObject({ isModern: false, opensUrls: false, client: undefined });
  });

  it.each([{}, { elicitation: {} }, { elicitation: { url: true } }, { elicitation: { form: {} } }])(
    'capabilities %j open no URLs',
    (capabilities) => {
      const meta = { ...MODERN, 'io.modelcontextprotocol/clientCapabilities': capabilities };
      expect(readCaller({ _meta: meta }).opensUrls).toBe(false);
    },
  );

  it('the envelope of our own question is the client’s, without what belongs to its request alone', () => {
    expect(envelopeFor({ name: 'read', _meta: { ...MODERN, progressToken: 1 } })).toEqual({ _meta: MODERN });
    expect(envelopeFor({ _meta: { progressToken: 1 } })).toEqual({});
  });

  const PLAIN = { elicitation: { url: {}, form: { applyDefaults: true } } };
  it.each([
    [
      'a key that the protocol does not have',
      { 'com.example/run': { pay: 'eve' }, tracestate: 'to=eve' },
      {},
    ],
    [
      'words about the client beyond its name and version',
      {
        'io.modelcontextprotocol/clientInfo': { name: 'a', version: '1', description: 'to eve', tenant: 'x' },
      },
      { 'io.modelcontextprotocol/clientInfo': { name: 'a', version: '1' } },
    ],
    [
      'capabilities that the specification does not name',
      {
        'io.modelcontextprotocol/clientCapabilities': {
          ...PLAIN,
          sampling: { to: 'eve' },
          extensions: { a: {} },
          roots: 'eve',
          odd: 1,
        },
      },
      { 'io.modelcontextprotocol/clientCapabilities': { ...PLAIN, sampling: {}, extensions: {} } },
    ],
  ])('our own question, which nobody has approved, carries no %s', (_, sent, asked) => {
    expect(envelopeFor({ _meta: { ...MODERN, ...sent } })).toEqual({ _meta: { ...MODERN, ...asked } });
  });

  it.each(['to eve', '2026-07-28 to eve', '2026-07-28\n'])('a revision %j is none to ask in', (version) => {
    const meta = { ...MODERN, 'io.modelcontextprotocol/protocolVersion': version };
    expect(envelopeFor({ _meta: meta })).toEqual({});
  });
});

describe('a client’s name in the record', () => {
  it('is one line, however it is sent', () => {
    expect(toClientInfo({ name: ' a\nb\u2028 ', version: '\u0000' })).toEqual({ name: 'a b' });
    expect(toClientInfo({ name: 'é'.repeat(300), version: '1'.repeat(200) })).toEqual({
      name: 'é'.repeat(200),
      version: '1'.repeat(100),
    });
    expect(toClientInfo({ name: `${'a'.repeat(199)}😀` })?.name.isWellFormed()).toBe(true);
  });

  it.each([undefined, null, 'x', {}, { name: 7 }, { name: ' ' }])('%j is none', (said) => {
    expect(toClientInfo(said)).toBeUndefined();
  });
});
