import { isOwn, type Route, routeOf } from './routes.ts';

/**
 * An address of a sign-in without scripts becomes the plain one. The half in it is not taken: whoever leads somebody there
 * may have set the cookie too, and it would be their session.
 */
function here(): Route {
  const [, rest] = /^\/ui\/s\/[^/]+(\/.*)$/.exec(location.pathname) ?? [];
  if (rest !== undefined) history.replaceState(null, '', `/ui${rest}${location.search}`);
  return routeOf(location.pathname, location.search);
}
let route = $state.raw<Route>(here());

function show(): void {
  route = here();
}

/** What is shown now. */
export const currentRoute = (): Route => route;

/** Goes to an address of the console. */
export function navigate(address: string): void {
  history.pushState(null, '', address);
  show();
  window.scrollTo(0, 0);
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.origin !== location.origin || !isOwn(link.pathname)) return;
  event.preventDefault();
  navigate(`${link.pathname}${link.search}`);
}

/** Shows the console's own links without loading the page anew; returns what ends it. */
export function startRouter(): () => void {
  document.addEventListener('click', followLink);
  window.addEventListener('popstate', show);
  return () => {
    document.removeEventListener('click', followLink);
    window.removeEventListener('popstate', show);
  };
}
