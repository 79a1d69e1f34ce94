import { visibleJson } from '@aegis/kit/text';

/** One line of JSON that ends in LF and has nothing in it that a terminal obeys, a line reader cuts at or nobody sees. */
export const toJsonLine = (value: object): string => `${visibleJson(JSON.stringify(value))}\n`;
