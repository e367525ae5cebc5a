import { moneyText, mulDivCeil, PPM_UNIT, percentText } from '#core/money/money.ts';
import type { BreachData } from './rules.events.ts';

/** The least that would have kept the account on the right side of its floor. */
export interface Counterfactual {
  /** Money that was missing. */
  readonly missing: number;
  /** Share by which every open position could have been smaller, or null when none was losing. */
  readonly smaller: number | null;
  /** Sentences in the trader's language. */
  readonly sentences: readonly string[];
}

/**
 * What would have avoided a breach of a floor, from its own evidence alone; null for a breach of
 * another kind. Touching counts as the evidence shows it: an equity of exactly the floor that
 * breached was one unit short.
 */
export function counterfactualOf(breach: BreachData): Counterfactual | null {
  const figure = (name: string): number | undefined =>
    breach.figures.find((entry) => entry.name === name)?.value;
  const measured = figure('measured');
  const floor = figure('floor');
  if (measured === undefined || floor === undefined) return null;
  const touched = measured === floor;
  const missing = floor - measured + (touched ? 1 : 0);
  const losses = breach.positions.reduce((sum, { floating }) => sum + Math.min(0, floating), 0);
  const floating = breach.equity - breach.balance;
  const sentences = [`${moneyText(missing)} more would have kept the account.`];
  let smaller: number | null = null;
  if (floating < 0 && missing <= -floating) {
    smaller = mulDivCeil(missing, PPM_UNIT, -floating);
    sentences.push(`So would positions ${percentText(smaller)} smaller, all else the same.`);
  }
  if (floating < 0 && missing > -floating) {
    const closed = floor - breach.balance + (touched ? 1 : 0);
    sentences.push(
      `No smaller size would have: closed losses alone lay ${moneyText(closed)} beyond the floor.`,
    );
  }
  const [worst] = [...breach.positions].sort((one, other) => one.floating - other.floating);
  if (worst && worst.floating < 0 && breach.positions.length > 1 && -losses >= missing) {
    const name = `${worst.side} ${worst.symbol}`;
    const enough = -worst.floating >= missing;
    if (enough) sentences.push(`Without the ${name} position alone it would have stood, too.`);
  }
  return { missing, smaller, sentences };
}
