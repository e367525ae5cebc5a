/**
 * The labelled kinds of demo traders. Their orders depend on past prices and their own seed only;
 * detectors are scored against the labels later and must never read them.
 */
export interface TraderKind {
  readonly label: string;
  /** How many of a thousand traders are of this kind. */
  readonly perMille: number;
  /** Minutes between looks at the market, on average. */
  readonly lookMinutes: number;
  /** Minutes a position is held, at least. */
  readonly holdMinutes: number;
  /** Floating loss that one position means to risk, in hundredths of a percent of the balance. */
  readonly riskBasisPoints: number;
  /** Positions held at once, at most. */
  readonly positionsMax: number;
  /** How the side is chosen from the latest move: with it, against it, or by a coin. */
  readonly side: 'with' | 'against' | 'coin' | 'long';
  /** After a loss the next volume is multiplied by this, in percent. */
  readonly afterLossPercent: number;
}

export const traderKinds: readonly TraderKind[] = [
  kind('swing', 360, { lookMinutes: 60, holdMinutes: 240, riskBasisPoints: 40, side: 'with' }),
  kind('day trader', 250, { lookMinutes: 20, holdMinutes: 30, riskBasisPoints: 90, side: 'coin' }),
  kind('scalper', 120, { lookMinutes: 4, holdMinutes: 2, riskBasisPoints: 30, side: 'against' }),
  kind('gambler', 90, { lookMinutes: 20, holdMinutes: 15, riskBasisPoints: 900, side: 'coin' }),
  kind('martingale', 40, {
    lookMinutes: 10,
    riskBasisPoints: 40,
    afterLossPercent: 200,
    side: 'against',
  }),
  kind('grid', 30, {
    lookMinutes: 8,
    holdMinutes: 90,
    riskBasisPoints: 35,
    positionsMax: 6,
    side: 'against',
  }),
  kind('copy leader', 5, { lookMinutes: 30, riskBasisPoints: 60, side: 'with' }),
  kind('copy follower', 45, { lookMinutes: 30, riskBasisPoints: 60, side: 'with' }),
  kind('opposite pair', 20, { lookMinutes: 60, riskBasisPoints: 200, side: 'coin' }),
  kind('news straddler', 20, {
    lookMinutes: 15,
    holdMinutes: 5,
    riskBasisPoints: 600,
    side: 'coin',
  }),
  kind('latency abuser', 10, { lookMinutes: 2, holdMinutes: 1, riskBasisPoints: 40, side: 'with' }),
  kind('account sharer', 10, { lookMinutes: 15, riskBasisPoints: 60, side: 'long' }),
];

/** The kind at a place between 0 and 999. */
export function kindAt(place: number): number {
  let left = place;
  for (const [at, { perMille }] of traderKinds.entries()) {
    left -= perMille;
    if (left < 0) return at;
  }
  return 0;
}

function kind(label: string, perMille: number, over: Partial<TraderKind>): TraderKind {
  return {
    label,
    perMille,
    lookMinutes: 30,
    holdMinutes: 20,
    riskBasisPoints: 50,
    positionsMax: 2,
    side: 'coin',
    afterLossPercent: 100,
    ...over,
  };
}
