const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long, by its two largest units: `59 s`, `4 min 05 s`, `1 h 02 min`, `3 d 4 h`. Not below nothing. */
export function lasting(ms: number): string {
  const left = Math.max(0, Math.floor(ms / SECOND) * SECOND);
  if (left < MINUTE) return `${left / SECOND} s`;
  const pair = (large: number, small: number): [number, string] => [
    Math.floor(left / large),
    String(Math.floor((left % large) / small)).padStart(2, '0'),
  ];
  if (left < HOUR) {
    const [minutes, seconds] = pair(MINUTE, SECOND);
    return `${minutes} min ${seconds} s`;
  }
  if (left < DAY) {
    const [hours, minutes] = pair(HOUR, MINUTE);
    return `${hours} h ${minutes} min`;
  }
  return `${Math.floor(left / DAY)} d ${Math.floor((left % DAY) / HOUR)} h`;
}

/** How long ago, by its largest unit: `just now`, `5 min ago`. */
export function ago(ms: number): string {
  if (ms < 10 * SECOND) return 'just now';
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

/** How urgent: the last minute, the last five, or neither. */
export function urgency(ms: number): 'over' | 'now' | 'soon' | 'later' {
  if (ms <= 0) return 'over';
  if (ms <= MINUTE) return 'now';
  return ms <= 5 * MINUTE ? 'soon' : 'later';
}
