import type { ApprovalView, GrantsView } from '@aegis/contracts/console';
import { openBrowser } from '@aegis/testkit/browser';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { at, idOf, summaryOf } from './samples.ts';
import { type Answer, type Request, type StandIn, startStandIn } from './stand-in.ts';

const SESSION = { name: 'ada', roles: ['finance'], expires_at: at(3600) };
const PAGE_TOKEN = 'half-1';
const NOBODY = { status: 401, body: { code: 'unauthorized', title: 'Unauthorized' } };

/** A browser with the console in it, and what its server knows. */
export class ConsolePage {
  page!: Page;
  standIn!: StandIn;
  browser!: Browser;
  views = new Map<string, ApprovalView>();
  grants: Omit<GrantsView, 'now'> = { active: [], over: [] };
  isSignedIn = true;
  /** What went wrong inside the page, or against its policy. */
  faults: string[] = [];

  /** Puts an approval on the server. */
  show(view: ApprovalView): ApprovalView {
    this.views.set(view.approval.approval_id, view);
    return view;
  }

  /** What the console has asked to be decided. */
  decisions(): Request[] {
    return this.standIn.asked.filter(({ method, path }) => method === 'POST' && path !== 'session');
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.standIn.url}/ui/${path}`);
  }

  async openApproval(n: number): Promise<void> {
    await this.goto(`approvals/${idOf(n)}`);
    await this.page.getByRole('heading', { level: 1, name: 'refunds.create' }).waitFor();
  }

  approveButton(): Locator {
    return this.page.getByRole('button', { name: /^Approve/ });
  }

  /** Waits until Approve takes a key or a click. */
  async armed(): Promise<void> {
    await this.page.locator('button.approve[aria-disabled="false"]').first().waitFor();
  }

  /** What the element with the focus says. */
  focused(): Promise<string> {
    return this.page.evaluate('document.activeElement?.textContent?.trim() ?? ""');
  }

  answer(request: Request): Answer {
    const { method, path } = request;
    if (path === 'session') {
      this.isSignedIn ||= method === 'POST' && (request.body as { secret: string }).secret === 'right';
    }
    if (!this.isSignedIn || (request.pageToken !== PAGE_TOKEN && method !== 'POST')) return NOBODY;
    if (path === 'session') {
      const opened = method === 'POST' ? { page_token: PAGE_TOKEN } : {};
      return { status: 200, body: { ...SESSION, ...opened, now: at(0) } };
    }
    if (path === 'inbox') return { status: 200, body: this.inbox() };
    if (path === 'grants') return { status: 200, body: { ...this.grants, now: at(0) } };
    const view = this.views.get(path.split('/')[1] ?? '');
    if (view === undefined) return { status: 404, body: { code: 'approval_not_found', title: 'Not found' } };
    return method === 'POST' ? this.decide(request, view) : { status: 200, body: { ...view, now: at(0) } };
  }

  private inbox() {
    const open = [...this.views.values()].filter(({ approval }) => approval.status === 'pending');
    const items = open.map(({ approval }) => ({
      latest: summaryOf(approval),
      ids: [approval.approval_id],
      count: 1,
      may_decide: true,
    }));
    return { items, more: 0, now: at(0) };
  }

  /** A code waits for an approval from then on. */
  private draw({ approval, revision, ...view }: ApprovalView): Answer {
    const code = { digest: 'scrypt:x', drawn_by: 'ada', drawn_at: at(0), until: at(600) };
    const next = { ...approval, code } as typeof approval;
    this.show({ ...view, approval: next, revision: revision + 1 });
    return { status: 200, body: { approval: next, revision: revision + 1, counted: true, code: 'K7QF3NWT' } };
  }

  private decide(request: Request, view: ApprovalView): Answer {
    if (request.path.endsWith('/code')) return this.draw(view);
    const { approval, revision } = view;
    const status = request.path.endsWith('/deny') ? 'denied' : 'approved';
    const more = status === 'denied' ? { denied_because: 'denied' } : { use_by: at(300) };
    const next = { ...approval, status, decided_at: at(0), decided_by: 'ada', ...more };
    const before = this.views.get(approval.approval_id);
    this.show({ ...before, approval: next, revision: revision + 1 } as ApprovalView);
    return { status: 200, body: { approval: next, revision: revision + 1, counted: true } };
  }
}

/** One browser and one page for a file's tests: the browser that npm brings is one process, and ends with its first page. */
export function useConsole(): ConsolePage {
  const it = new ConsolePage();
  beforeAll(async () => {
    it.browser = await openBrowser();
    it.standIn = await startStandIn((request) => it.answer(request));
    it.page = await it.browser.newPage();
    await it.page.addInitScript(
      `if (location.origin === '${it.standIn.url}') localStorage.setItem('aegis.session', '${PAGE_TOKEN}');`,
    );
    it.page.on('pageerror', (error) => it.faults.push(error.message));
    it.page.on('console', (message) => {
      if (/policy|trusted/i.test(message.text())) it.faults.push(message.text());
    });
  });
  afterAll(async () => {
    await it.browser.close();
    await it.standIn.stop();
  });
  beforeEach(async () => {
    it.views.clear();
    it.grants = { active: [], over: [] };
    it.isSignedIn = true;
    it.faults.length = 0;
    it.standIn.setLive(true);
    it.standIn.asked.length = 0;
    await it.page.setViewportSize({ width: 1280, height: 900 });
  });
  afterEach(async () => {
    await it.page.goto('about:blank');
    expect(it.faults).toEqual([]);
  });
  return it;
}
