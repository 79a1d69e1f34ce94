export { type Channel, type ChannelOptions, createChannel, type Outgoing, WINDOW_BYTES } from './channel.ts';
export { createFrameReader, encodeFrame, MAX_FRAME_BYTES, type TakeFrame } from './frames.ts';
export {
  type Fatal,
  FROM_FIREWALL,
  FROM_RELAY,
  type Hello,
  RELAY_PATH,
  RELAY_PROTOCOL,
  type ServerEnd,
} from './protocol.ts';
