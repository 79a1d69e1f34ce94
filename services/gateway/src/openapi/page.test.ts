import { describe, expect, it } from 'vitest';
import { PAGE_POLICY, renderPage } from './page.ts';
import type { ApiDocument } from './shape.ts';

const document: ApiDocument = {
  openapi: '3.1.0',
  info: { title: 'T', description: 'all of it' },
  tags: [{ name: 'guard', description: 'May it run?' }],
  paths: {
    '/guard/check': {
      post: {
        operationId: 'check',
        summary: 'Ask <first>\u202e',
        tags: ['guard'],
        security: [{ approver: [] }],
        parameters: [{ name: 'trace', in: 'header', schema: { type: 'string' } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Check' } } } },
        responses: {
          200: {
            description: 'Yes or no',
            content: { 'application/json': { schema: { examples: [{ allowed: true }] } } },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: { approver: { description: 'a key of their own' } },
    schemas: {
      Check: { properties: { tool: { type: 'string' } }, required: ['tool'], examples: [{ tool: '</pre>' }] },
    },
  },
};

describe('the page', () => {
  const page = renderPage(document);
  it('shows each operation with its parameters, its body and its answers', () => {
    for (const shown of [
      '/guard/check',
      'trace',
      'Needs <code>Authorization: Bearer …</code>. a key of their own',
      '<code>tool</code>',
      'required',
      'Yes or no',
      '&quot;allowed&quot;: true',
    ]) {
      expect(page).toContain(shown);
    }
  });

  it('shows text as text', () => {
    expect(page).toContain('Ask &lt;first&gt;⟨U+202E⟩');
    expect(page).toContain('&quot;&lt;/pre&gt;&quot;');
  });

  it('asks nobody for anything: no scripts, no pictures, no styles from elsewhere', () => {
    expect(page).not.toMatch(/<script|<link|<img|src=|https?:\/\//);
    expect(PAGE_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /);
  });
});
