import { styleText } from 'node:util';
import type { Host, Out } from '../host.ts';

export type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

/** Colours only where a terminal shows them and nobody said no (https://no-color.org). */
export function paint(host: Pick<Host, 'env'>, stream: Out, style: Style, text: string): string {
  const isWanted = stream.isTTY === true && !host.env['NO_COLOR'] && host.env['TERM'] !== 'dumb';
  return isWanted ? styleText(style, text, { validateStream: false }) : text;
}

/** Green for yes, red for no, yellow for what waits; other words as they are. */
export function paintStatus(host: Host, status: string): string {
  const style = STATUS_STYLES.get(status);
  return style === undefined ? status : paint(host, host.stdout, style, status);
}

const STATUS_STYLES = new Map<string, Style>([
  ['allowed', 'green'],
  ['approved', 'green'],
  ['accepted', 'green'],
  ['valid', 'green'],
  ['ok', 'green'],
  ['pending', 'yellow'],
  ['review', 'yellow'],
  ['warn', 'yellow'],
  ['idle', 'yellow'],
  ['blocked', 'red'],
  ['denied', 'red'],
  ['invalid', 'red'],
  ['fail', 'red'],
]);
