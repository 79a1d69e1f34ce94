/** What was opened last, so that whoever comes back goes on from there. */
let lastOpened: string | undefined;

export const remember = (href: string): void => {
  lastOpened = href;
};

/** Which one of a list comes next; where none has the focus, the one that was opened last, else the first. */
export function step(length: number, focused: number, remembered: number, by: 1 | -1): number | undefined {
  if (length === 0) return undefined;
  if (focused < 0) return remembered < 0 ? 0 : remembered;
  return Math.min(length - 1, Math.max(0, focused + by));
}

/** Moves the focus among the links of a list that carry `data-item`. */
export function moveFocus(by: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('a[data-item]')];
  const focused = links.findIndex((link) => link === document.activeElement);
  const remembered = links.findIndex((link) => link.getAttribute('href') === lastOpened);
  const at = step(links.length, focused, remembered, by);
  if (at === undefined) return false;
  links[at]?.focus();
  return true;
}
