import type { World } from './world.ts';

/** Makes a signed webhook over REST, in the place of whoever runs the stack. Gives its secret. */
export async function saveWebhook(
  { stack, keys }: World,
  id: string,
  url: string,
  more: object = {},
): Promise<string> {
  const response = await fetch(`${stack.url}/webhooks/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${keys.dee}`, 'content-type': 'application/json' },
    body: JSON.stringify({ target: { type: 'standard', url, ...more } }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  return ((await response.json()) as { secret: string }).secret;
}
