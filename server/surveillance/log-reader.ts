import type { Fact } from '#core/facts/registry.ts';
import type { JournalledMark, ReferencePrice } from '#core/market/mark.ts';
import type { Surveillance } from '#core/surveillance/surveil.ts';
import type { Store } from '../store/store.ts';

/** Facts fetched at once, and prices at least; nothing is held open in the database in between. */
const FACTS_PER_FETCH = 1_000;
const PRICES_PER_FETCH = 10_000;

/** How much of a log was read: what comes next is the one behind. */
export interface LogPlace {
  readonly seq: number;
  /** How many of the platform's prices, and of other sources'. */
  readonly marks: number;
  readonly references: number;
}

export const BEGINNING: LogPlace = { seq: 0, marks: 0, references: 0 };

/** A log as surveillance is fed with it: facts and prices in the one order of their places. */
export interface LogReader {
  readonly place: LogPlace;
  /** How far the log reached when it was last looked at. */
  readonly end: { readonly seq: number; readonly marks: number };
  /** Looks how far the log has come. */
  refresh(): void;
  /** Hands on the next entry; false at the end. */
  next(into: EntryTaker): boolean;
}

export type EntryTaker = Pick<Surveillance, 'fact' | 'mark' | 'reference'>;

export function createLogReader(store: Store, partition: number, from: LogPlace): LogReader {
  let { seq, marks, references } = from;
  let end = store.progress(partition);
  const facts = createFetcher<Fact>(() => {
    const to = Math.min(end.seq, seq + FACTS_PER_FETCH);
    return seq < to ? [...store.facts(partition, seq + 1, to)] : [];
  });
  const prices = createFetcher<JournalledMark>(() =>
    marks < end.marks ? gather(store.marks(partition, marks)) : [],
  );
  const others = createFetcher<ReferencePrice>(() =>
    gather(store.references(partition, references)),
  );
  return {
    get place() {
      return { seq, marks, references };
    },
    get end() {
      return end;
    },
    refresh: () => {
      end = store.progress(partition);
      for (const fetcher of [facts, prices, others]) fetcher.refresh();
    },
    next: (into) => {
      const other = others.peek();
      if (other && other.marksBefore <= marks && other.seqBefore <= seq) {
        others.take();
        references = other.index + 1;
        into.reference(other);
        return true;
      }
      const fact = facts.peek();
      if (fact && fact.envelope.marksBefore <= marks) {
        facts.take();
        seq = fact.envelope.seq;
        into.fact(fact);
        return true;
      }
      const price = prices.peek();
      // A chunk may hold what was committed after the end was looked at.
      if (!price || price.index >= end.marks) return false;
      prices.take();
      marks = price.index + 1;
      into.mark(price);
      return true;
    },
  };
}

/** Entries fetched some at a time, until a fetch gives none; then not again before a refresh. */
interface Fetcher<Entry> {
  peek(): Entry | undefined;
  take(): void;
  refresh(): void;
}

function createFetcher<Entry>(fetch: () => readonly Entry[]): Fetcher<Entry> {
  let entries: readonly Entry[] = [];
  let at = 0;
  let isOver = false;
  return {
    peek: () => {
      if (at === entries.length && !isOver) {
        entries = fetch();
        at = 0;
        isOver = entries.length === 0;
      }
      return entries[at];
    },
    take: () => {
      at += 1;
    },
    refresh: () => {
      isOver = false;
    },
  };
}

function gather<Price>(chunks: Iterable<readonly Price[]>): Price[] {
  const gathered: Price[] = [];
  for (const chunk of chunks) {
    for (const price of chunk) gathered.push(price);
    if (gathered.length >= PRICES_PER_FETCH) break;
  }
  return gathered;
}
