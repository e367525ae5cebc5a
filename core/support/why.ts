import type { Dispute } from './disputes.ts';
import type { DisputeReason, Remedy } from './support.events.ts';

/** Why traders dispute, by program, rule and reason: what a clause costs the firm in answers. */
export interface WhyDisputed {
  readonly programId: string;
  /** Null for what is not a verdict. */
  readonly ruleId: string | null;
  readonly type: 'verdict' | 'payout' | 'case';
  readonly reason: DisputeReason;
  readonly total: number;
  readonly waiting: number;
  readonly outcomes: Readonly<Record<Remedy, number>>;
  readonly withdrawn: number;
  readonly lastAt: number;
}

/** A reason given so often about one clause says something about the clause. */
export const REPEATED_FROM = 3;

/** Most often first; equal counts by the latest. */
export function whyDisputed(
  disputes: Iterable<Dispute>,
  programOf: (accountId: string) => string | null,
): readonly WhyDisputed[] {
  const groups = new Map<string, Dispute[]>();
  for (const dispute of disputes) {
    const { about, reason, accountId } = dispute;
    const ruleId = about.type === 'verdict' ? about.ruleId : '';
    const key = JSON.stringify([programOf(accountId) ?? '', about.type, ruleId, reason]);
    groups.set(key, [...(groups.get(key) ?? []), dispute]);
  }
  return [...groups.values()]
    .flatMap((members) => whyOf(members, programOf))
    .toSorted((one, other) => other.total - one.total || other.lastAt - one.lastAt);
}

function whyOf(
  members: readonly Dispute[],
  programOf: (accountId: string) => string | null,
): readonly WhyDisputed[] {
  const [first] = members;
  if (!first) return [];
  const { about, reason, accountId } = first;
  const withRemedy = (remedy: Remedy): number =>
    members.filter(({ decision }) => decision?.remedy === remedy).length;
  const withdrawn = members.filter((one) => one.withdrawn).length;
  const decided = members.filter(({ decision }) => decision).length;
  return [
    {
      programId: programOf(accountId) ?? '',
      ruleId: about.type === 'verdict' ? about.ruleId : null,
      type: about.type,
      reason,
      total: members.length,
      waiting: members.length - decided - withdrawn,
      outcomes: {
        upheld: withRemedy('upheld'),
        reinstated: withRemedy('reinstated'),
        refunded: withRemedy('refunded'),
        goodwill: withRemedy('goodwill'),
      },
      withdrawn,
      lastAt: Math.max(...members.map(({ at }) => at)),
    },
  ];
}
