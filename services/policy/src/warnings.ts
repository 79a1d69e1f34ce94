import type { PolicyPublished } from '@aegis/contracts/policy';
import type { Logger } from '@aegis/kit/logger';
import { advisePolicy, mistakesIn, validatePolicy } from '@aegis/policy-engine';

/** More than these stand in no banner: validating the file names all. */
const MOST = 5;

/** What of a policy is off, or lets more through than it seems to, in sentences that name the file. */
function sentencesOn({ policy, path }: PolicyPublished): string[] {
  const valid = validatePolicy(policy);
  if (!valid.ok) return [];
  const all = [...mistakesIn(valid.policy), ...advisePolicy(valid.policy)].map((one) => `${path}: ${one}`);
  const more = all.length - MOST;
  const rest = `${path}: and ${more} more, which "aegis policy validate" names`;
  return more <= 0 ? all : [...all.slice(0, MOST), rest];
}

/** What has to be said of the policy in force though it is valid: each policy is looked at once. */
export function createWarnings(log: Pick<Logger, 'warn'>) {
  let known: { readonly digest: string; readonly sentences: readonly string[] } | undefined;
  let told: string | undefined;
  const of = (published: PolicyPublished | undefined): readonly string[] => {
    if (published === undefined) return [];
    const { digest } = published;
    if (known?.digest !== digest) known = { digest, sentences: sentencesOn(published) };
    return known.sentences;
  };
  return {
    of,
    /** Puts them into the log, once for each policy. */
    tell(published: PolicyPublished | undefined): void {
      const warnings = of(published);
      if (told === published?.digest || warnings.length === 0) return;
      told = published?.digest;
      log.warn({ warnings }, 'rules of the policy in force are off, or let more through than they seem to');
    },
  };
}
