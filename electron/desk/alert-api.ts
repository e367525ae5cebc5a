import { z } from 'zod';
import { addresseesOf, type Addressees, type Channel } from '#core/alerts/alert-rules.ts';
import { announce, NOTHING_ANNOUNCED, type Announced, type News } from '#core/alerts/announcing.ts';
import { deliveries, isFor, type Delivery } from '#core/alerts/deliveries.ts';
import { WORST_MAX } from '#core/alerts/groups.ts';
import { SEVERITIES } from '#core/alerts/notice.ts';
import type { Escalation } from '#core/alerts/alerts.events.ts';
import { countText, groupFigures, groupTitle } from '#core/alerts/words.ts';
import {
  awaySchema,
  type Alert,
  type AlertGroup,
  type Away,
  type OpenCounts,
} from '#core/desk-api/alert-calls.ts';
import type { DeskApi, DeskStreamItem, DeskStreamName } from '#core/desk-api/contract.ts';
import type { Fact } from '#core/facts/registry.ts';
import {
  countsReplySchema,
  deliveriesReplySchema,
  historyReplySchema,
  setupSchema,
  testReplySchema,
} from '#core/sync/alert-questions.ts';
import { ALERTS_PER_ACKNOWLEDGEMENT_MAX, type Command, type Profile } from '#core/sync/protocol.ts';
import type { DeskHost, Question } from './host.ts';
import type { LocalState } from './local-state.ts';
import type { DeskStore } from './store/store.ts';
import { zones } from './zones.ts';

/** What comes within this time is announced together. */
const ANNOUNCE_AFTER_MS = 400;
/** A desk that was away for less has missed nothing that needs a word of its own. */
const AWAY_MS = 60_000;
/** A page is told of what changed in groups no more often than this. */
const TELL_EVERY_MS = 100;
const AWAY_NOTE = 'alerts:away';

export interface AlertApiPorts {
  readonly host: Pick<DeskHost, 'kind' | 'now' | 'notify'>;
  readonly state: LocalState;
  readonly store: Pick<DeskStore, 'note' | 'saveNote'>;
  person(): Profile | null;
  send(
    intent: Command['intent'],
    queued?: (command: Command) => void,
  ): Promise<{ commandId: string; state: 'queued' | 'accepted' }>;
  /** Asks the server; fails with a sentence when it cannot. */
  ask<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>>;
  /** The same, null when it cannot be asked. */
  tryAsk<Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema> | null>;
  tell<Name extends DeskStreamName>(name: Name, item: DeskStreamItem<Name>): void;
  nameOf(personId: string): string;
}

type AlertCallName = Extract<keyof DeskApi, `alerts.${string}`>;

export interface AlertApi {
  readonly calls: Pick<DeskApi, AlertCallName>;
  /** Facts were taken in. */
  took(change: {
    readonly fresh: readonly Alert[];
    readonly changed: readonly Alert[];
    readonly governed: readonly Fact[];
  }): void;
  /** The server told how far its log is; all times are by its own clock. */
  welcomed(told: {
    readonly lastSeq: number;
    readonly serverAt: number;
    /** When this desk had heard of it last; null for never. */
    readonly heardAt: number | null;
  }): void;
  /** Everything was replaced: what came in between is asked for. */
  replaced(): Promise<void>;
  /** A command was rejected: what it had acknowledged is open again. */
  rejected(intent: Command['intent'], code: string): void;
  close(): void;
}

/** Where a desk was when it lost its server, and where it is to be when it has caught up. */
interface Catching {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly from: number;
  readonly to: number;
  readonly fresh: Alert[];
}

