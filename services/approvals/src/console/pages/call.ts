import { type Approval, asRuled } from '@aegis/contracts/approvals';
import { type Html, html } from '@aegis/kit/text';

type Fact = readonly [name: string, value: Html | string | number | undefined];

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
/** In a list: one huge call must not keep people from the others. */
const LISTED_BYTES = 200_000;
/** Above it the arguments are written on one line: deep ones take a hundred times their room when indented. */
const INDENTED_BYTES = 700_000;

/** How much markup it is, in bytes as sent. */
export const bytesOf = ({ markup }: Html): number => Buffer.byteLength(markup);
const time = (iso: string): Html => html`<time datetime="${iso}">${iso}</time>`;

const nameOf = (key: string): string => (key === 'dry_run_id' ? 'run key' : key.replaceAll('_', ' '));

/** What is on record beside the call: who, when, until when, by its names there. */
const onRecord = ({ status: _status, reason: _reason, ...more }: Approval): Fact[] =>
  Object.entries(more).flatMap(([key, value]): Fact[] =>
    typeof value === 'string' ? [[nameOf(key), TIME.test(value) ? time(value) : value]] : [],
  );

function factsOf(approval: Approval): Fact[] {
  const { terms, endorsements = [], rule } = approval;
  const { op, amount_cents, server, principal, definition_digest } = asRuled(approval);
  return [
    ['op', op],
    ['amount', amount_cents === undefined ? undefined : `${amount_cents} cents`],
    ['server', server],
    ['for', principal],
    ['the agent says', approval.reason],
    ['approvers', terms?.approvers?.join(', ')],
    ['said yes', terms?.quorum === undefined ? undefined : `${endorsements.length} of ${terms.quorum}`],
    ...endorsements.map(({ by, at, reason = '' }): Fact => ['yes of', html`${by}, ${time(at)}: ${reason}`]),
    ['rule', rule && `${rule.match} (rule ${rule.index}, counted from 0)`],
    ['tool digest', definition_digest],
    ...onRecord(approval),
  ];
}

/** JSON as people read it; undefined where that is more than `maxBytes` of markup. */
function indented(value: Record<string, unknown>, maxBytes: number): Html | undefined {
  const text = JSON.stringify(value, null, 2);
  const shown = text.length > maxBytes ? undefined : html`<pre>${text}</pre>`;
  return shown && bytesOf(shown) <= maxBytes ? shown : undefined;
}

/** Whole, or where all of it can be read (`page`, the address of the approval's own): who decides must see what will run. */
function wholeOf(page: string, value: Record<string, unknown>, what: string, isListed: boolean): Html {
  const json = JSON.stringify(value);
  if (!isListed) return indented(value, INDENTED_BYTES) ?? html`<pre>${json}</pre>`;
  const all = html`<a href="${page}">all ${Buffer.byteLength(json)} bytes of ${what}</a>`;
  return indented(value, LISTED_BYTES) ?? html`<p>Too large for this page: ${all}</p>`;
}

/** Everything that the server gets: the arguments, and what is sent besides. */
function sentOf({ approval_id, call: { args, input } }: Approval, base: string, isListed: boolean): Html {
  const page = `${base}/approvals/${approval_id}`;
  const shown = args === undefined ? html`<p>No arguments.</p>` : wholeOf(page, args, 'arguments', isListed);
  if (input === undefined) return shown;
  return html`${shown}
  <p>The server also gets, besides the arguments:</p>
  ${wholeOf(page, input, 'it', isListed)}`;
}

/** Where the whole call was read: what is drawn counts for that state. */
const CODE = html`<button class="plain" name="verdict" value="code">Draw a code to say</button>
    <small>The code is your yes: it counts when whoever asked gives it back.</small>`;

/** One person's word. Deny comes first: the return key in the field sends the first button. */
function decideForm({ approval_id, terms }: Approval, { base, revision, isChanged }: Shown): Html {
  const seen = revision === undefined ? '' : html`<input type="hidden" name="revision" value="${revision}">`;
  const [label, required] = terms?.require_reason
    ? ['Reason (this rule asks for one)', html`required`]
    : ['Reason'];
  return html`
  <form method="post" action="${base}/approvals/${approval_id}">${seen}
    <label>${label} <input name="reason" autocomplete="off" maxlength="4096" ${required}></label>
    <button class="deny" name="verdict" value="deny">Deny</button>
    <button class="${isChanged ? 'plain' : 'approve'}" name="verdict" value="approve">Approve</button>
    ${revision === undefined ? '' : CODE}
  </form>`;
}

/**
 * How a call is shown. `base`: where the pages of this sign-in are; `revision`: what was seen, not in the list;
 * `isChanged`: nobody accepted the definition of its tool yet. `unreadable`: why its arguments can't be read.
 */
type Shown = { base: string; revision?: number; isChanged: boolean; unreadable?: string | undefined };

/** What nobody can read nobody decides. */
export const cantBeRead = (because: string): Html =>
  html`<p class="told bad">${because} So nobody can decide it.</p>`;

const CHANGED = html`<p class="told bad">Nobody has accepted the definition of this tool yet: read what changed, on the page
  <a href="/ui/tools">Tools</a> (with scripts) or by <code>aegis tools list</code>, before you approve.</p>`;

/** A call that waits, or has waited, and what decides it. */
export function callOf(approval: Approval, shown: Shown): Html {
  const { base, revision, isChanged, unreadable } = shown;
  const { approval_id, status, call, reasons } = approval;
  return html`
<article class="card" id="${approval_id}" data-status="${status}">
  <h2><a href="${base}/approvals/${approval_id}">${call.tool}</a>: ${status}</h2>
  <ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
  ${isChanged ? CHANGED : ''}
  ${unreadable === undefined ? sentOf(approval, base, revision === undefined) : cantBeRead(unreadable)}
  <dl>${factsOf(approval).map(([name, value]) => (value === undefined ? '' : html`<dt>${name}</dt><dd>${value}</dd>`))}</dl>
  ${status === 'pending' && unreadable === undefined ? decideForm(approval, shown) : ''}
</article>`;
}
