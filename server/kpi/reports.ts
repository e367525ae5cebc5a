import type { KpiList } from '#core/kpi/answers.ts';
import { kpiCsv } from '#core/kpi/export.ts';
import { figureText } from '#core/kpi/words.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { KnownSchedule } from '#core/insight/insight.ts';
import type { ReportSent } from '#core/insight/insight.events.ts';
import { SAYS_MAX } from '#core/insight/reports.ts';
import { digestOf, digestOfText } from '#core/kernel/digest.ts';
import { utcText } from '#core/time/time.ts';
import type { ServerIntent } from '../commands/server-command.ts';
import type { AttachedFile, Outgoing, Sender } from '../notify/outgoing.ts';
import { isAllowed, type NotifySettings } from '../notify/settings.ts';
import { createTicker, type Ticker } from '../payments/ticker.ts';
import type { KpiThread } from './kpi-thread.ts';
import { reportPdf } from './report-pdf.ts';
import { lastPeriodEnd } from './report-periods.ts';

export const REPORTS_TICK_MS = 5_000;
/** A report that does not leave is tried again after so long, and longer each time up to the last. */
const AGAIN_MS = [60_000, 300_000, 1_800_000, 7_200_000] as const;

/** Sendings remembered here until the log tells them back: far more than one look finds. */
const DONE_MAX = 1_000;

export interface ReportPorts {
  governance(): Governance;
  readonly kpis: Pick<KpiThread, 'ask'>;
  readonly settings: Pick<NotifySettings, 'mailboxes' | 'domains'>;
  /** Null where no mail server is set up. */
  readonly mail: Sender | null;
  note(intent: ServerIntent & { type: 'noteReport' }): Promise<unknown>;
  now(): number;
  failed(problem: string): void;
}

interface Due {
  readonly known: KnownSchedule;
  readonly periodEnd: number;
  readonly target: string;
}

/**
 * Sends what schedules ask for: of every period that has passed, once to each target. What was sent
 * is in the log before the next look; should this machine stop in between, it leaves a second time
 * with the same id. Of periods that nobody could send, only the latest is.
 */
export function createReports(ports: ReportPorts): Ticker {
  const attempts = new Map<string, { count: number; nextAt: number }>();
  /** What the log may not have told back yet. */
  const done = new Set<string>();
  return createTicker(async () => {
    for (const due of dueIn(ports)) {
      const key = keyOf(due);
      const before = attempts.get(key);
      if (done.has(key) || (before && before.nextAt > ports.now())) continue;
      try {
        if (await send(due, ports)) {
          attempts.delete(key);
          if (done.size >= DONE_MAX) done.clear();
          done.add(key);
        } else attempts.set(key, nextTry(before?.count ?? 0, ports.now()));
      } catch (error) {
        attempts.set(key, nextTry(before?.count ?? 0, ports.now()));
        const reason = error instanceof Error ? error.message : String(error);
        ports.failed(`report ${due.known.scheduleId} could not be sent: ${reason}`);
      }
    }
  }, REPORTS_TICK_MS);
}

function nextTry(count: number, now: number): { count: number; nextAt: number } {
  const wait = AGAIN_MS[Math.min(count, AGAIN_MS.length - 1)] ?? 0;
  return { count: count + 1, nextAt: now + wait };
}

/** What is to be sent now. Nothing is sent of periods that ended before the schedule was as it is. */
export function dueIn({ governance, now }: Pick<ReportPorts, 'governance' | 'now'>): Due[] {
  const { insight } = governance();
  return [...insight.schedules()].flatMap((known) => {
    const periodEnd = lastPeriodEnd(known.schedule, now());
    if (periodEnd <= known.since) return [];
    return known.schedule.tell
      .filter((target) => !insight.wasSent({ ...known, periodEnd, target }))
      .map((target) => ({ known, periodEnd, target }));
  });
}

function keyOf({ known, periodEnd, target }: Due): string {
  return `${known.scheduleId} ${periodEnd} ${target}`;
}

/** False when it is to be tried again. */
async function send(due: Due, ports: ReportPorts): Promise<boolean> {
  const { known, periodEnd, target } = due;
  const { schedule } = known;
  const period = schedule.every;
  const asked = { type: 'list', period, until: periodEnd, kpiIds: schedule.kpiIds } as const;
  const answer = await ports.kpis.ask(asked);
  // Numbers of a log that is still being read would be wrong for ever.
  if (answer.type !== 'list' || answer.list.behind > 0) return false;
  const { list } = answer;
  const address = addressOf(target, ports);
  const outcome =
    address === null
      ? { type: 'refused' as const, says: `alerts.json allows no mail to ${target}` }
      : await (ports.mail?.send(await messageOf(due, list), address) ??
          Promise.resolve({ type: 'refused' as const, says: 'no mail server is set up' }));
  if (outcome.type === 'failed') {
    ports.failed(`report ${known.scheduleId} did not leave: ${outcome.says}`);
    return false;
  }
  const sending: Omit<ReportSent, 'at'> = {
    scheduleId: known.scheduleId,
    periodEnd,
    target,
    outcome: outcome.type,
    says: outcome.says.slice(0, SAYS_MAX),
    numbers: digestOf(list.kpis),
    seq: list.seq,
  };
  await ports.note({ type: 'noteReport', sending });
  return true;
}

function addressOf(target: string, { settings }: ReportPorts): string | null {
  const name = target.slice('mailbox:'.length);
  const address = Object.hasOwn(settings.mailboxes, name) ? settings.mailboxes[name] : undefined;
  return address !== undefined && isAllowed(address, settings) ? address : null;
}

async function messageOf(due: Due, list: KpiList): Promise<Outgoing> {
  const { known, periodEnd } = due;
  const { title, formats } = known.schedule;
  const { currency } = list.goals;
  const day = utcText(periodEnd).slice(0, 10);
  const name = `${known.scheduleId}-${day}`;
  const files: AttachedFile[] = [];
  if (formats.includes('pdf')) {
    const bytes = await reportPdf(title, list);
    files.push({ name: `${name}.pdf`, mediaType: 'application/pdf', bytes });
  }
  if (formats.includes('csv')) {
    const bytes = Buffer.from(kpiCsv(list), 'utf8');
    files.push({ name: `${name}.csv`, mediaType: 'text/csv', bytes });
  }
  const lines = list.kpis.map(
    (card) => `${card.title}: ${figureText(card.unit, card.value, currency)} (${card.sample})`,
  );
  return {
    // Begins with when it was made, as all mails do: folders are tidied by it.
    messageId: `0${periodEnd.toString(36)}-report-${digestOfText(keyOf(due)).slice(0, 24)}`,
    subject: `${title}, up to ${day}`,
    text: `${lines.join('\n')}\n\nUp to ${utcText(periodEnd)} UTC, entry ${list.seq} of the log.\n`,
    thread: `report-${known.scheduleId}`,
    body: '',
    files,
  };
}