export function createAlertApi(ports: AlertApiPorts): AlertApi {
  const { state, store, host, tell } = ports;
  const alerts = state.alerts;
  let announced: Announced = NOTHING_ANNOUNCED;
  let channels: ReadonlySet<Channel> = new Set(['sound', 'desktop']);
  let catching: Catching | null = null;
  let away: Away | null = readAway(store);
  const news = new Map<string, { sound: boolean; desktop: boolean; escalated: boolean }>();
  let timer: NodeJS.Timeout | null = null;
  const views = createGroupViews(ports);

  /** Groups that changed since they were last told: a storm is told a few times, not once a fact. */
  const untold = new Set<string>();
  let telling: NodeJS.Timeout | null = null;
  const tellNow = (): void => {
    telling = null;
    const groups = [...untold].flatMap((key) => views.view(key) ?? []);
    untold.clear();
    if (groups.length > 0) tell('alertGroups', { groups, counts: views.counts() });
  };
  const tellGroups = (keys: Iterable<string>): void => {
    for (const key of keys) untold.add(key);
    if (untold.size > 0) telling ??= setTimeout(tellNow, TELL_EVERY_MS);
  };
  const tellAlerts = (changed: readonly Alert[]): void =>
    tellGroups(changed.map(({ group }) => group));
  const flush = (): void => {
    timer = null;
    const told = [...news].flatMap(([key, one]): News[] => {
      const group = alerts.summary(key);
      return group && (group.open > 0 || one.escalated) ? [{ group, ...one }] : [];
    });
    news.clear();
    if (told.length === 0) return;
    const { after, announcement } = announce(announced, told, host.now());
    announced = after;
    const popups = channels.has('desktop') ? announcement.popups : [];
    const sound = channels.has('sound') ? announcement.sound : null;
    // A desktop shows its own; in a browser the page does.
    for (const { title, text, tag } of popups) host.notify(title, text, tag);
    const shown = host.kind === 'electron' ? [] : [...popups];
    tell('announcement', { sound, popups: shown, said: announcement.said });
  };
  const addNews = (key: string, channel: Channel, escalated: boolean): void => {
    const known = news.get(key) ?? { sound: false, desktop: false, escalated: false };
    if (channel === 'sound') known.sound = true;
    if (channel === 'desktop') known.desktop = true;
    known.escalated ||= escalated;
    news.set(key, known);
    timer ??= setTimeout(flush, ANNOUNCE_AFTER_MS);
  };
  /** By what a person is to be disturbed for an alert, by the rules and the hour. */
  const decidedFor = (alert: Alert, step: Escalation | null): readonly Delivery[] => {
    const person = ports.person();
    if (!person) return [];
    const { alerting, people } = state.governance;
    const levelOf = (ruleId: string, group: string): number =>
      step?.ruleId === ruleId ? step.level : alerting.level(ruleId, group);
    return deliveries(
      alerting.rules,
      alert,
      { level: levelOf, has: () => false },
      { at: host.now(), zones },
      onlyFor(person.personId, addresseesOf(people)),
    ).filter(({ quietUntil }) => quietUntil === null);
  };
  const announceAlert = (alert: Alert, step: Escalation | null): void => {
    for (const { channel, level, ruleId } of decidedFor(alert, step)) {
      const isStep = step !== null && level === step.level && ruleId === step.ruleId;
      if (step === null || isStep) addNews(alert.group, channel, isStep);
    }
  };
  const announceEscalation = (escalation: Escalation): void => {
    for (const seq of alerts.openSeqsOf(escalation.group).slice(0, WORST_MAX)) {
      const alert = alerts.alert(seq);
      if (alert) announceAlert(alert, escalation);
    }
  };
  const setAway = (next: Away | null): void => {
    away = next;
    store.saveNote(AWAY_NOTE, next === null ? null : JSON.stringify(next));
    tell('away', { away });
  };
  /** Says once what came, in place of a signal for each. */
  const caughtUp = (done: Catching, counts: Away['counts']): void => {
    if (counts.length === 0) return;
    const keys = [...new Set(done.fresh.map(({ group }) => group))];
    const worst = keys.flatMap((key) => views.view(key) ?? []).sort(worstFirst);
    setAway({ from: done.from, to: done.to, counts, worst: worst.slice(0, WORST_MAX) });
    const open = counts.filter((one) => one.open > 0);
    const worstOpen = [...open].sort((one, other) => rank(other) - rank(one))[0]?.severity;
    if (worstOpen === undefined || worstOpen === 'info') return;
    const told = new Set<Channel>();
    for (const alert of done.fresh) {
      if (told.size === 2 || alert.acknowledgement !== null) continue;
      for (const { channel } of decidedFor(alert, null)) {
        if (channel === 'sound' || channel === 'desktop') told.add(channel);
      }
    }
    const said = `While this desk was away: ${open.map(countWords).join(', ')}.`;
    if (told.has('desktop') && channels.has('desktop')) {
      host.notify('While this desk was away', said, AWAY_NOTE);
    }
    const sound = told.has('sound') && channels.has('sound') ? worstOpen : null;
    tell('announcement', { sound, popups: [], said });
  };

  const calls: AlertApi['calls'] = {
    'alerts.list': ({ beforeSeq = Infinity, limit }) => {
      const older = alerts
        .all()
        .filter(({ seq }) => seq < beforeSeq)
        .sort((one, other) => other.seq - one.seq);
      const unacknowledged = alerts.unacknowledged();
      return Promise.resolve({ alerts: older.slice(0, limit), unacknowledged });
    },
    'alerts.acknowledge': ({ alertSeq, note }) =>
      ports.send({ type: 'acknowledgeAlert', alertSeq, note }, ({ issuedAt }) => {
        const by = ports.person()?.personId ?? '';
        tellAlerts(state.acknowledged([alertSeq], by, issuedAt, note));
      }),
    'alerts.groups': (wanted) => Promise.resolve(views.list(wanted)),
    'alerts.group': ({ key, afterSeq, limit }) => {
      const later = alerts.seqsOf(key).filter((seq) => seq > afterSeq);
      const page = later.slice(0, limit).flatMap((seq) => alerts.alert(seq) ?? []);
      return Promise.resolve({ alerts: page, more: later.length > limit });
    },
    'alerts.acknowledgeGroup': async ({ key, lastSeq, note }) => {
      const seqs = alerts.openSeqsOf(key).filter((seq) => seq <= lastSeq);
      const by = ports.person()?.personId ?? '';
      let last: 'queued' | 'accepted' = 'accepted';
      for (let at = 0; at < seqs.length; at += ALERTS_PER_ACKNOWLEDGEMENT_MAX) {
        const part = seqs.slice(at, at + ALERTS_PER_ACKNOWLEDGEMENT_MAX);
        const sent = await ports.send(
          { type: 'acknowledgeAlerts', alertSeqs: [...part], note },
          ({ issuedAt }) => tellAlerts(state.acknowledged(part, by, issuedAt, note)),
        );
        last = sent.state;
      }
      return { acknowledged: seqs.length, state: last };
    },
    'alerts.away': ({ seen }) => {
      if (seen) setAway(null);
      return Promise.resolve({ away });
    },
    'alerts.rules': () => {
      const { alerting, people } = state.governance;
      const { rules, version, changed } = alerting;
      const person = ports.person();
      return Promise.resolve({
        rules,
        version,
        changed: changed && {
          by: changed.personId === null ? 'the demonstration' : ports.nameOf(changed.personId),
          at: changed.at,
          reason: changed.reason,
        },
        mayChange: person !== null && people.may(person.personId, 'changeAlertRules'),
      });
    },
    'alerts.setRules': (input) => ports.send({ type: 'setAlertRules', ...input }),
    'alerts.history': (wanted) => ports.ask('alertHistory', wanted, historyReplySchema),
    'alerts.deliveries': (wanted) => ports.ask('alertDeliveries', wanted, deliveriesReplySchema),
    'alerts.setup': () => ports.ask('alertSetup', {}, setupSchema),
    'alerts.test': (to) => ports.ask('alertTest', to, testReplySchema),
    'alerts.contact': (wish) => ports.ask('alertContact', wish, z.strictObject({})),
    'alerts.retry': (wish) => ports.ask('alertRetry', wish, z.strictObject({})),
    'alerts.announce': (wish) => {
      channels = new Set(wish.channels);
      return Promise.resolve({});
    },
  };
  return {
    calls,
    took: ({ fresh, changed, governed }) => {
      tellAlerts([...fresh, ...changed]);
      const escalations = governed.flatMap((fact) =>
        fact.kind === 'alertEscalated' ? [fact.data] : [],
      );
      if (escalations.length > 0) tellGroups(escalations.map(({ group }) => group));
      if (governed.some(({ kind }) => kind === 'alertRulesChanged')) views.forget();
      if (catching === null) {
        for (const alert of fresh) if (alert.acknowledgement === null) announceAlert(alert, null);
        for (const escalation of escalations) announceEscalation(escalation);
        return;
      }
      catching.fresh.push(...fresh);
      if (state.cursor.seq < catching.toSeq) return;
      const done = catching;
      catching = null;
      caughtUp(done, countsOf(done.fresh, alerts.alert));
    },
    welcomed: ({ lastSeq, serverAt, heardAt }) => {
      const { seq } = state.cursor;
      const isLate = heardAt !== null && serverAt - heardAt > AWAY_MS;
      if (seq === 0 || lastSeq <= seq || !isLate) return;
      catching = { fromSeq: seq, toSeq: lastSeq, from: heardAt, to: serverAt, fresh: [] };
    },
    replaced: async () => {
      const done = catching;
      catching = null;
      views.forget();
      if (!done) return;
      const { fromSeq: afterSeq, toSeq } = done;
      const reply = await ports.tryAsk('alertCounts', { afterSeq, toSeq }, countsReplySchema);
      const fresh = alerts.all().filter(({ seq }) => seq > afterSeq);
      caughtUp({ ...done, fresh: [...fresh] }, reply?.counts ?? []);
    },
    rejected: (intent, code) => {
      // Someone else's acknowledgement comes as a fact; any other refusal leaves alerts open.
      if (code === 'alreadyAcknowledged') return;
      if (intent.type === 'acknowledgeAlert') tellAlerts(state.reopened([intent.alertSeq]));
      if (intent.type === 'acknowledgeAlerts') tellAlerts(state.reopened(intent.alertSeqs));
    },
    close: () => {
      if (timer !== null) clearTimeout(timer);
      if (telling !== null) clearTimeout(telling);
    },
  };
}

