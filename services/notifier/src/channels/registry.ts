import type { ChannelType } from '@aegis/contracts/webhooks';
import { z } from 'zod';
import type { Channel } from './channel.ts';
import { email } from './email.ts';
import { slack } from './slack.ts';
import { standard } from './standard.ts';

/** Every way to tell people. */
const CHANNELS = { standard, slack, email } satisfies Record<ChannelType, Channel>;

type Entry = (typeof CHANNELS)[ChannelType]['entry'];
const [first, ...more] = Object.values(CHANNELS).map(({ entry }): Entry => entry);

/** A webhook as its file has it, with its secrets. */
export const WebhookEntry = z.discriminatedUnion('type', [first as Entry, ...more]);
export type WebhookEntry = z.output<typeof WebhookEntry>;

export const channelOf = ({ type }: { type: ChannelType }): Channel => CHANNELS[type];
