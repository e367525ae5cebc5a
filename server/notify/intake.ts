import { addresseesOf, matches, type Addressees } from '#core/alerts/alert-rules.ts';
import { deliveries, type Delivery, type Told } from '#core/alerts/deliveries.ts';
import { groupKeyOf } from '#core/alerts/groups.ts';
import { wantsAcknowledgement, type Notice } from '#core/alerts/notice.ts';
import type { Zones } from '#core/alerts/quiet-hours.ts';
import type { Fact } from '#core/facts/registry.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import { noticeOf, SETTLED_BY_ITSELF, settlementOf, type NoticeWorld } from '#core/sync/notices.ts';
import { dateTimeText } from './compose.ts';
import {
  noticeOfRow,
  OUTBOX_FULL,
  PARTS_MAX,
  WAITING_MAX,
  type NotifyStore,
} from './notify-store.ts';

const PARTITION = 0;
/** Facts taken in one transaction. */
const FACTS_PER_BATCH_MAX = 1_000;
/** What grows after it was told is told again no sooner than this. */
export const GROWTH_MS = 60_000;
const MINUTE_MS = 60_000;

/** The log as far as this reads it. */
export interface LogReader {
  progress(partition: number): { readonly seq: number };
  stream(partition: number, stream: string): Fact[];
  deskFacts(partition: number, fromSeq: number, toSeq: number, limit: number): Fact[];
}

export interface IntakePorts {
  readonly log: LogReader;
  readonly store: NotifyStore;
  readonly zones: Zones;
  now(): number;
}

/** Reads the log from where it was left, once and in order. */
export interface Intake {
  readonly governance: Governance;
  readonly seq: number;
  /** Takes the next facts that there are; false when there are none. */
  take(): boolean;
}

/**
 * What is taken in, what has to be told because of it, and how far that was: all of it is kept
 * together, so a restart finds every decision and makes none twice. A store that is new takes the
 * log's past in as history, and tells nobody of it.
 */
export function openIntake(ports: IntakePorts): Intake {
  const { log, store } = ports;
  const end = log.progress(PARTITION).seq;
  const known = store.progress();
  const toldFrom = known?.toldFrom ?? end + 1;
  let seq = known?.seq ?? 0;
  if (!known) store.saveProgress(seq, toldFrom);
  const governance = createGovernance();
  for (const fact of log.stream(PARTITION, 'firm')) {
    if (fact.envelope.seq <= seq) governance.apply(fact);
  }
  const world: NoticeWorld = { terms: store.terms, proposal: governance.proposal };
  const people = addresseesOf(governance.people);
  const takeFact = (fact: Fact): void => {
    // Proposals are read before they are closed, and rules before what they are applied to.
    governance.apply(fact);
    if (fact.kind === 'accountOpened') store.saveAccount(fact.data);
    const notice = noticeOf(fact, world);
    if (notice) takeNotice(notice, fact, { ...ports, governance, people }, toldFrom);
    takeAcknowledgement(fact, store);
    if (fact.kind === 'alertEscalated') {
      takeEscalation(fact, { ...ports, governance, people }, toldFrom);
    }
  };
  return {
    governance,
    get seq() {
      return seq;
    },
    take: () => {
      const last = log.progress(PARTITION).seq;
      if (last <= seq) return false;
      const facts = log.deskFacts(PARTITION, seq + 1, last, FACTS_PER_BATCH_MAX);
      const to = facts.length === FACTS_PER_BATCH_MAX ? (facts.at(-1)?.envelope.seq ?? last) : last;
      store.together(() => {
        for (const fact of facts) takeFact(fact);
        store.saveProgress(to, toldFrom);
      });
      seq = to;
      return true;
    },
  };
}

interface Scene extends IntakePorts {
  readonly governance: Governance;
  readonly people: Addressees;
}

