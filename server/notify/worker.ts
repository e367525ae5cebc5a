import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import type { Pulse } from '#core/sync/protocol.ts';
import { DEMO_PEOPLE } from '../people/demo-people.ts';
import { secretIn } from '../payments/secrets.ts';
import { openStore } from '../store/store.ts';
import { zones } from '../time/zones.ts';
import { DEMO_ALERT_RULES } from './demo-rules.ts';
import { createFeedWatch } from './feed-watch.ts';
import { openIntake } from './intake.ts';
import { openMail } from './mail.ts';
import type { FromNotify, NotifyOptions, ToNotify } from './messages.ts';
import { createNotifier, systemCommand, type NotifierPorts } from './notifier.ts';
import { openNotifyStore } from './notify-store.ts';
import { answerAlertQuestion } from './questions.ts';
import { DEMO_DOMAIN, readNotifySettings } from './settings.ts';
import { createWays } from './ways.ts';

/*
 * Telling people, in a thread of its own: neither a slow mail server nor a search through years of
 * alerts keeps desks or the partition waiting.
 */
const port = present(parentPort, 'the port of this worker');
const { folder, file, demo } = workerData as NotifyOptions;
const tell = (message: FromNotify): void => port.postMessage(message);
const say =
  (level: 'info' | 'warn' | 'error') =>
  (fields: object, message: string): void =>
    tell({ type: 'log', level, fields, message });
const log = { info: say('info'), warn: say('warn'), error: say('error') };

const settings = readNotifySettings(join(folder, 'alerts.json'), demo);
const store = openNotifyStore(join(folder, 'notify.sqlite'));
const facts = openStore(file, 'read');
const isNew = store.progress() === null;
// A hook's secret is made before anybody needs it: who receives the hook is to be given it.
const secrets = new Map(
  Object.keys(settings.hooks).map((hookId) => [
    hookId,
    secretIn(join(folder, `hook-${hookId}.secret`)),
  ]),
);
const ways = createWays({
  settings,
  store,
  mail: openMail({ settings, folder }),
  secret: (hookId) => present(secrets.get(hookId), `the secret of hook ${hookId}`),
  now: Date.now,
});
const intake = openIntake({ log: facts, store, zones, now: Date.now });
const feeds = createFeedWatch(zones, settings.breaks);
for (const fact of facts.stream(0, 'firm')) feeds.heard(fact);

let asked = 0;
const waiting = new Map<
  number,
  (result: Extract<ToNotify, { type: 'result' }>['result']) => void
>();
const ports: NotifierPorts = {
  store,
  intake,
  ways,
  settings,
  log,
  now: Date.now,
  command: (command) =>
    new Promise((done) => {
      asked += 1;
      waiting.set(asked, done);
      tell({ type: 'command', id: asked, command });
    }),
};
const notifier = createNotifier(ports);
const hurry = (): void => void notifier.tick();

port.on('message', (message: ToNotify) => {
  if (message.type === 'result') {
    waiting.get(message.id)?.(message.result);
    waiting.delete(message.id);
  } else if (message.type === 'facts') {
    for (const fact of message.feeds) feeds.heard(fact);
  } else if (message.type === 'pulse') look(message.pulse);
  else if (message.type === 'ask') void answer(message);
  else void stop();
});
if (demo) {
  if (isNew) seedContacts();
  // The log says whether the firm has rules already: asked before, it would not know.
  void notifier.tick().then(foundRules);
}
notifier.start();

async function answer({
  id,
  name,
  input,
  personId,
}: Extract<ToNotify, { type: 'ask' }>): Promise<void> {
  try {
    // Whoever asks for history wants all of it, up to now.
    while (intake.take());
    const reply = await answerAlertQuestion({ ...ports, settings, hurry }, name, input, personId);
    tell({ type: 'reply', id, reply });
  } catch (error) {
    log.error({ name, error: error instanceof Error ? error.message : String(error) }, 'no answer');
    tell({ type: 'reply', id, reply: { type: 'busy' } });
  }
}

function look(pulse: Pick<Pulse, 'feeds' | 'marketAt' | 'marksPerSecond'>): void {
  const now = Date.now();
  for (const feed of feeds.look(pulse, now)) {
    const name = `feed-${feed.symbol}-${feed.state}-${feed.lastAt}`.slice(0, 80);
    void ports.command(systemCommand(name, { type: 'observeFeed', feed }));
  }
}

function seedContacts(): void {
  for (const { personId, login } of DEMO_PEOPLE) {
    store.saveContact(personId, `${login}@${DEMO_DOMAIN}`);
  }
}

async function foundRules(): Promise<void> {
  if (intake.governance.alerting.version > 0) return;
  const intent = { type: 'foundAlertRules', rules: DEMO_ALERT_RULES } as const;
  await ports.command(systemCommand('found-alert-rules', intent));
}

async function stop(): Promise<void> {
  await notifier.stop();
  ways.close();
  store.close();
  facts.close();
  tell({ type: 'stopped' });
  port.close();
}
