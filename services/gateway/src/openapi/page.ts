import { createHash } from 'node:crypto';
import { type Html, html } from '@aegis/kit/text';
import { PAGE_STYLE } from './page-style.ts';
import type { ApiDocument, Operation, Schema } from './shape.ts';

/** The page needs its own style and nothing else: no scripts, no requests, no frames. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Named = { method: string; path: string; operation: Operation };

function resolve(document: ApiDocument, schema: Schema | undefined): Schema | undefined {
  const name = schema?.$ref?.split('/').at(-1);
  return name === undefined ? schema : document.components?.schemas?.[name];
}

const typeOf = (schema: Schema | undefined): string =>
  schema?.enum?.join(' | ') ?? [schema?.type ?? 'any'].flat().join(' | ');

const code = (value: unknown): Html => html`<pre><code>${JSON.stringify(value, null, 2)}</code></pre>`;

function fieldRows(schema: Schema | undefined): Html[] {
  return Object.entries(schema?.properties ?? {}).map(
    ([name, field]) =>
      html`<tr><td><code>${name}</code></td><td>${typeOf(field)}</td><td>${
        schema?.required?.includes(name) ? 'required' : 'optional'
      }</td></tr>`,
  );
}

function renderParameters({ parameters = [] }: Operation): Html | undefined {
  if (parameters.length === 0) return undefined;
  const rows = parameters.map(
    (one) =>
      html`<tr><td><code>${one.name}</code></td><td>${typeOf(one.schema)}</td><td>${one.in}, ${
        one.required ? 'required' : 'optional'
      }</td></tr>`,
  );
  return html`<h4>Parameters</h4><table>${rows}</table>`;
}

function renderBody(document: ApiDocument, { requestBody }: Operation): Html | undefined {
  const schema = resolve(document, requestBody?.content?.['application/json']?.schema);
  if (schema === undefined) return undefined;
  return html`<h4>Body</h4><table>${fieldRows(schema)}</table>${schema.examples?.map(code)}`;
}

function renderAnswers(document: ApiDocument, { responses = {} }: Operation): Html {
  const rows = Object.entries(responses).map(([status, answer]) => {
    const schema = resolve(document, Object.values(answer.content ?? {})[0]?.schema);
    const example = Number(status) < 300 ? schema?.examples?.map(code) : undefined;
    return html`<tr><td>${status}</td><td>${answer.description}${example}</td></tr>`;
  });
  return html`<h4>Answers</h4><table>${rows}</table>`;
}

/** What a route needs in `Authorization`. */
function renderSecurity(document: ApiDocument, { security = [] }: Operation): Html[] {
  const names = security.flatMap((one) => Object.keys(one));
  return names.map(
    (name) =>
      html`<p>Needs <code>Authorization: Bearer …</code>. ${document.components?.securitySchemes?.[name]?.description}</p>`,
  );
}

function renderOperation(document: ApiDocument, { method, path, operation }: Named): Html {
  const id = operation.operationId ?? `${method}${path}`;
  return html`<section id="${id}">
<h3><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3>
<p><strong>${operation.summary}</strong></p>
${operation.description === undefined ? undefined : html`<p>${operation.description}</p>`}
${renderSecurity(document, operation)}${renderParameters(operation)}${renderBody(document, operation)}${renderAnswers(document, operation)}
</section>`;
}

const operationsOf = (document: ApiDocument): Named[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

/** The OpenAPI document as a page that a person can read, complete in itself. */
export function renderPage(document: ApiDocument): string {
  const operations = operationsOf(document);
  const groups = (document.tags ?? []).map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(name));
    return html`<h2 id="${name}">${name}</h2><p>${description}</p>${own.map((one) => renderOperation(document, one))}`;
  });
  const links = operations.map(
    ({ method, path, operation }) =>
      html`<li><a href="#${operation.operationId ?? ''}">${method.toUpperCase()} ${path}</a></li>`,
  );
  const head = html`<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${document.info.title} API</title>`;
  const intro = html`<h1>${document.info.title} API</h1><p>${document.info.description}</p>
<p>The same for programs: <a href="/openapi.json">openapi.json</a>. Approvals in a browser: <a href="/ui/approvals">/ui/approvals</a>; changed tools: <a href="/ui/tools">/ui/tools</a>.</p>`;
  return `<!doctype html><html lang="en"><head>${head.markup}<style>${PAGE_STYLE}</style></head><body>${
    html`${intro}<nav><ul>${links}</ul></nav>${groups}`.markup
  }</body></html>`;
}