function takeNotice(notice: Notice, fact: Fact, scene: Scene, toldFrom: number): void {
  const { store, governance } = scene;
  const { recordedAt, seq } = fact.envelope;
  const { rules } = governance.alerting.rules;
  const matching = rules.filter((rule) => matches(rule, notice));
  const within = matching.flatMap(({ acknowledgeWithinMinutes }) => acknowledgeWithinMinutes ?? []);
  const wanted = wantsAcknowledgement(notice);
  const dueAt = wanted && within.length > 0 ? recordedAt + Math.min(...within) * MINUTE_MS : null;
  if (!store.addNotice(notice, recordedAt, dueAt) || seq < toldFrom) return;
  tell(notice, recordedAt, scene);
  if (!wanted) return;
  const group = groupKeyOf(notice);
  for (const { ruleId, steps } of matching) {
    if (steps.length > 0) store.watch(ruleId, group, recordedAt);
  }
}

/** What leaves this machine; what stays on desks is the desks' own. */
function tell(notice: Notice, since: number, scene: Scene): void {
  const { governance, store, zones, people } = scene;
  const at = scene.now();
  const { alerting } = governance;
  const decided = deliveries(
    alerting.rules,
    notice,
    { level: alerting.level, has: (id) => isTold(id, store) },
    { at, since, zones },
    people,
  );
  for (const delivery of decided) {
    if (delivery.channel === 'email' || delivery.channel === 'webhook') keep(delivery, at, store);
  }
}

function isTold(deliveryId: string, store: NotifyStore): boolean {
  const { count, waiting } = store.parts(deliveryId);
  return waiting || count >= PARTS_MAX;
}

function keep(delivery: Delivery, at: number, store: NotifyStore): void {
  const { count } = store.parts(delivery.deliveryId);
  // Nobody is told again at once of what grows.
  const notBefore = count === 0 ? delivery.notBefore : Math.max(delivery.notBefore, at + GROWTH_MS);
  const full = store.waitingCount() >= WAITING_MAX;
  store.addDelivery({ ...delivery, notBefore }, count + 1, at, whyOf(delivery, count, full));
}

function whyOf({ quietUntil }: Delivery, count: number, full: boolean): string {
  if (full) return OUTBOX_FULL;
  if (quietUntil !== null) return `Quiet hours until ${dateTimeText(quietUntil)}`;
  return count === 0 ? 'Waits for more of the same' : 'It has grown: told again after a minute';
}

function takeAcknowledgement(fact: Fact, store: NotifyStore): void {
  const { occurredAt } = fact.envelope;
  if (fact.kind === 'alertAcknowledged' || fact.kind === 'noticeAcknowledged') {
    const { alertSeq, operatorId, note } = fact.data;
    store.seen(alertSeq, operatorId, occurredAt, note);
  }
  const settlement = settlementOf(fact);
  if (settlement) store.settle(settlement, SETTLED_BY_ITSELF, occurredAt);
}

/** Those of the step are told what is still open, once. */
function takeEscalation(
  { data, envelope }: Extract<Fact, { kind: 'alertEscalated' }>,
  scene: Scene,
  toldFrom: number,
): void {
  const { store } = scene;
  const { group, ruleId, level } = data;
  store.reached(group, level);
  store.watchFrom(ruleId, group, level, null);
  if (envelope.seq < toldFrom) return;
  for (const row of store.openNoticesOf(group)) tellStep(noticeOfRow(row), level, ruleId, scene);
}

function tellStep(notice: Notice, level: number, ruleId: string, scene: Scene): void {
  const { governance, store, zones, people } = scene;
  const at = scene.now();
  const { alerting } = governance;
  // What was told before is told again by its own step alone.
  const history: Told = {
    level: (id) => (id === ruleId ? level : 0),
    has: (id) => store.parts(id).count > 0,
  };
  for (const delivery of deliveries(alerting.rules, notice, history, { at, zones }, people)) {
    const leaves = delivery.channel === 'email' || delivery.channel === 'webhook';
    if (leaves && delivery.ruleId === ruleId && delivery.level === level) keep(delivery, at, store);
  }
}
