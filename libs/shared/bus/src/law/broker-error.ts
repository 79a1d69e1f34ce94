/** What is wrong with the NATS server or with its set-up. The message is one sentence that also says how to mend it. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
}
