import { describe, expect, it } from 'vitest';
import { listOf } from '#core/kpi/answers.ts';
import { kpiCsv, rowsCsv } from '#core/kpi/export.ts';
import { createKpiRun } from '#core/kpi/run.ts';
import { HISTORY_START, isFundedThere, randomHistory } from '#core/kpi/testing/history.ts';
import { createInsight, type Insight } from '#core/insight/insight.ts';
import type { Schedule } from '#core/insight/reports.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { Outcome, Outgoing } from '../notify/outgoing.ts';
import type { KpiAnswer, KpiQuestion } from './messages.ts';
import { reportPdf } from './report-pdf.ts';
import { lastPeriodEnd } from './report-periods.ts';
import { createReports } from './reports.ts';

const DAY_MS = 86_400_000;
const run = createKpiRun({ isFunded: isFundedThere });
for (const fact of randomHistory(5, 1_200)) run.apply(fact);

const weekly: Schedule = {
  title: 'Weekly numbers',
  kpiIds: ['passRate', 'firmResult', 'timeToResolve'],
  every: 'week',
  zone: 'Europe/Prague',
  time: '06:00',
  formats: ['pdf', 'csv'],
  tell: ['mailbox:risk-desk'],
};

interface Office {
  clock: number;
  outcome: Outcome;
  behind: number;
  readonly sent: Outgoing[];
  readonly insight: Insight;
  tick(): Promise<void>;
  restart(): void;
}

function openOffice(schedule: Schedule, madeAt: number): Office {
  const insight = createInsight();
  const by = { personId: 'p', reason: 'a test', at: madeAt };
  insight.plan({ scheduleId: 'weekly', schedule, ...by });
  const sent: Outgoing[] = [];
  const ask = (question: KpiQuestion): Promise<KpiAnswer> => {
    if (question.type !== 'list') throw new Error('reports ask for lists');
    const { period, until, kpiIds } = question;
    const list = listOf(run, { period, until: until ?? 0, kpiIds });
    return Promise.resolve({ type: 'list', list: { ...list, behind: office.behind } });
  };
  const open = () =>
    createReports({
      governance: () => ({ insight }) as Governance,
      kpis: { ask },
      settings: { mailboxes: { 'risk-desk': 'risk@firm.example' }, domains: ['firm.example'] },
      mail: {
        send: (message) => {
          sent.push(message);
          return Promise.resolve(office.outcome);
        },
        close: () => {},
      },
      note: ({ sending }) => Promise.resolve(insight.sent({ ...sending, at: office.clock })),
      now: () => office.clock,
      failed: () => {},
    });
  let reports = open();
  const office: Office = {
    clock: madeAt,
    outcome: { type: 'sent', says: 'taken' },
    behind: 0,
    sent,
    insight,
    tick: () => reports.tick(),
    restart: () => void (reports = open()),
  };
  return office;
}

/** A Wednesday. */
const MADE_AT = HISTORY_START + 16 * DAY_MS;
const MONDAY_AT_SIX = Date.UTC(2026, 0, 26, 5);

describe('when a period ends', () => {
  it('is at the turn of the zone’s clock, whatever the season', () => {
    const at = (text: string): number => Date.parse(text);
    const end = (every: Schedule['every'], text: string): string =>
      new Date(lastPeriodEnd({ ...weekly, every }, at(text))).toISOString().slice(0, 16);
    expect(end('day', '2026-01-07T04:59:00Z')).toBe('2026-01-06T05:00');
    expect(end('day', '2026-01-07T05:00:00Z')).toBe('2026-01-07T05:00');
    expect(end('day', '2026-07-07T04:00:00Z')).toBe('2026-07-07T04:00');
    expect(end('week', '2026-01-25T22:00:00Z')).toBe('2026-01-19T05:00');
    expect(end('week', '2026-04-01T00:00:00Z')).toBe('2026-03-30T04:00');
    expect(end('month', '2026-03-31T23:00:00Z')).toBe('2026-03-01T05:00');
  });
});

describe('reports by mail', () => {
  it('send each period once to each target, with its numbers as files', async () => {
    const office = openOffice(weekly, MADE_AT);
    await office.tick();
    expect(office.sent).toEqual([]);
    office.clock = MONDAY_AT_SIX;
    await office.tick();
    await office.tick();
    office.restart();
    await office.tick();
    expect(office.sent.map(({ subject }) => subject)).toEqual(['Weekly numbers, up to 2026-01-26']);
    expect(office.sent[0]?.files?.map(({ name }) => name)).toEqual([
      'weekly-2026-01-26.pdf',
      'weekly-2026-01-26.csv',
    ]);
    office.clock += 7 * DAY_MS;
    await office.tick();
    expect(new Set(office.sent.map(({ messageId }) => messageId)).size).toBe(2);
    expect(office.insight.sendings().map(({ outcome }) => outcome)).toEqual(['sent', 'sent']);
  });

  it('are tried again with the same id after a failure, and not at once', async () => {
    const office = openOffice(weekly, MADE_AT);
    office.clock = MONDAY_AT_SIX;
    office.outcome = { type: 'failed', says: 'no line' };
    await office.tick();
    await office.tick();
    expect(office.sent.length).toBe(1);
    office.clock += 60_000;
    office.outcome = { type: 'sent', says: 'taken' };
    await office.tick();
    await office.tick();
    const ids = office.sent.map(({ messageId }) => messageId);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect(office.insight.sendings().length).toBe(1);
  });

  it('wait for numbers of the whole log, and say for ever that an address may not be used', async () => {
    const office = openOffice({ ...weekly, tell: ['mailbox:nobody'] }, MADE_AT);
    office.clock = MONDAY_AT_SIX;
    office.behind = 3;
    await office.tick();
    expect(office.insight.sendings()).toEqual([]);
    office.behind = 0;
    office.clock += 60_000;
    await office.tick();
    await office.tick();
    expect(office.insight.sendings().map(({ outcome, says }) => [outcome, says])).toEqual([
      ['refused', 'alerts.json allows no mail to mailbox:nobody'],
    ]);
    expect(office.sent).toEqual([]);
  });

  it('are the same bytes for the same numbers, but for the mark that each file gets', async () => {
    const until = HISTORY_START + 60 * DAY_MS;
    const list = { ...listOf(run, { period: 'month', until, kpiIds: null }), behind: 0 };
    const [one, other] = await Promise.all([
      reportPdf('Numbers', list),
      reportPdf('Numbers', list),
    ]);
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
    expect(text(one).startsWith('%PDF-')).toBe(true);
    expect(text(one).trimEnd().endsWith('%%EOF')).toBe(true);
    expect(text(one).replaceAll(/\/ID \[.*?\]/gs, '')).toBe(
      text(other).replaceAll(/\/ID \[.*?\]/gs, ''),
    );
  });

  it('write no formula into a table that a program opens', () => {
    const row = {
      id: '=1+1',
      seq: 1,
      decidedSeq: 1,
      at: 0,
      says: '@x',
      value: -1,
      tags: { a: '+2' },
    };
    expect(rowsCsv({ rows: [row] }).split('\r\n')[1]).toBe(
      "'=1+1,1970-01-01 00:00:00.000,'@x,-1,1,1,'+2",
    );
    const list = listOf(run, { period: 'month', until: run.at, kpiIds: null });
    const lines = kpiCsv(list).trimEnd().split('\r\n');
    expect(
      new Set(lines.map((line) => line.replaceAll(/"[^"]*"/g, '').split(',').length)).size,
    ).toBe(1);
  });
});
