import { ApproverAdded, ApproverInvited } from '../first-approver.ts';
import { APPROVER_LOG } from '../subjects.ts';
import { type Channel, event } from './event.ts';

const FIRST_APPROVER: Channel = {
  id: 'firstApprover',
  title: 'The first approver',
  about:
    'Where there is no admin yet, a person at a terminal of the machine makes a link that can be opened once. One exact subject, ' +
    'so that compare-and-set lets one person become the first. Who they are since, and who is added later, stands among the identities.',
  subject: APPROVER_LOG,
};

export const APPROVER_DEFINITIONS = {
  'aegis.approver.invited.v1': event({
    schema: ApproverInvited,
    channel: FIRST_APPROVER,
    sentence: 'A link was made that makes the first approver. The one before it opens nothing any more.',
    audit: ({ asked_by, until }) => ({
      note: `a link for the first approver was made at a terminal, until ${until}`,
      principal: asked_by,
    }),
  }),
  'aegis.approver.added.v1': event({
    schema: ApproverAdded,
    channel: FIRST_APPROVER,
    sentence: 'Somebody opened the link, and is an approver.',
    audit: ({ name, roles, by, asked_by }) => ({
      ok: true,
      note: `${name} became an approver by ${by}, with the role ${roles.join(', ')}; ${asked_by} made the link`,
      principal: name,
    }),
  }),
};
