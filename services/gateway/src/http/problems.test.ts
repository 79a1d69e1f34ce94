import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import Fastify from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { problemOf, sendProblem } from './problems.ts';

const request = { id: 'r1', url: '/policy' };

describe('what went wrong, as the caller reads it', () => {
  it('has the code, the detail and the request', () => {
    expect(problemOf(new AppError('policy_unavailable', 'It is away.'), request)).toEqual({
      type: 'urn:aegis:error:policy_unavailable',
      title: 'The policy service is away',
      status: 503,
      code: 'policy_unavailable',
      detail: 'It is away.',
      instance: 'urn:aegis:request:r1',
    });
  });

  it('says nothing of an error that nobody foresaw', () => {
    const problem = problemOf(new Error('secret path /root'), request);
    expect(problem).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it("knows Fastify's own errors", () => {
    const tooLarge = Object.assign(new Error('too large'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' });
    expect(problemOf(tooLarge, request)).toMatchObject({ status: 413, code: 'payload_too_large' });
  });

  it('on /guard/* also reads as a decision that allows nothing', () => {
    expect(problemOf(new Error('broken'), { id: 'r1', url: '/guard/check' })).toMatchObject({
      status: 500,
      allowed: false,
      approval_required: false,
      reasons: ['internal'],
    });
  });
});

it('an error that nobody foresaw is logged whole, under the id that its caller was given', async () => {
  const error = vi.fn();
  const app = Fastify({ genReqId: () => 'r7' });
  app.setErrorHandler(sendProblem({ error } as unknown as Logger, { count: vi.fn() }));
  const broken = new Error('the disk is gone');
  app.get('/', () => {
    throw broken;
  });
  const reply = await app.inject('/');
  expect(reply.statusCode).toBe(500);
  expect(reply.headers['x-request-id']).toBe('r7');
  expect(reply.body).not.toMatch(/disk|stack|\.ts/);
  expect(error).toHaveBeenCalledWith(
    expect.objectContaining({ err: broken, requestId: 'r7' }),
    'request failed',
  );
});
