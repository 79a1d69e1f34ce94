import { plain } from '../text/pieces.ts';

const KEY = 'aegis.alerts';
const isThere = (): boolean => 'Notification' in window;
const granted = (): boolean => isThere() && Notification.permission === 'granted';

let wanted = $state(localStorage.getItem(KEY) === 'on');
let refused = $state(isThere() && Notification.permission === 'denied');

/** Desktop notifications, on request only. */
export const alerts = {
  get possible(): boolean {
    return isThere();
  },
  get on(): boolean {
    return wanted && granted();
  },
  /** The person has told the browser not to: only the browser's own settings change that. */
  get refused(): boolean {
    return refused;
  },
  async turn(on: boolean): Promise<void> {
    const allowed = on && isThere() && (await Notification.requestPermission()) === 'granted';
    refused = isThere() && Notification.permission === 'denied';
    wanted = allowed;
    localStorage.setItem(KEY, allowed ? 'on' : 'off');
  },
};

/** Says which tool which agent asks for, and no more: notifications lie about on screens that others see. */
export function alert(what: { tool: string; principal: string; id: string }, open: () => void): void {
  if (!alerts.on || (!document.hidden && document.hasFocus())) return;
  const shown = new Notification(plain(what.tool), { body: `${plain(what.principal)} asks`, tag: what.id });
  shown.addEventListener('click', () => {
    window.focus();
    open();
    shown.close();
  });
}
