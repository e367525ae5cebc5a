import type { Detector } from '#core/fraud/detector.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { digestOf } from '#core/kernel/digest.ts';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact } from '#core/facts/registry.ts';
import { createSurveillance, type Surveillance } from '#core/surveillance/surveil.ts';
import type { Store } from '../store/store.ts';
import { BEGINNING, createLogReader, type EntryTaker, type LogPlace } from './log-reader.ts';
import type { SnapshotFile } from './snapshot-file.ts';

/** Signals in one command. */
export const SIGNALS_PER_COMMAND_MAX = 50;
/** Entries between two looks at the clock. */
const ENTRIES_PER_LOOK = 200;
/** Signals found and not yet in the log; with more, reading waits. */
const FOUND_WAITING_MAX = 500;

export interface FollowerOptions {
  readonly store: Store;
  readonly partition: number;
  readonly snapshots: SnapshotFile;
  /** All there are, when left out. */
  readonly detectors?: readonly Detector[];
  isFunded(terms: AccountTerms): boolean;
  /** Told of every fact before it is surveyed: programs that were published. */
  heard?(fact: Fact): void;
  /** Milliseconds that only ever grow. */
  clock(): number;
}

/** Signals with the name of the command that brings them into the log. */
export interface Raising {
  readonly commandId: string;
  readonly signals: readonly Signal[];
}

/**
 * Surveillance of a log that grows. What it finds has to be in the log before it remembers having
 * found it: after a crash it finds the same again, and says it again, which changes nothing.
 */
export interface Follower {
  readonly surveillance: Surveillance;
  readonly place: LogPlace;
  /** Facts and prices that it has not seen yet, as far as it knows. */
  behind(): { readonly facts: number; readonly marks: number };
  /** Reads on for so many milliseconds at the most; false when there is nothing to read now. */
  work(forMs: number): boolean;
  /** What is to be brought into the log next; null when all of it is. */
  raising(): Raising | null;
  /** The command was decided: accepted, or refused for good. */
  raised(commandId: string): void;
  /** Keeps where it stands, unless something found is not in the log yet. */
  save(): boolean;
}

export function openFollower(options: FollowerOptions): Follower {
  const { store, partition, snapshots, isFunded, heard, clock } = options;
  const saved = snapshots.load();
  const fits = saved !== null && saved.root === rootAt(store, partition, saved.place.seq);
  const surveillance = createSurveillance({
    policy: DEFAULT_SCORING,
    isFunded,
    ...(options.detectors ? { detectors: options.detectors } : {}),
    resume: fits ? saved.state : undefined,
  });
  const reader = createLogReader(store, partition, fits ? saved.place : BEGINNING);
  const waiting: Signal[] = [];
  /** Stays the same until it was decided, whatever is found meanwhile. */
  let raising: Raising | null = null;
  const taker: EntryTaker = {
    fact: (fact) => {
      heard?.(fact);
      surveillance.fact(fact);
    },
    mark: surveillance.mark,
    reference: surveillance.reference,
  };
  return {
    surveillance,
    get place() {
      return reader.place;
    },
    behind: () => ({
      facts: reader.end.seq - reader.place.seq,
      marks: reader.end.marks - reader.place.marks,
    }),
    work: (forMs) => {
      reader.refresh();
      const until = clock() + forMs;
      while (waiting.length < FOUND_WAITING_MAX && clock() < until) {
        for (let entry = 0; entry < ENTRIES_PER_LOOK; entry += 1) {
          if (reader.next(taker)) continue;
          waiting.push(...surveillance.drain());
          return false;
        }
        waiting.push(...surveillance.drain());
      }
      return true;
    },
    raising: () => {
      const signals = waiting.slice(0, SIGNALS_PER_COMMAND_MAX);
      if (signals.length > 0) raising ??= { commandId: commandIdOf(signals), signals };
      return raising;
    },
    raised: (commandId) => {
      if (raising?.commandId !== commandId) return;
      waiting.splice(0, raising.signals.length);
      raising = null;
    },
    save: () => {
      if (waiting.length > 0) return false;
      const { place } = reader;
      const root = rootAt(store, partition, place.seq);
      if (root === null) return false;
      snapshots.save({ place, root, state: surveillance.state() });
      return true;
    },
  };
}

/** Null for a place that the log has not reached: then it is not the log that was read. */
function rootAt(store: Store, partition: number, seq: number): string | null {
  const tree = store.tree(partition);
  if (seq === 0 || seq > tree.size) return null;
  return Buffer.from(tree.root(seq)).toString('hex');
}

/** The same signals are the same command. */
function commandIdOf(signals: readonly Signal[]): string {
  return `signals-${digestOf(signals.map(({ signalId }) => signalId)).slice(0, 40)}`;
}
