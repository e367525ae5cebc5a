import { TELLS_NOBODY } from '#core/alerts/alert-rules.ts';
import type { Fact } from '#core/facts/registry.ts';
import { zones } from '#server/time/zones.ts';
import { openIntake, type LogReader } from '../intake.ts';
import { createNotifier } from '../notifier.ts';
import { openNotifyStore } from '../notify-store.ts';
import { notifySettingsSchema } from '../settings.ts';
import { createWays } from '../ways.ts';
import { mailRule, rulesOf } from './notify-firm.ts';

/*
 * A notifier on a log of one silent feed, told to the webhook of a port: started, and killed, by a
 * test. It ends when nothing is left to send.
 */
const [, , file = '', port = ''] = process.argv;
const url = `http://127.0.0.1:${port}/alerts`;
const settings = notifySettingsSchema.parse({
  mail: null,
  from: 'propdesk@firm.example',
  domains: [],
  mailboxes: {},
  hooks: { pager: { url } },
  names: false,
});
const RECORDED = Date.UTC(2026, 4, 1, 12);

function factOf(seq: number, kind: string, data: object): Fact {
  return {
    envelope: {
      partition: 0,
      seq,
      kind,
      version: 1,
      stream: 'firm',
      streamVersion: seq,
      occurredAt: RECORDED,
      recordedAt: RECORDED,
      actor: { type: 'system', id: 'test' },
      causation: { type: 'none' },
      marksBefore: 0,
    },
    kind,
    data,
  } as unknown as Fact;
}

const rule = mailRule({ tell: { ...TELLS_NOBODY, hooks: ['pager'] }, gatherSeconds: 0 });
const rules = rulesOf({ ...rule, when: { ...rule.when, kinds: [] } });
const facts = [
  factOf(1, 'alertRulesChanged', {
    version: 1,
    rules,
    personId: null,
    reason: 'a test',
    at: RECORDED,
  }),
  factOf(2, 'feedStateObserved', {
    symbol: 'EURUSD',
    source: 'test',
    state: 'silent',
    lastAt: RECORDED,
    silentMs: 200_000,
    at: RECORDED,
  }),
];
const log: LogReader = {
  progress: () => ({ seq: facts.length }),
  stream: () => facts,
  deskFacts: (_partition, from, to) =>
    facts.filter(({ envelope: { seq } }) => seq >= from && seq <= to),
};
const store = openNotifyStore(file);
// As a store that was there before the feed fell silent: what comes now is told.
if (store.progress() === null) store.saveProgress(1, 2);
const now = (): number => Date.now() + 60_000;
const ways = createWays({
  settings,
  store,
  mail: null,
  secret: () => new Uint8Array(32),
  now: Date.now,
});
const intake = openIntake({ log, store, zones, now });
const notifier = createNotifier({
  store,
  intake,
  ways,
  settings,
  now,
  log: { info: () => {}, warn: () => {}, error: (fields) => void console.error(fields) },
  command: () => Promise.resolve({ type: 'accepted', commandId: 'x', seq: 1 }),
});
await notifier.tick();
const [open] = store.connection.prepare("SELECT state FROM message WHERE state != 'sent'").all();
store.close();
process.exit(open ? 3 : 0);
