import type { Fact } from '#core/facts/registry.ts';
import { err, ok } from '#core/kernel/result.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import type { Priority } from '#core/work/policy.ts';
import { ABOUT_NOTHING, type Doing, type WorkSource, type Word } from '../work-source.ts';

/** Alerts of one item that settling it acknowledges: what one transaction takes. */
export const ALERTS_PER_ITEM_MAX = 500;
const TITLE_MAX = 300;

/** A review or flags that wait: of one account and one rule they are one matter. */
interface Matter {
  readonly id: string;
  readonly key: string;
  readonly alerts: Set<number>;
}

/** A deal after the end of an account, or one that was taken back, changes what was decided. */
const REVIEW_PRIORITY: Readonly<Record<string, Priority>> = {
  lateDeal: 'normal',
  dealAfterEnd: 'high',
  dealBusted: 'high',
};

/**
 * What no rule decides about an account: a person looks, and acknowledges. Later flags of one rule
 * join the item that waits; it is settled when each of them has been acknowledged.
 */
export const breachReview: WorkSource = {
  kind: 'breachReview',
  name: 'Breach review',
  takes: ['reviewRequested', 'conductFlagged', 'alertAcknowledged'],
  sees: 'view',
  works: 'acknowledgeAlert',
  settledBy: null,
  open: () => {
    const byKey = new Map<string, Matter>();
    const byAlert = new Map<number, Matter>();
    return (fact) => {
      switch (fact.kind) {
        case 'reviewRequested':
          return joined(`${fact.data.accountId} review ${fact.data.about}`, fact, byKey, byAlert);
        case 'conductFlagged': {
          const { accountId, ruleId, effect } = fact.data;
          if (effect !== 'review') return [];
          return joined(`${accountId} rule ${ruleId}`, fact, byKey, byAlert);
        }
        case 'alertAcknowledged': {
          const { alertSeq, operatorId: by, note } = fact.data;
          const matter = byAlert.get(alertSeq);
          if (!matter) return [];
          matter.alerts.delete(alertSeq);
          byAlert.delete(alertSeq);
          const { id, key } = matter;
          if (matter.alerts.size > 0) {
            const what = { alertSeqs: [...matter.alerts] };
            return [
              { id, by, says: 'touched' },
              { id, by, says: 'changed', what },
            ];
          }
          byKey.delete(key);
          const reason = note === '' ? 'acknowledged' : note;
          return [{ id, by, says: 'settled', reason }];
        }
        default:
          return [];
      }
    };
  },
  /** Settling is acknowledging: the account's page and its next payout know of it. */
  carryOut: ({ item, change, personId }: Doing, world) => {
    if (change.type !== 'settled') return null;
    const { accountId } = item.about;
    const alerts = item.alertSeqs;
    if (accountId === null || alerts.length === 0) {
      return err({ code: 'invalid', message: 'it names no alert that could be acknowledged' });
    }
    if (!world.governance.people.may(personId, 'acknowledgeAlert')) {
      return err({ code: 'forbidden', message: 'no role of yours acknowledges alerts' });
    }
    const drafts = alerts.map((alertSeq) => ({
      kind: 'alertAcknowledged' as const,
      data: { accountId, alertSeq, operatorId: personId, note: change.reason },
    }));
    return ok({ drafts, contents: [] });
  },
};

type Flag = Extract<Fact, { kind: 'reviewRequested' | 'conductFlagged' }>;

function joined(
  key: string,
  fact: Flag,
  byKey: Map<string, Matter>,
  byAlert: Map<number, Matter>,
): readonly Word[] {
  const { seq } = fact.envelope;
  const known = byKey.get(key);
  const isFull = (known?.alerts.size ?? 0) >= ALERTS_PER_ITEM_MAX;
  const matter = known && !isFull ? known : { id: `${seq}`, key, alerts: new Set<number>() };
  matter.alerts.add(seq);
  byKey.set(key, matter);
  byAlert.set(seq, matter);
  const { accountId } = fact.data;
  const count = matter.alerts.size;
  const what = {
    title: `${sentenceOf(fact)}${count > 1 ? ` (${count} wait)` : ''}`.slice(0, TITLE_MAX),
    priority: priorityOf(fact, count),
    alertSeqs: [...matter.alerts],
  };
  if (matter === known) return [{ id: matter.id, by: null, says: 'changed', what }];
  const rest = {
    about: { ...ABOUT_NOTHING, accountId },
    link: { page: 'account', id: accountId },
    notFor: [],
  } as const;
  return [{ id: matter.id, by: null, says: 'opened', what: { ...what, ...rest } }];
}

function sentenceOf(fact: Flag): string {
  return fact.kind === 'reviewRequested' ? fact.data.sentence : verdictSentence(fact);
}

function priorityOf(fact: Flag, waiting: number): Priority {
  if (fact.kind === 'reviewRequested') return REVIEW_PRIORITY[fact.data.reason] ?? 'normal';
  return fact.data.strike > 1 || waiting > 1 ? 'high' : 'normal';
}
