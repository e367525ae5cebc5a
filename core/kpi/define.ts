import type { Fact, FactKind } from '#core/facts/registry.ts';
import type { Kpi, KpiContext, KpiFold, KpiRow, KpiWindow } from './kpi.ts';
import { measured, type Seen, type SeenMatter, type Shape } from './measure.ts';
import { createMatters, isIn, stepsOf, type Matter, type Matters, type Place } from './matters.ts';

/** What taking a fact in may use. */
export interface Taking extends Place {
  readonly matters: Matters;
  readonly context: KpiContext;
}

/** What each kind of fact does to a number's matters. */
export type Takers = {
  readonly [Kind in FactKind]?: (fact: Extract<Fact, { kind: Kind }>, taking: Taking) => void;
};

export interface KpiDefinition extends Omit<Kpi, 'createFold' | 'from'> {
  readonly shape: Shape;
  readonly takes: Takers;
  /** Which matters may count: those that began in the window, or any that began before its end. */
  readonly cohort: 'began' | 'any';
  /** How a matter counts in a window, from what was known at its end; empty when it does not. */
  look(matter: Matter, window: KpiWindow, context: KpiContext): readonly Seen[];
  /** What a rate is on; active traders when left out. */
  exposure?(window: KpiWindow, context: KpiContext, matters: Matters): number;
}

/** A number from what it takes of facts and how its matters count. */
export function defineKpi(definition: KpiDefinition): Kpi {
  const { shape, takes, cohort, look, exposure, ...words } = definition;
  const from = Object.keys(takes) as FactKind[];
  const createFold = (context: KpiContext, resume?: unknown): KpiFold => {
    const matters = createMatters(resume as readonly Matter[] | undefined);
    const chosen = (window: KpiWindow): Iterable<Matter> =>
      cohort === 'began' ? matters.within(window) : matters.upTo(window);
    return {
      apply: (fact, at) => {
        takes[fact.kind]?.(fact as never, { at, seq: fact.envelope.seq, matters, context });
      },
      measure: (window) => {
        const seen: SeenMatter[] = [];
        for (const matter of chosen(window)) {
          const found = look(matter, window, context);
          if (found.length === 0) continue;
          const facts = 1 + stepsOf(matter, window).length;
          seen.push({ seen: found, facts, tags: tagsOf(matter, found) });
        }
        return measured(shape, seen, words.breakdowns, exposureIn(window));
      },
      rows: (window, max) => {
        const rows: KpiRow[] = [];
        for (const matter of chosen(window)) {
          for (const seen of look(matter, window, context)) rows.push(rowOf(matter, seen));
        }
        return rows.sort((one, other) => other.decidedSeq - one.decidedSeq).slice(0, max);
      },
      held: () => matters.size,
      state: () => matters.state(),
    };
    function exposureIn(window: KpiWindow): number | null {
      if (shape !== 'rate') return null;
      if (exposure) return exposure(window, context, matters);
      return context.directory.activeTraders(window);
    }
  };
  return { ...words, from, createFold };
}

function tagsOf({ tags }: Matter, seen: readonly Seen[]): Matter['tags'] {
  return Object.assign({}, tags, ...seen.map((one) => one.tags ?? {})) as Matter['tags'];
}

function rowOf(matter: Matter, seen: Seen): KpiRow {
  const { id, seq, at } = matter;
  const hasValue = ['ended', 'open', 'over', 'under'].includes(seen.type);
  const value = hasValue ? seen.value : null;
  const tags = tagsOf(matter, [seen]);
  return { id, seq, decidedSeq: seen.seq, at, says: seen.says, value, tags };
}

const NOTHING: readonly Seen[] = [];

/** A matter that began in the window counts, whatever became of it. */
export function beganIn({ at, seq }: Matter, window: KpiWindow, says: string): readonly Seen[] {
  return isIn(at, window) ? [{ type: 'hit', value: 0, at, seq, says }] : NOTHING;
}
