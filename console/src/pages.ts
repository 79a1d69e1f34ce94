/** One page of the console. */
type Page = {
  /** Its address. With `:id` it is about one thing, and names it in its own heading. */
  path: string;
  /** Where its data is asked for, under `/ui/api/`. */
  data: string;
  /** What the tab is called. */
  title: string;
  /** Its link in the bar; without one, other pages lead to it. */
  nav?: string;
  /** Its heading, where that is not its title. */
  heading?: string;
  /** What it is for, in a sentence or two. */
  intro?: string;
  /** The keys that are of use there. */
  keys?: readonly (readonly [key: string, does: string])[];
  /** Only people with one of these roles see it. */
  roles?: readonly string[];
  /** It shows what the stream does not tell of, and is asked for again from time to time. */
  looks?: true;
  /** What one of them is called, where it is about one thing. */
  one?: string;
};

const pages = {
  inbox: {
    path: '/ui/approvals',
    data: 'inbox',
    title: 'Approvals',
    nav: 'Inbox',
    heading: 'Waiting for a decision',
    keys: [
      ['j k', 'move'],
      ['enter', 'opens'],
    ],
  },
  approval: {
    path: '/ui/approvals/:id',
    data: 'approvals/:id',
    title: 'One approval',
    one: 'approval',
  },
  history: { path: '/ui/history', data: 'history', title: 'History', nav: 'History' },
  grants: {
    path: '/ui/grants',
    data: 'grants',
    title: 'Grants',
    nav: 'Grants',
    intro: 'Calls like these run without asking, for one agent and for a while. A deny rule still wins.',
    looks: true,
  },
  tools: {
    path: '/ui/tools',
    data: 'tools',
    title: 'Changed tools',
    nav: 'Tools',
    intro:
      'Tools whose servers say something else of them than what was accepted. Each call of one waits for a person until somebody accepts the new definition.',
    looks: true,
  },
  webhooks: {
    path: '/ui/webhooks',
    data: 'webhooks',
    title: 'Webhooks',
    nav: 'Webhooks',
    intro:
      'Who is told elsewhere that something waits. They are set by the command aegis webhooks, in a file or by REST; nothing is decided there.',
    roles: ['operator', 'admin'],
    looks: true,
  },
} satisfies Record<string, Page>;

export type PageName = keyof typeof pages;
export const PAGE_NAMES = Object.keys(pages) as PageName[];

/**
 * The pages of the console, in the order of the bar. The server serves each at its path and answers for its data; the router
 * and the bar read the same. What a page draws is `views/<name>.svelte`.
 */
export const PAGES: Readonly<Record<PageName, Page>> = pages;
