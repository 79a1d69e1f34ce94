import type { PageViews, SessionView } from '@aegis/contracts/console';
import type { Component } from 'svelte';
import type { PageName } from './pages.ts';
import type { Route } from './router/routes.ts';

/** What every view gets: the data of its page, where it is, and who looks at it. */
export type ViewProps<P extends PageName> = {
  data: PageViews[P];
  route: Route;
  session: SessionView;
  /** Asks for the data again. */
  reload: () => Promise<void>;
};

/** A page's view is the file of its name. */
const FOUND = import.meta.glob<Component<ViewProps<PageName>>>('./views/*.svelte', {
  eager: true,
  import: 'default',
});

/** What draws a page, once its data is there. */
export const viewOf = (page: PageName): Component<ViewProps<PageName>> | undefined =>
  FOUND[`./views/${page}.svelte`];
