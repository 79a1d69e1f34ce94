/** How a status, or what became of something, looks; what is not here is neither good nor bad, and nobody has to act. */
const TONES = {
  wait: ['pending', 'requested', 'endorsed', 'code_drawn', 'changed', 'new'],
  good: ['approved', 'consumed', 'succeeded', 'allowed', 'active', 'added'],
  bad: ['denied', 'blocked', 'failed', 'outcome_unknown', 'code_refused', 'removed'],
};

/** The class of `parts.css` for it. */
export const toneOf = (status: string): string | undefined =>
  Object.entries(TONES).find(([, statuses]) => statuses.includes(status))?.[0];