function readAway(store: Pick<DeskStore, 'note'>): Away | null {
  const note = store.note(AWAY_NOTE);
  if (note === null) return null;
  const away = awaySchema.safeParse(JSON.parse(note));
  return away.success ? away.data : null;
}

/** The rules as they are about one person. */
function onlyFor(me: string, people: Addressees): Addressees {
  return {
    isActive: (personId) => personId === me && people.isActive(personId),
    holding: (role, notice) => people.holding(role, notice).filter((personId) => personId === me),
  };
}

interface GroupViews {
  view(key: string): AlertGroup | null;
  list(
    wanted: Parameters<DeskApi['alerts.groups']>[0],
  ): Awaited<ReturnType<DeskApi['alerts.groups']>>;
  counts(): OpenCounts;
  /** Rules, roles or alerts were replaced: who is told is worked out anew. */
  forget(): void;
}

/** Groups as a screen shows them, for the person who is signed in. */
function createGroupViews({ state, person, nameOf }: AlertApiPorts): GroupViews {
  const { alerts } = state;
  /** Whether a group is the person's, as long as nothing that decides it has changed. */
  const mine = new Map<string, { readonly token: string; readonly is: boolean }>();
  const isMine = (key: string, lastSeq: number): boolean => {
    const { alerting, people } = state.governance;
    const me = person()?.personId;
    if (me === undefined) return false;
    const level = alerting.escalations(key).length;
    const token = [me, alerting.version, lastSeq, level].join(' ');
    const known = mine.get(key);
    if (known?.token === token) return known.is;
    const addressees = addresseesOf(people);
    const is = alerts.seqsOf(key).some((seq) => {
      const alert = alerts.alert(seq);
      return alert !== undefined && isFor(me, alert, alerting.rules, alerting, addressees);
    });
    mine.set(key, { token, is });
    return is;
  };
  const view: GroupViews['view'] = (key) => {
    const summary = alerts.summary(key);
    if (!summary) return null;
    const { kind, severity, minute, count, open, accounts, firstSeq, lastSeq, lastAt } = summary;
    return {
      key,
      kind,
      severity,
      minute,
      title: groupTitle(summary),
      figures: groupFigures(summary),
      count,
      open,
      accounts,
      firstSeq,
      lastSeq,
      lastAt,
      worst: summary.worst.flatMap((seq) => alerts.alert(seq) ?? []),
      mine: isMine(key, lastSeq),
      escalations: state.governance.alerting.escalations(key).map((one) => ({
        level: one.level,
        at: one.at,
        to: toText(one, nameOf),
        ruleName: one.ruleName,
      })),
    };
  };
  const fits = (key: string, filter: string): boolean => {
    const summary = alerts.summary(key);
    if (!summary) return false;
    switch (filter) {
      case 'open':
        return summary.open > 0;
      case 'mine':
        return isMine(key, summary.lastSeq);
      case 'breaches':
        return summary.severity === 'hard' || summary.severity === 'soft';
      default:
        return true;
    }
  };
  const counts = (): OpenCounts => {
    let groups = 0;
    let own = 0;
    for (const key of alerts.groups()) {
      const summary = alerts.summary(key);
      if (!summary || summary.open === 0) continue;
      groups += 1;
      if (isMine(key, summary.lastSeq)) own += 1;
    }
    return { unacknowledged: alerts.unacknowledged(), groups, mine: own };
  };
  return {
    view,
    counts,
    list: ({ filter, beforeSeq, limit }) => {
      const found: AlertGroup[] = [];
      let more = false;
      for (const key of alerts.groups()) {
        const firstSeq = alerts.summary(key)?.firstSeq ?? 0;
        if ((beforeSeq !== null && firstSeq >= beforeSeq) || !fits(key, filter)) continue;
        if (found.length === limit) {
          more = true;
          break;
        }
        const group = view(key);
        if (group) found.push(group);
      }
      return { groups: found, more, counts: counts() };
    },
    forget: () => mine.clear(),
  };
}

