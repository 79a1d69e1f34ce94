import { once } from 'node:events';
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { CANARY } from '../testkit/approvals.ts';
import {
  attempts,
  happened,
  receiver,
  save,
  saveTarget,
  startReplica,
  useNotifyWorld,
} from '../testkit/notify-world.ts';

useNotifyWorld();

const within = { timeout: 10_000 };
const mailServers: SMTPServer[] = [];
afterEach(async () => {
  await Promise.all(mailServers.splice(0).map((one) => new Promise<void>((done) => one.close(done))));
});

type Done = (error: Error | null) => void;
type Mail = { to: string[]; text: string };
/** A mail server on loopback; `refuse` is given the number of the mail, from 1, and says by which code it is refused. */
async function startMailServer(refuse: (count: number) => number | undefined = () => undefined, at = 0) {
  const mails: Mail[] = [];
  const take = async (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: Done,
  ): Promise<void> => {
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
    const code = refuse(mails.length);
    done(code === undefined ? null : Object.assign(new Error('refused'), { responseCode: code }));
  };
  const onData: SMTPServerOptions['onData'] = (stream, session, done) => void take(stream, session, done);
  const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], onData });
  server.on('error', () => undefined);
  const listening = server.listen(at, '127.0.0.1');
  await once(listening, 'listening');
  mailServers.push(server);
  const { port } = listening.address() as { port: number };
  const env = { SMTP_URL: `smtp://127.0.0.1:${port}`, SMTP_FROM: 'AegisMCP <aegis@example.com>' };
  const stop = () =>
    new Promise<void>((done) => mailServers.splice(mailServers.indexOf(server), 1)[0]?.close(done));
  return { mails, env, port, stop };
}
const mailTo = (...to: string[]) => ({ type: 'email' as const, to, events: ['approval.requested' as const] });

test('a Slack-compatible receiver gets a message with a link, and nothing to sign', async () => {
  const chat = await receiver(() => ({ status: 200 }));
  const notify = await startReplica();
  expect(await save(notify, 'chat', chat.url, 'slack')).not.toHaveProperty('secret');
  await happened();
  await expect.poll(() => chat.requests.length, within).toBe(1);
  const { body, headers } = chat.requests[0] ?? { body: '{}', headers: {} };
  expect(JSON.parse(body)).toMatchObject({
    text: expect.stringContaining('A call waits for approval. Tool: refunds.create'),
    blocks: expect.arrayContaining([
      expect.objectContaining({ type: 'actions', elements: [expect.objectContaining({ type: 'button' })] }),
    ]),
  });
  expect(body).not.toContain(CANARY);
  expect(headers).not.toHaveProperty('webhook-signature');
});

test('an e-mail is plain text, to all of its recipients, with a link', async () => {
  const { mails, env } = await startMailServer();
  const notify = await startReplica(env);
  await saveTarget(notify, 'mail', mailTo('ana@example.com', 'ben@example.com'));
  const event = await happened();
  await expect.poll(() => mails.length, within).toBe(1);
  const [mail] = mails;
  expect(mail?.to).toEqual(['ana@example.com', 'ben@example.com']);
  expect(mail?.text).toContain('From: AegisMCP <aegis@example.com>');
  expect(mail?.text).toContain('Subject: A call waits for approval: refunds.create');
  expect(mail?.text).toContain('Content-Type: text/plain');
  expect(mail?.text).toContain('https://aegis.example.com/ui/approvals/apr_');
  expect(mail?.text).toContain(`Message-ID: <${event.id}_mail@aegismcp>`);
  expect(mail?.text).not.toContain(CANARY);
  await expect.poll(() => attempts(notify, 'mail'), within).toEqual([expect.objectContaining({ ok: true })]);
});

test('a mail that is refused for good is not sent again, one that is refused for now is', async () => {
  const now = await startMailServer((count) => (count === 1 ? 451 : undefined));
  const notify = await startReplica(now.env);
  await saveTarget(notify, 'mail', mailTo('ana@example.com'));
  await happened();
  await expect.poll(() => now.mails.length, within).toBe(2);
  await expect
    .poll(async () => (await attempts(notify, 'mail')).map(({ ok }) => ok), within)
    .toEqual([false, true]);

  const forGood = await startMailServer(() => 550);
  const other = await startReplica(forGood.env);
  expect(await other.test('mail')).toMatchObject({ ok: false, error: expect.stringContaining('550') });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(forGood.mails).toHaveLength(1);
});

test('a notice waits for a mail server that is away, from the start or later, and is sent when it is back', async () => {
  const gone = await startMailServer();
  await gone.stop();
  const notify = await startReplica({
    ...gone.env,
    WEBHOOK_RETRY_MS: '200,500,1000,1000,2000,2000,4000,4000',
  });
  await saveTarget(notify, 'mail', mailTo('ana@example.com'));
  const failed = async () => (await attempts(notify, 'mail')).filter(({ ok }) => !ok).length;
  for (let turn = 0; turn < 2; turn++) {
    const before = await failed();
    await happened();
    await expect.poll(failed, within).toBeGreaterThan(before);
    const server = await startMailServer(undefined, gone.port);
    await expect.poll(() => server.mails.length, within).toBe(1);
    await server.stop();
  }
});

test('a notice whose mail is refused for good is given up', async () => {
  const { mails, env } = await startMailServer(() => 550);
  const notify = await startReplica(env);
  await saveTarget(notify, 'mail', mailTo('ana@example.com'));
  await happened();
  await expect.poll(() => mails.length, within).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(mails).toHaveLength(1);
  const tried = await attempts(notify, 'mail');
  expect(tried).toEqual([expect.objectContaining({ ok: false, attempt: 1 })]);
  expect(tried[0]).not.toHaveProperty('next_at');
});

test('without a mail server an e-mail webhook is refused, in words', async () => {
  const notify = await startReplica();
  await expect(saveTarget(notify, 'mail', mailTo('ana@example.com'))).rejects.toThrow(
    'target.type: SMTP_URL and SMTP_FROM are not set, so there is no e-mail',
  );
  await expect(startReplica({ SMTP_URL: 'smtp://127.0.0.1:25' })).rejects.toThrow('SMTP_FROM: is needed');
});
