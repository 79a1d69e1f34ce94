// Live refresh: an approval event makes the page ask for its own newest state. A row that did not change is kept as it
// is, so that nobody loses the code that they are typing.
const REFRESH_AFTER_MS = 150;
let timer;

const replaceMain = (next) => {
  const fresh = next.querySelector('main');
  for (const row of fresh.querySelectorAll('tbody tr')) {
    const shown = document.getElementById(row.id);
    if (shown && shown.dataset.status === row.dataset.status) row.replaceWith(shown);
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

const events = new EventSource('/events?types=approval');
for (const name of ['requested', 'approved', 'denied', 'expired', 'consumed']) {
  events.addEventListener(`aegis.approval.${name}.v1`, soon);
}
events.addEventListener('open', soon);
