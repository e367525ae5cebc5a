import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupKeyOf } from '#core/alerts/groups.ts';
import { wantsAcknowledgement } from '#core/alerts/notice.ts';
import { aNotice, someNotices } from '#core/alerts/testing/notices.ts';
import type { Alert } from '#core/desk-api/contract.ts';
import type { Fact } from '#core/facts/registry.ts';
import { ALERTS_HELD_MAX, createAlertsView, type AlertsView, type AlertWorld } from './alerts.ts';

const SEED = 20_260_502;
const WORLD: AlertWorld = { account: () => undefined, proposal: () => undefined };

function alertOf(over: Parameters<typeof aNotice>[0]): Alert {
  const notice = aNotice(over);
  return { ...notice, accountNumber: 0, group: groupKeyOf(notice), acknowledgement: null };
}
function factOf(seq: number, kind: string, data: object): Fact {
  return { envelope: { seq, occurredAt: seq, recordedAt: seq }, kind, data } as unknown as Fact;
}
const silent = (seq: number, symbol: string, state: 'silent' | 'live'): Fact =>
  factOf(seq, 'feedStateObserved', {
    symbol,
    source: '',
    state,
    lastAt: 1,
    silentMs: 60_000,
    at: 60_000 * seq,
  });
const openIn = (view: AlertsView): number =>
  view.all().filter((alert) => alert.acknowledgement === null && wantsAcknowledgement(alert))
    .length;

describe('alerts as a desk holds them', () => {
  it(`count what is open as counting one by one does, whatever is acknowledged and taken back (seed ${SEED})`, () => {
    fc.assert(
      fc.property(someNotices, fc.array(fc.tuple(fc.boolean(), fc.nat(80))), (notices, acts) => {
        const view = createAlertsView();
        view.restore(notices.map((notice) => alertOf(notice)));
        for (const [acknowledges, seq] of acts) {
          if (acknowledges) view.queued(seq, 'finn', 1, '');
          else view.reopened(seq);
        }
        expect(view.unacknowledged()).toBe(openIn(view));
        const groups = [...view.groups()].map((key) => view.summary(key));
        expect(groups.reduce((sum, group) => sum + (group?.open ?? 0), 0)).toBe(openIn(view));
        expect(view.openGroups()).toBe(groups.filter((group) => (group?.open ?? 0) > 0).length);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('are settled by what ends them, and by nothing else', () => {
    const view = createAlertsView();
    for (const [seq, symbol] of [
      [1, 'A'],
      [2, 'B'],
    ] as const)
      view.apply(silent(seq, symbol, 'silent'), WORLD);
    const { fresh, changed } = view.apply(silent(3, 'A', 'live'), WORLD);
    expect(fresh.map(({ severity }) => severity)).toEqual(['info']);
    expect(changed.map(({ seq, acknowledgement }) => [seq, acknowledgement?.operatorId])).toEqual([
      [1, 'server'],
    ]);
    expect(view.unacknowledged()).toBe(1);
    expect(view.apply(silent(4, 'A', 'live'), WORLD).changed).toEqual([]);
  });

  it('are no more than so many: the oldest groups leave as a whole', () => {
    const view = createAlertsView();
    const minute = 60_000;
    view.restore(
      Array.from({ length: ALERTS_HELD_MAX }, (_unused, at) =>
        alertOf({
          seq: at + 1,
          at: Math.floor(at / 10) * minute,
          symbol: null,
          kind: 'feedSilent',
          severity: 'soft',
        }),
      ),
    );
    view.apply(silent(ALERTS_HELD_MAX + 1_000_000, 'A', 'silent'), WORLD);
    expect(view.all()).toHaveLength(ALERTS_HELD_MAX + 1 - 10);
    expect(view.unacknowledged()).toBe(openIn(view));
    expect(view.alert(10)).toBeUndefined();
    expect(view.alert(11)).toBeDefined();
  });

  it('of a layout that knew no groups are left to the server', () => {
    const view = createAlertsView();
    const { group: _group, ...old } = alertOf({});
    view.restore([old as Alert, alertOf({ seq: 2 })]);
    expect(view.all().map(({ seq }) => seq)).toEqual([2]);
  });
});
