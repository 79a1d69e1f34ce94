// Live refresh: an approval event makes the page ask for its own newest state. An approval that did not change is kept as
// it is, so that nobody loses the code that they are typing. The page of changed tools has nothing that refreshes.
const REFRESH_AFTER_MS = 150;
let timer;

const replaceMain = (next) => {
  const fresh = next.querySelector('main');
  for (const approval of fresh.querySelectorAll('[data-status]')) {
    const shown = document.getElementById(approval.id);
    if (shown && shown.dataset.status === approval.dataset.status) approval.replaceWith(shown);
  }
  const typing = document.activeElement;
  document.querySelector('main').replaceWith(fresh);
  if (typing instanceof HTMLInputElement && typing.isConnected) typing.focus();
};

const refresh = async () => {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!response.ok) return;
  replaceMain(new DOMParser().parseFromString(await response.text(), 'text/html'));
};

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), REFRESH_AFTER_MS);
};

// A browser has six connections to one address, and a stream takes one: tabs that nobody sees take none.
let events;
const listen = () => {
  if (document.hidden) {
    events?.close();
    events = undefined;
  } else if (!events) {
    events = new EventSource('/events?types=approval');
    for (const name of ['requested', 'approved', 'denied', 'expired', 'cancelled', 'consumed']) {
      events.addEventListener(`aegis.approval.${name}.v1`, soon);
    }
    events.addEventListener('open', soon);
  }
};

if (location.pathname.startsWith('/ui/approvals')) {
  document.addEventListener('visibilitychange', listen);
  listen();
}
