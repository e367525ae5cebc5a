import type { Detector } from '#core/fraud/detector.ts';
import type { Directory } from '#core/fraud/observation.ts';
import type { DetectorUse } from '#core/fraud/scoring.ts';
import { findingSchema, type Finding, type Signal } from '#core/fraud/signal.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOf } from '#core/kernel/digest.ts';
import type { EpochMs } from '#core/time/time.ts';

/** Matters remembered, of all detectors; the one that was silent for longest leaves. */
const MATTERS_MAX = 100_000;
/**
 * A matter that only goes on is raised again after so long at least, and after as long as it has
 * been told of already: twice the time is news. Once a week it is told of in any case.
 */
const REVISED_AFTER_MS = 6 * 3_600_000;
const REVISED_WITHIN_MS = 7 * 24 * 3_600_000;
/** Or when its strength rose by so much above the highest that was told, in thousandths. */
const STRENGTH_STEP = 100;
/** The log takes no larger fact; what does not fit is shown in part. */
const SIGNAL_BYTES_MAX = 48_000;
const ID_DIGITS = 24;

/** Turns findings into signals: who is behind the accounts, and which word on a matter this is. */
export interface Stamps {
  /** Null when it says nothing new; a text when the finding itself is faulty. */
  stamp(finding: Finding, by: Stamping): Signal | string | null;
  readonly matters: number;
  state(): StampsState;
}

export interface Stamping {
  readonly detector: Detector;
  readonly use: DetectorUse;
  readonly policyVersion: number;
}

/** What was said of a matter: when first and last, and the most of it. */
interface Matter {
  readonly revision: number;
  readonly firstAt: EpochMs;
  readonly at: EpochMs;
  readonly strength: number;
  readonly accounts: number;
  readonly traders: number;
}

export type StampsState = readonly (readonly [string, Matter])[];

export function createStamps(directory: Directory, resume?: StampsState): Stamps {
  const matters = new Map(resume);
  const remember = (name: string, matter: Matter): void => {
    matters.delete(name);
    matters.set(name, matter);
    const [oldest] = matters.keys();
    if (matters.size > MATTERS_MAX && oldest !== undefined) matters.delete(oldest);
  };
  return {
    stamp: (found, { detector, use, policyVersion }) => {
      const name = `${detector.id} ${found.key}`;
      const known = matters.get(name);
      const people = behind(found.accounts, directory);
      if (known && !saysMore(found, people.traders.length, known)) return null;
      const parsed = findingSchema.safeParse(found);
      if (!parsed.success) return faultOf(parsed.error.issues);
      if (people.traders.length === 0) return 'none of its accounts is known';
      const { at } = found;
      const revision = (known?.revision ?? 0) + 1;
      remember(name, {
        revision,
        firstAt: known?.firstAt ?? at,
        at,
        strength: Math.max(found.strength, known?.strength ?? 0),
        accounts: Math.max(found.accounts.length, known?.accounts ?? 0),
        traders: Math.max(people.traders.length, known?.traders ?? 0),
      });
      const by = {
        detector: detector.id,
        detectorVersion: detector.version,
        policyVersion,
        revision,
      };
      // The instant tells a matter that was forgotten in between from its first time.
      const signalId = digestOf({ ...by, key: found.key, at }).slice(0, ID_DIGITS);
      const mode = use.mode === 'live' ? 'live' : 'shadow';
      return withinSize({ ...parsed.data, signalId, ...by, mode, ...people });
    },
    get matters() {
      return matters.size;
    },
    state: () => [...matters],
  };
}

/**
 * Somebody joined, it weighs more, it has twice the accounts, or it still goes on. One who opens
 * account after account is one matter: each further one says the same.
 */
function saysMore({ accounts, strength, at }: Finding, traders: number, known: Matter): boolean {
  if (traders > known.traders || accounts.length >= 2 * known.accounts) return true;
  if (strength >= known.strength + STRENGTH_STEP) return true;
  const toldFor = Math.min(known.at - known.firstAt, REVISED_WITHIN_MS);
  return at - known.at >= Math.max(REVISED_AFTER_MS, toldFor);
}

function behind(
  accounts: readonly string[],
  directory: Directory,
): { readonly traders: string[]; readonly programs: string[] } {
  const traders = new Set<string>();
  const programs = new Set<string>();
  for (const accountId of accounts) {
    const account = directory.account(accountId);
    if (!account) continue;
    traders.add(account.traderId);
    programs.add(account.programId);
  }
  return { traders: [...traders].sort(), programs: [...programs].sort() };
}

function faultOf(issues: readonly { readonly path: readonly PropertyKey[]; message: string }[]) {
  const [first] = issues;
  return `its finding is faulty at ${first?.path.map(String).join('.') ?? '?'}: ${first?.message ?? ''}`;
}

/** Cuts the picture and the trades until the signal fits the log: all else is said in full. */
function withinSize(signal: Signal): Signal {
  let fitting = signal;
  while (canonicalText(fitting).length > SIGNAL_BYTES_MAX) {
    const { picture, trades } = fitting;
    const smaller = half(picture);
    if (smaller === picture && trades.length === 0) break;
    fitting = { ...fitting, picture: smaller, trades: trades.slice(0, trades.length >> 1) };
  }
  return fitting;
}

function half(picture: Signal['picture']): Signal['picture'] {
  if (picture.type !== 'graph' || picture.edges.length === 0) return picture;
  return { ...picture, edges: picture.edges.slice(0, picture.edges.length >> 1) };
}
