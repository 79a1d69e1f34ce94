import { type Html, html, oneLine } from '@aegis/kit/text';
import { type InQuarantine, inQuarantine } from '@aegis/replicas/tools';
import { toolKey } from '../../projections/tool-index.ts';
import { fact } from './call.ts';
import { definitionDiff } from './definition-diff.ts';
import { address, bytesOf, EMPTY, layout, type Notice, time } from './layout.ts';

/** What one page holds, of all tools and of one. */
const PAGE_BYTES = 700_000;
const TOOL_BYTES = 4_000_000;
const TOOLS = 10;

/** Who is signed in needs no code. */
const whoAccepts = (csrf: string | undefined): Html =>
  csrf === undefined
    ? html`<label>Code <input name="approval_code" type="password" autocomplete="off" required maxlength="1024"></label>`
    : html`<input type="hidden" name="csrf_token" value="${csrf}">`;

const acceptForm = (key: string, digest: string, csrf: string | undefined): Html => html`
  <form method="post" action="/ui/tools">
    <input type="hidden" name="key" value="${key}">
    <input type="hidden" name="digest" value="${digest}">
    ${whoAccepts(csrf)}
    <button>Accept this definition</button>
  </form>`;

/** The definition and the form that accepts it. What is too large to be seen here can't be accepted here either. */
function definitionOf({ tool, waiting }: InQuarantine, csrf: string | undefined): Html {
  const diff = waiting.definition && definitionDiff(tool.before?.definition, waiting.definition);
  if (diff && bytesOf(diff) <= TOOL_BYTES) {
    return html`${diff}${acceptForm(toolKey(tool), waiting.digest, csrf)}`;
  }
  return html`<p>Too large for this page. Read it with <code>aegis tools list --json</code>, and accept it with
    <code>aegis tools accept</code>.</p>`;
}

/** A definition's key: of a tool, several may wait. */
const definitionKey = ({ tool, waiting }: InQuarantine): string =>
  `${toolKey(tool)}-${waiting.digest.slice('sha256:'.length)}`;

function article(one: InQuarantine, csrf: string | undefined): Html {
  const { tool, waiting } = one;
  return html`
  <article id="tool-${definitionKey(one)}">
    <h2>${tool.server}.${oneLine(tool.tool)}</h2>
    <dl>
      ${fact('server', tool.server)}
      ${fact('tool', oneLine(tool.tool))}
      ${fact('change', waiting.level)}
      ${fact('since', time(waiting.since))}
      ${fact('looks like', tool.looksLike === undefined ? undefined : oneLine(tool.looksLike))}
      ${fact('digest', waiting.digest)}
    </dl>
    ${inQuarantine(tool) === waiting ? EMPTY : html`<p>Another definition of this tool was seen since. Calls of this one still wait.</p>`}
    ${tool.before === undefined ? html`<p>No definition of this tool was accepted yet. This is all of it:</p>` : EMPTY}
    ${definitionOf(one, csrf)}
  </article>`;
}

export type ToolsPageView = {
  before: string | undefined;
  /** Of somebody who is signed in. */
  csrf: string | undefined;
  notice: Notice | undefined;
};

/** The articles of one page, from the one after that which `before` names; `next` is the `before` of the page after it. */
function pageOf(
  definitions: readonly InQuarantine[],
  { before, csrf }: Pick<ToolsPageView, 'before' | 'csrf'>,
) {
  const keys = definitions.map(definitionKey);
  const start = before === undefined ? 0 : keys.indexOf(before) + 1;
  const articles: Html[] = [];
  let bytes = 0;
  for (const [i, one] of definitions.entries()) {
    if (i < start) continue;
    const drawn = article(one, csrf);
    bytes += bytesOf(drawn);
    if (articles.length > 0 && (articles.length === TOOLS || bytes > PAGE_BYTES)) {
      return { articles, next: keys[i - 1] };
    }
    articles.push(drawn);
  }
  return { articles, next: undefined };
}

/** Definitions that wait, each with what changed. */
export function toolsPage(definitions: readonly InQuarantine[], view: ToolsPageView): string {
  const { articles, next } = pageOf(definitions, view);
  return layout({
    title: 'Changed tools',
    intro:
      'What these servers say of these tools is not what was accepted. Each call of them waits for a person until the right code accepts the new definition. A wrong code changes nothing.',
    current: '/ui/tools',
    notice: view.notice,
    main: html`
${articles.length === 0 ? html`<p class="empty">Nothing here. Tools whose definition changes will appear on this page.</p>` : articles}
${next === undefined ? EMPTY : html`<p><a rel="next" href="${address('/ui/tools', { before: next })}">Older</a></p>`}`,
  });
}
