import { create } from 'zustand';
import type { CaseRow, Kpi, Presence } from '#core/desk-api/case-calls.ts';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { CaseState } from '#core/cases/outcomes.ts';
import type { RendererClient } from '../desk/client.ts';

export type CaseCounts = DeskCallOutput<'cases.list'>['counts'];

/** Cases that are read for the queue: as many as a desk gives. */
const WAITING_MAX = 10_000;
/** Decided and merged ones, last changed first: older ones are found by their account. */
const ENDED_MAX = 1_000;
/** Changes that come together are read once. */
const READ_EVERY_MS = 1_000;
/** Of the time, no more than one part in so many is spent on reading. */
const READ_SHARE = 5;
/** While no queue is on screen only the counts are read, for the badge. */
const COUNT_EVERY_MS = 15_000;
/** Urgency and age move with time alone. */
const AGE_EVERY_MS = 60_000;

/** The cases of surveillance as this desk has them: read again whenever it says they changed. */
export interface Cases {
  /** Null until they were read once. */
  readonly rows: readonly CaseRow[] | null;
  readonly counts: CaseCounts | null;
  readonly kpis: readonly Kpi[];
  /** The desk's time minus this machine's: ages and locks count by the desk's. */
  readonly offsetMs: number;
  /** Why they cannot be read; empty when they can. */
  readonly failure: string;
  readonly presence: Presence['cases'];
  /** Rises with every change, for pages that read more. */
  readonly version: number;
}

export const useCases = create<Cases>(() => ({
  rows: null,
  counts: null,
  kpis: [],
  offsetMs: 0,
  failure: '',
  presence: [],
  version: 0,
}));

/** Which states are on screen; empty while no queue is. */
let wanted: readonly CaseState[] = [];
let readSoon: () => void = () => {};

/** Says what the queue shows now, and reads it; nothing when it leaves the screen. */
export function showCases(states: readonly CaseState[]): void {
  if (wanted.join() === states.join()) return;
  wanted = states;
  readSoon();
}

/** Reads cases again now: after something was done here. */
export function readCases(): void {
  readSoon();
}

/** The instant by the desk's clock. */
export function caseNow(): number {
  return Date.now() + useCases.getState().offsetMs;
}

/** Called once; keeps the store true from then on. */
export function startCases(client: RendererClient): void {
  const { setState, getState } = useCases;
  let reading = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastReadAt = 0;
  let tookMs = 0;
  const read = async (): Promise<void> => {
    reading = true;
    lastReadAt = Date.now();
    const reply = await readAll(client, wanted);
    reading = false;
    tookMs = Date.now() - lastReadAt;
    if ('failure' in reply) setState({ failure: reply.failure });
    else setState({ ...reply, failure: '', version: getState().version + 1 });
  };
  const schedule = (delayMs: number): void => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      if (reading) schedule(READ_EVERY_MS);
      else void read();
    }, delayMs);
  };
  const changed = (): void => {
    const every = wanted.length === 0 ? COUNT_EVERY_MS : READ_EVERY_MS;
    // A desk that is slow with many cases is not asked all the time.
    const rested = Math.max(every, tookMs * READ_SHARE);
    schedule(Math.max(0, lastReadAt + rested - Date.now()));
  };
  readSoon = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    schedule(0);
  };
  client.onLink((linked) => {
    if (linked) readSoon();
  });
  client.onStream('governed', changed);
  client.onStream('person', () => {
    setState({ rows: null, counts: null, kpis: [], presence: [] });
    readSoon();
  });
  client.onStream('reset', () => {
    setState({ rows: null, presence: [] });
    readSoon();
  });
  client.onStream('presence', ({ cases }) =>
    setState(({ rows }) => ({ presence: cases, rows: rows && seenBy(rows, cases) })),
  );
  setInterval(() => {
    if (wanted.length > 0) changed();
  }, AGE_EVERY_MS);
}

/** Rows with who looks at them now; those for whom nothing changed stay the same objects. */
export function seenBy(rows: readonly CaseRow[], presence: Presence['cases']): readonly CaseRow[] {
  const people = new Map(presence.map((one) => [one.caseId, one.people]));
  return rows.map((row) => {
    const viewers = people.get(row.caseId) ?? [];
    const same =
      viewers.length === row.viewers.length &&
      viewers.every(({ personId }, at) => row.viewers[at]?.personId === personId);
    return same ? row : { ...row, viewers };
  });
}

type Read = Pick<Cases, 'rows' | 'counts' | 'kpis' | 'offsetMs'>;

/** Waiting cases whole; ended ones up to their limit, and only when they are asked for. */
async function readAll(
  client: RendererClient,
  states: readonly CaseState[],
): Promise<Partial<Read> | { readonly failure: string }> {
  const isWaiting = (state: CaseState): boolean => state === 'open' || state === 'snoozed';
  const ended = states.filter((state) => !isWaiting(state));
  const [waiting, others] = await Promise.all([
    client.call('cases.list', {
      states: ['open', 'snoozed'],
      limit: states.length === 0 ? 1 : WAITING_MAX,
    }),
    ended.length === 0 ? null : client.call('cases.list', { states: ended, limit: ENDED_MAX }),
  ]);
  if (!waiting.ok) return { failure: waiting.error.message };
  if (others && !others.ok) return { failure: others.error.message };
  const { asOf, cases, counts, kpis } = waiting.value;
  const offsetMs = asOf - Date.now();
  if (states.length === 0) return { counts, kpis, offsetMs };
  return { rows: [...cases, ...(others?.value.cases ?? [])], counts, kpis, offsetMs };
}
