import { MAX_SENT_ITEMS } from '@aegis/kit/json';

/** How many members and elements in all a message may have. What servers answer are tables, too; what they ask is judged. */
export const MAX_ITEMS = { client: MAX_SENT_ITEMS, server: 250_000 } as const;
