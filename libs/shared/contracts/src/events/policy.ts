import { PolicyPublished, PolicyRejected } from '../policy.ts';
import { POLICY_LOG } from '../subjects.ts';
import { event } from './event.ts';

const POLICY = { id: 'policy', title: 'The policy', subject: POLICY_LOG };

export const POLICY_DEFINITIONS = {
  'aegis.policy.published.v1': event({
    schema: PolicyPublished,
    channel: POLICY,
    sentence:
      'A policy came into force. The event has the whole policy: replicas take it from here, not from the file.',
    audit: ({ version, path, digest }) => ({
      ok: true,
      note: `version ${version} from ${path}`,
      policy_digest: digest,
    }),
  }),
  'aegis.policy.rejected.v1': event({
    schema: PolicyRejected,
    channel: POLICY,
    sentence: 'A policy file was refused. The last good policy stays in force.',
    audit: ({ path, errors }) => ({ ok: false, note: `${path}: ${errors.join('; ')}` }),
  }),
};
