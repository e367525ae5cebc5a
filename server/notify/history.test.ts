import { describe, expect, it } from 'vitest';
import { aNotice } from '#core/alerts/testing/notices.ts';
import type { Notice } from '#core/alerts/notice.ts';
import type { HistoryRequest } from '#core/sync/alert-questions.ts';
import { countsBetween, listDeliveries, searchHistory } from './history.ts';
import { openNotifyStore, type NotifyStore } from './notify-store.ts';

const T0 = Date.UTC(2026, 4, 1, 12);
/** When two alerts are overdue, and two are not yet. */
const NOW = T0 + 5 * 60_000 + 60_001;
const ANY: HistoryRequest = {
  text: '',
  accountId: null,
  trader: null,
  kinds: [],
  severity: null,
  fromAt: null,
  toAt: null,
  state: 'any',
  beforeSeq: null,
  limit: 100,
};

function storeWith(...notices: readonly Partial<Notice>[]): NotifyStore {
  const store = openNotifyStore(':memory:');
  store.saveAccount({
    accountId: 'A1',
    traderId: 'T1',
    traderName: 'Zoë Ångström',
    program: { programId: 'p', name: 'P' },
    nominalSize: 1,
    currency: 'USD',
  } as Parameters<NotifyStore['saveAccount']>[0]);
  for (const [at, over] of notices.entries()) {
    const notice = aNotice({ seq: at + 1, at: T0 + at * 60_000, ...over });
    store.addNotice(notice, notice.at, notice.severity === 'info' ? null : notice.at + 300_000);
  }
  store.saveProgress(notices.length, 1);
  return store;
}
const found = (store: NotifyStore, over: Partial<HistoryRequest>): number[] =>
  searchHistory(store, { ...ANY, ...over }, NOW).lines.map(({ notice }) => notice.seq);

