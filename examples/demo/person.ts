import type { LiveEvents } from './live-events.ts';

/** Who decides about an approval; resolves with the event that says how. */
export type Person = (approvalId: string, say: (line: string) => void) => Promise<string>;

const DECIDED = /^aegis\.approval\.(approved|denied|expired)\.v1$/;

/** How it was decided, as the log says it, whoever did it and wherever. */
async function decided(events: LiveEvents, approvalId: string): Promise<string> {
  const { type } = await events.find((event) => {
    const { approval } = event.data as { approval?: { approval_id: string } };
    return DECIDED.test(event.type) && approval?.approval_id === approvalId;
  });
  return DECIDED.exec(type)?.[1] ?? type;
}

/** A person with a browser: we say where, and wait. */
export const inTheBrowser =
  (gateway: string, events: LiveEvents): Person =>
  async (approvalId, say) => {
    say(`waits for you: open ${gateway}/ui/approvals and enter the code`);
    return decided(events, approvalId);
  };

/** `--yes`: approves by REST, with the code that the person gave us. */
export const byRest =
  (gateway: string, events: LiveEvents, code: string): Person =>
  async (approvalId, say) => {
    say('decided for you by POST /approvals/complete, because of --yes');
    const response = await fetch(`${gateway}/approvals/complete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ approval_id: approvalId, approval_code: code }),
    });
    if (!response.ok) throw new Error(`POST /approvals/complete: ${await response.text()}`);
    return decided(events, approvalId);
  };
