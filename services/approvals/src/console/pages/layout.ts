import { Html, html } from '@aegis/kit/text';
import type { Assets } from './assets.ts';

/** What is shown above the rest after a form was sent. */
export type Notice = { tone: 'good' | 'bad'; text: string };

export const EMPTY = html``;

/** A time as people read it, exact for machines. Without scripts it is UTC. */
export const time = (iso: string): Html =>
  html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;

/** How much markup it is, in bytes as sent. */
export const bytesOf = ({ markup }: Html): number => Buffer.byteLength(markup);

/** An address of ours with its query. */
export function address(path: string, query: Record<string, string>): Html {
  const search = new URLSearchParams(query).toString();
  return new Html(search === '' ? path : `${path}?${search.replaceAll('&', '&amp;')}`);
}

const PAGES = [
  ['/ui/approvals', 'Approvals'],
  ['/ui/tools', 'Changed tools'],
] as const;

export type Layout = {
  title: string;
  /** What the page is for, in a sentence or two. */
  intro: string;
  /** Which of the two pages it is, if it is one of them. */
  current?: (typeof PAGES)[number][0];
  nav?: Html;
  notice?: Notice | undefined;
  main: Html;
};

const link = ([href, name]: (typeof PAGES)[number], current: string | undefined): Html =>
  href === current
    ? html`<a href="${href}" aria-current="page">${name}</a> `
    : html`<a href="${href}">${name}</a> `;

const body = ({ title, intro, current, nav, notice, main }: Layout): Html => html`
<nav aria-label="Pages">${PAGES.map((page) => link(page, current))}</nav>
<header><h1>${title}</h1><p>${intro}</p></header>
${nav ?? EMPTY}
${notice === undefined ? EMPTY : html`<p role="status" class="notice ${notice.tone}">${notice.text}</p>`}
<main>
${main}
</main>`;

const STYLE = html`<link rel="stylesheet" href="/ui/approvals.css">`;

const page = (title: string, head: Html, content: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · AegisMCP</title>
${head}
</head>
<body>
${content}
</body>
</html>
`.markup;

/** A whole page without any script. */
export const layout = (view: Layout): string => page(view.title, STYLE, body(view));

/** A page of the console: its script draws it, and without scripts it is the same page as the server writes it. */
export function shell({ script, styles, icon }: Omit<Assets, 'files'>, view: Layout): string {
  if (script === undefined) return layout(view);
  const head = html`${styles.map((style) => html`<link rel="stylesheet" href="${style}">`)}
${icon === undefined ? EMPTY : html`<link rel="icon" href="${icon}">`}
<script type="module" src="${script}"></script>
<noscript>${STYLE}</noscript>`;
  return page(view.title, head, html`<div id="app"></div><noscript>${body(view)}</noscript>`);
}
