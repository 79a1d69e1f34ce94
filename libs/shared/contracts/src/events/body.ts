import { Body, isItsDigest } from '../bodies.ts';
import { bodyLog } from '../subjects.ts';
import { event } from './event.ts';

export const BODY_DEFINITIONS = {
  'aegis.body.stored.v1': event({
    schema: Body,
    channel: {
      id: 'bodies',
      title: 'Large arguments',
      about:
        'Arguments, or input, of more than 64 KiB are stored once, before the first event that refers to them by their digest, as ' +
        '`args_body` or `input_body`. Who reads compares the digest. `GET /approvals/{id}` has them in their place.',
      subject: bodyLog,
      parameter: {
        description: 'SHA-256 of the JSON text of what is stored, in hexadecimal.',
        of: ({ digest }) => digest.replace('sha256:', ''),
      },
    },
    sentence: 'What is too large to stand in each event of an approval or of a grant. It is stored once.',
    fits: isItsDigest,
    audit: ({ digest, bytes }) => ({ note: `${bytes} bytes, ${digest}` }),
  }),
};