describe('the history of alerts', () => {
  const store = storeWith(
    { traderName: 'Zoë Ångström', sentence: 'Balance 96,000.00 has used 80 % of the daily loss' },
    { kind: 'breach', severity: 'hard', accountId: 'A2', traderId: 'T2', traderName: 'Bo Berg' },
    { kind: 'objective', severity: 'info', accountId: 'A2', traderId: 'T2', traderName: 'Bo Berg' },
    {
      kind: 'feedSilent',
      severity: 'soft',
      accountId: null,
      traderId: null,
      traderName: '',
      about: 'EURUSD',
      sentence: 'EURUSD has been silent',
    },
    {
      kind: 'breach',
      severity: 'soft',
      accountId: 'A1',
      sentence: '100% "quoted" AND (odd) * words',
    },
  );

  it.each<[string, Partial<HistoryRequest>, number[]]>([
    ['nothing', {}, [5, 4, 3, 2, 1]],
    ['words of the sentence, by their beginnings', { text: 'bala dai' }, [1]],
    ['words of a name, whatever its accents', { text: 'angstrom' }, [1]],
    ['an account among the words', { text: 'A2' }, [3, 2]],
    ['words that do not all occur', { text: 'balance silent' }, []],
    ['what looks like a command of the search', { text: '" OR 1 AND NEAR( *' }, []],
    ['an account', { accountId: 'A1' }, [5, 1]],
    ['a trader by id', { trader: 'T2' }, [3, 2]],
    ['a trader by the beginning of a name', { trader: 'zoë' }, [5, 1]],
    ['a trader with a sign that stands for any other', { trader: '%' }, []],
    ['a kind', { kinds: ['breach'] }, [5, 2]],
    ['a severity', { severity: 'soft' }, [5, 4, 2]],
    ['a time from', { fromAt: T0 + 3 * 60_000 }, [5, 4]],
    ['a time to', { toAt: T0 + 60_000 }, [2, 1]],
    ['what is to acknowledge', { state: 'open' }, [5, 4, 2, 1]],
    ['what is overdue', { state: 'late' }, [2, 1]],
    [
      'all of it together',
      { kinds: ['breach'], accountId: 'A2', severity: 'hard', text: 'bo' },
      [2],
    ],
  ])('is found by %s', (_what, over, wanted) => {
    expect(found(store, over)).toEqual(wanted);
  });

  it('is given page by page, each alert once', () => {
    const pages: number[][] = [];
    let beforeSeq: number | null = null;
    for (;;) {
      const { lines, more } = searchHistory(store, { ...ANY, beforeSeq, limit: 2 }, NOW);
      pages.push(lines.map(({ notice }) => notice.seq));
      if (!more) break;
      beforeSeq = lines.at(-1)?.notice.seq ?? null;
    }
    expect(pages).toEqual([[5, 4], [3, 2], [1]]);
  });

  it('says how many are held, whatever was asked for', () => {
    expect(searchHistory(store, { ...ANY, accountId: 'nobody' }, NOW)).toMatchObject({
      held: 5,
      upTo: 5,
      lines: [],
    });
  });

  it('knows who has seen what, what was settled, what was late, and what was escalated', () => {
    const own = storeWith(
      {},
      { severity: 'hard', kind: 'breach' },
      { kind: 'feedSilent', severity: 'soft', about: 'EURUSD' },
    );
    own.seen(1, 'finn', T0 + 1_000, 'looked');
    own.seen(1, 'gia', T0 + 2_000, 'too late to be the first');
    own.seen(2, 'gia', T0 + 60_000 + 300_001, '');
    own.settle(
      { about: 'EURUSD', kinds: ['feedSilent'], note: 'It delivers again.' },
      'server',
      T0 + 180_000,
    );
    own.reached(searchHistory(own, ANY, NOW).lines[1]?.group ?? '', 1);
    expect(found(own, { state: 'open' })).toEqual([]);
    expect(found(own, { state: 'acknowledged' })).toEqual([3, 2, 1]);
    expect(found(own, { state: 'late' })).toEqual([2]);
    expect(found(own, { state: 'escalated' })).toEqual([2]);
    const { lines } = searchHistory(own, ANY, NOW);
    expect(lines.map(({ seen, level }) => [seen?.operatorId, seen?.note, level])).toEqual([
      ['server', 'It delivers again.', 0],
      ['gia', '', 1],
      ['finn', 'looked', 0],
    ]);
  });

  it('counts what came between two places of the log', () => {
    expect(countsBetween(store, 1, 5)).toEqual([
      { kind: 'breach', severity: 'hard', count: 1, open: 1 },
      { kind: 'breach', severity: 'soft', count: 1, open: 1 },
      { kind: 'feedSilent', severity: 'soft', count: 1, open: 1 },
      { kind: 'objective', severity: 'info', count: 1, open: 0 },
    ]);
  });

  it('takes a fact in once, however often it is read', () => {
    const own = storeWith({});
    expect(own.addNotice(aNotice(), T0, null)).toBe(false);
    expect(found(own, { text: 'equity' })).toEqual([1]);
  });
});

describe('deliveries', () => {
  it('are given page by page, messages and what is none yet in one order', () => {
    const store = openNotifyStore(':memory:');
    const delivery = {
      deliveryId: 'd',
      ruleId: 'r',
      level: 0,
      channel: 'email' as const,
      target: { type: 'mailbox' as const, mailboxId: 'risk' },
      group: 'g',
      notBefore: 50,
      quietUntil: null,
    };
    for (let at = 0; at < 5; at += 1) {
      store.addDelivery({ ...delivery, deliveryId: `d${at}` }, 1, at * 10, 'Waits');
      const outgoing = JSON.stringify({ subject: `message ${at}` });
      store.addMessage(
        { message_id: `m${at}`, channel: 'email', target: 'mailbox:risk', outgoing },
        [],
        at * 10 + 5,
      );
    }
    const ids: string[] = [];
    let before: { at: number; id: string } | null = null;
    for (;;) {
      const page = listDeliveries(
        store,
        { shown: () => '' },
        { state: 'any', before, limit: 3 },
        () => 'waits',
      );
      ids.push(...page.lines.map(({ id }) => id));
      const last = page.lines.at(-1);
      if (!page.more || !last) break;
      before = { at: last.at, id: last.id };
    }
    expect(ids).toEqual(['m4', 'd4 1', 'm3', 'd3 1', 'm2', 'd2 1', 'm1', 'd1 1', 'm0', 'd0 1']);
    const { counts } = listDeliveries(
      store,
      { shown: () => '' },
      { state: 'any', before: null, limit: 1 },
      () => '',
    );
    expect(counts).toMatchObject({ waiting: 5, queued: 5, sent: 0 });
  });
});