/** Whom an escalation told: roles as words, people by name. */
function toText({ tell }: Escalation, nameOf: (personId: string) => string): string {
  const roles = tell.roles.map((role) =>
    role.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`),
  );
  return [...roles, ...tell.persons.map(nameOf), ...tell.mailboxes, ...tell.hooks].join(', ');
}

/** Alerts by kind and severity. */
function countsOf(
  fresh: readonly Alert[],
  latest: (seq: number) => Alert | undefined,
): Away['counts'] {
  const counts = new Map<string, Away['counts'][number]>();
  for (const { seq, kind, severity } of fresh) {
    const key = `${kind} ${severity}`;
    const known = counts.get(key) ?? { kind, severity, count: 0, open: 0 };
    const isOpen = severity !== 'info' && (latest(seq)?.acknowledgement ?? null) === null;
    counts.set(key, {
      ...known,
      count: known.count + 1,
      open: known.open + Number(isOpen),
    });
  }
  return [...counts.values()].sort((one, other) => rank(other) - rank(one));
}

function countWords({ kind, open }: Away['counts'][number]): string {
  return countText({ kind, count: open });
}

function rank({ severity }: Pick<Alert, 'severity'>): number {
  return SEVERITIES.indexOf(severity);
}

function worstFirst(one: AlertGroup, other: AlertGroup): number {
  return rank(other) - rank(one) || other.count - one.count;
}
