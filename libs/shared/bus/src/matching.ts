/**
 * Whether a subject is in a pattern: `*` is one token, `>` all that follow
 * (https://docs.nats.io/nats-concepts/subjects). A pattern without `*` costs no more than a comparison.
 */
export function matching(pattern: string): (subject: string) => boolean {
  if (!/[*>]/.test(pattern)) return (subject) => subject === pattern;
  if (!pattern.includes('*')) {
    const start = pattern.slice(0, -1);
    return (subject) => subject.length > start.length && subject.startsWith(start);
  }
  const source = pattern.replaceAll(/[.$]/g, String.raw`\$&`).replaceAll('*', '[^.]+').replace(/>$/, '.+');
  const expected = new RegExp(`^${source}$`);
  return (subject) => expected.test(subject);
}
