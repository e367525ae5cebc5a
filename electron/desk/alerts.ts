import { createGroup, groupKeyOf, type Group, type GroupSummary } from '#core/alerts/groups.ts';
import { wantsAcknowledgement } from '#core/alerts/notice.ts';
import type { Alert } from '#core/desk-api/contract.ts';
import type { Fact } from '#core/facts/registry.ts';
import {
  noticeOf,
  SETTLED_BY_ITSELF,
  settlementOf,
  type NoticeWorld,
  type Settlement,
} from '#core/sync/notices.ts';
import type { AccountSummary } from '#core/sync/protocol.ts';

/** Alerts that a desk holds at the same time; the server has them all. */
export const ALERTS_HELD_MAX = 20_000;

/** What of the log alerts are made of, as this desk knows it. */
export interface AlertWorld extends Pick<NoticeWorld, 'proposal'> {
  account(accountId: string): AccountSummary | undefined;
}

export interface AlertChange {
  /** Alerts that are new. */
  readonly fresh: readonly Alert[];
  /** Alerts that somebody has seen, or that were settled. */
  readonly changed: readonly Alert[];
}
const NOTHING: AlertChange = { fresh: [], changed: [] };

/** The feed as it stands: alerts and the groups that they stand in, with who has seen them. */
export interface AlertsView {
  all(): readonly Alert[];
  alert(seq: number): Alert | undefined;
  /** How many of all still want a person: informative ones do not. */
  unacknowledged(): number;
  openGroups(): number;
  /** Keys of groups by their first alerts, newest first. */
  groups(): Iterable<string>;
  summary(key: string): GroupSummary | undefined;
  /** The alerts of a group, by their numbers, oldest first. */
  seqsOf(key: string): readonly number[];
  openSeqsOf(key: string): readonly number[];
  /** What a fact makes or changes. */
  apply(fact: Fact, world: AlertWorld): AlertChange;
  restore(alerts: readonly Alert[]): void;
  /** An acknowledgement of this desk that the server has not received yet. */
  queued(alertSeq: number, by: string, at: number, note: string): Alert | null;
  /** A queued acknowledgement that the server rejected: the alert is open again. */
  reopened(alertSeq: number): Alert | null;
}

export function createAlertsView(): AlertsView {
  const alerts = new Map<number, Alert>();
  const groups = new Map<string, Group>();
  /** Alerts by what else they are about, as long as they are open. */
  const byAbout = new Map<string, Set<number>>();
  let open = 0;
  const put = (alert: Alert): void => {
    const before = alerts.get(alert.seq);
    const isNow = isOpen(alert);
    open += Number(isNow) - Number(before !== undefined && isOpen(before));
    alerts.set(alert.seq, alert);
    const group = groups.get(alert.group) ?? createGroup(alert);
    groups.set(alert.group, group);
    group.add(alert, isNow);
    group.setOpen(alert.seq, isNow);
    noteAbout(byAbout, alert, isNow);
  };
  const change = (seq: number, acknowledgement: Alert['acknowledgement']): Alert | null => {
    const before = alerts.get(seq);
    if (!before) return null;
    const after = { ...before, acknowledgement };
    put(after);
    return after;
  };
  const settle = ({ about, kinds, note }: Settlement, at: number): Alert[] =>
    [...(byAbout.get(about) ?? [])].flatMap((seq) => {
      const alert = alerts.get(seq);
      if (!alert || !kinds.includes(alert.kind)) return [];
      return change(seq, { operatorId: SETTLED_BY_ITSELF, at, note, state: 'accepted' }) ?? [];
    });
  /** The oldest groups leave as a whole: a group that is cut would say wrong numbers. */
  const trim = (): void => {
    for (const [key, group] of groups) {
      if (alerts.size <= ALERTS_HELD_MAX || groups.size === 1) return;
      for (const seq of group.seqs()) {
        const alert = alerts.get(seq);
        if (alert && isOpen(alert)) open -= 1;
        if (alert) noteAbout(byAbout, alert, false);
        alerts.delete(seq);
      }
      groups.delete(key);
    }
  };
  const take = (fact: Fact, world: AlertWorld): AlertChange => {
    const { occurredAt: at } = fact.envelope;
    if (fact.kind === 'alertAcknowledged' || fact.kind === 'noticeAcknowledged') {
      const { alertSeq, operatorId, note } = fact.data;
      const alert = change(alertSeq, { operatorId, at, note, state: 'accepted' });
      return alert ? { fresh: [], changed: [alert] } : NOTHING;
    }
    const settlement = settlementOf(fact);
    const changed = settlement ? settle(settlement, at) : [];
    const notice = noticeOf(fact, noticeWorld(world));
    if (!notice) return changed.length === 0 ? NOTHING : { fresh: [], changed };
    const alert: Alert = {
      ...notice,
      accountNumber: accountNumberOf(notice.accountId, world),
      group: groupKeyOf(notice),
      acknowledgement: alerts.get(notice.seq)?.acknowledgement ?? null,
    };
    put(alert);
    trim();
    return { fresh: [alert], changed };
  };
  return {
    all: () => [...alerts.values()],
    alert: (seq) => alerts.get(seq),
    unacknowledged: () => open,
    openGroups: () => {
      let count = 0;
      for (const group of groups.values()) if (group.summary().open > 0) count += 1;
      return count;
    },
    // Groups are made as alerts come, and those come in order.
    groups: () => [...groups.keys()].reverse(),
    summary: (key) => groups.get(key)?.summary(),
    seqsOf: (key) => groups.get(key)?.seqs() ?? [],
    openSeqsOf: (key) => groups.get(key)?.openSeqs() ?? [],
    restore: (saved) => {
      alerts.clear();
      groups.clear();
      byAbout.clear();
      open = 0;
      // What a desk of an earlier layout kept stands in no group; the server has it all the same.
      for (const alert of saved) if (typeof alert.group === 'string') put(alert);
    },
    apply: take,
    queued: (alertSeq, operatorId, at, note) =>
      change(alertSeq, { operatorId, at, note, state: 'queued' }),
    reopened: (alertSeq) => change(alertSeq, null),
  };
}

function noticeWorld({ account, proposal }: AlertWorld): NoticeWorld {
  return { terms: (accountId) => account(accountId)?.terms, proposal };
}

function accountNumberOf(accountId: string | null, { account }: AlertWorld): number {
  return accountId === null ? 0 : (account(accountId)?.number ?? 0);
}

function noteAbout(byAbout: Map<string, Set<number>>, alert: Alert, isNow: boolean): void {
  const { about, seq } = alert;
  if (about === null) return;
  const known = byAbout.get(about) ?? new Set();
  if (isNow) byAbout.set(about, known.add(seq));
  else if (known.delete(seq) && known.size === 0) byAbout.delete(about);
}

function isOpen(alert: Alert): boolean {
  return alert.acknowledgement === null && wantsAcknowledgement(alert);
}
