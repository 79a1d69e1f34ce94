import { WrittenNumber } from '@aegis/kit/numbers';
import { describe, expect, it } from 'vitest';
import { createParameterHeaders } from './param-headers.ts';

const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;
const field = (type: string, name = 'Region') => ({ type, 'x-mcp-header': name });
const nested = { where: { type: 'object', properties: { region: field('string') } } };

function check(
  properties: object,
  args: object | undefined,
  headers: Record<string, string>,
  more: object = {},
) {
  const { disagrees, verified } = createParameterHeaders(headers);
  const problem = disagrees(
    { inputSchema: { type: 'object', properties, ...more } },
    args as Record<string, unknown>,
  );
  return problem ?? verified;
}

describe('a parameter in a header', () => {
  it.each([
    ['string', 'eu', 'eu'],
    ['string', 'eu', base64('eu')],
    ['string', 'größe\n', base64('größe\n')],
    ['string', '', ''],
    ['string', '42.0', '42.0'],
    ['integer', 42, '42'],
    ['integer', -7, '-7'],
    ['boolean', true, 'true'],
    ['number', 1.5, '1.5'],
    ['integer', new WrittenNumber('12345678901234567890'), '12345678901234567890'],
    ['number', new WrittenNumber('1.0'), '1.0'],
  ])('of type %s with %j goes on as %j', (type, region, said) => {
    const headers = { 'mcp-param-region': said };
    expect(check({ region: field(type) }, { region }, headers)).toEqual(headers);
  });

  it.each([
    ['string', 'eu', 'us'],
    ['string', 'eu', 'EU'],
    ['string', 'eu', 'eu, eu'],
    ['string', 'eu', base64('us')],
    ['string', 'eu', '=?base64?ZXU?='],
    ['string', 'eu', '=?base64?/w==?='],
    ['string', '42', '42.0'],
    ['integer', 42, '43'],
    ['integer', 42, '042'],
    ['integer', 0, '-0'],
    ['number', 100, '100.0000000000000049'],
    ['number', 9007199254740991, '9007199254740990.6'],
    ['number', 0.1, '0.1000000000000000055'],
    ['integer', new WrittenNumber('12345678901234567890'), '12345678901234567891'],
    ['integer', 42, '0x2a'],
    ['integer', 42, ''],
    ['boolean', true, 'True'],
    ['boolean', false, '0'],
  ])('of type %s with %j is a mismatch as %j', (type, region, said) => {
    expect(check({ region: field(type) }, { region }, { 'mcp-param-region': said })).toMatchObject({
      code: -32_020,
    });
  });

  it.each([
    [42, '42.0'],
    [1.5, '1.500'],
    [42, base64('42.00')],
  ])('with the number %j goes on as that, and not as %j', (region, said) => {
    const headers = { 'mcp-param-region': said };
    expect(check({ region: field('number') }, { region }, headers)).toEqual({
      'mcp-param-region': String(region),
    });
  });

  it('must be there where the argument is, however deep', () => {
    expect(check(nested, { where: { region: 'eu' } }, {})).toMatchObject({
      code: -32_020,
      message: 'The mcp-param-region header is missing: repeat where.region.',
    });
    const headers = { 'mcp-param-region': 'eu' };
    expect(check(nested, { where: { region: 'eu' } }, headers)).toEqual(headers);
  });

  it.each([[undefined], [{}], [{ region: null }], [{ region: { deep: 1 } }]])(
    'says nothing where the argument is not there: %j',
    (args) => expect(check({ region: field('string') }, args, { 'mcp-param-region': 'eve' })).toEqual({}),
  );

  it('that no argument is repeated in goes no further', () => {
    const headers = { 'mcp-param-region': 'eu', 'mcp-param-to': 'eve' };
    expect(check({ region: field('string') }, { region: 'eu', to: 'eve' }, headers)).toEqual({
      'mcp-param-region': 'eu',
    });
    expect(createParameterHeaders(headers).disagrees(undefined, { to: 'ada' })).toBeUndefined();
  });

  it.each([
    ['under a condition', {}, { if: { properties: { region: field('string') } } }],
    ['in a list', { all: { type: 'array', items: field('string') } }, {}],
    ['twice', { region: field('string'), other: field('string', 'REGION') }, {}],
    ['with an odd name', { region: field('string', 'a b') }, {}],
    ['of a type that has no one spelling', { region: field('object') }, {}],
  ])('annotated %s is none', (_, properties, more) => {
    expect(check(properties, { region: 'eu' }, { 'mcp-param-region': 'us' }, more)).toEqual({});
  });
});
