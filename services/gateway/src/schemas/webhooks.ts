import { SaveWebhook, WebhookId } from '@aegis/contracts/webhooks';
import { z } from 'zod';

/** What `PUT /webhooks/{id}` takes. Without `secret` one is made, or the one it has stays. */
export const WebhookBody = SaveWebhook.omit({ webhook_id: true, credential: true });

export const WebhookParams = z.strictObject({ id: WebhookId });
