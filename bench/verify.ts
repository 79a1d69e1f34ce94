import { QUESTIONS } from './questions.ts';
import type { Target } from './targets/target.ts';

/** Asks each question whose answer is known. @throws Error that names the target and the question it got wrong */
export async function verify(target: Target): Promise<void> {
  for (const { what, call, allowed } of QUESTIONS) {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: target.body(call),
    });
    const text = await response.text();
    if (response.ok && text.includes(target.allowedMark) === allowed) continue;
    throw new Error(
      `${target.name} should ${allowed ? 'allow' : 'not allow'} ${what}, and said ${response.status} ${text}`,
    );
  }
}
