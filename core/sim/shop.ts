import type { ProgramOffer } from '#core/accounts/offer.ts';
import { present } from '#core/kernel/assert.ts';

/** What the demo firm sells, and what it sold before: bought accounts keep their version. */
export interface Shop {
  /** The latest version of every program, in the order in which they first appeared. */
  readonly onSale: readonly ProgramOffer[];
  readonly earlier: readonly ProgramOffer[];
  /** The version that was bought; the latest when it is not known any more. */
  bought(programId: string, version: number): ProgramOffer;
  /** Puts a version on sale, in place of the one before it. */
  put(offer: ProgramOffer): void;
  /** The version under which an account of `version` goes on to its next phase. */
  goesOnUnder(programId: string, version: number): ProgramOffer;
}

export function createShop(
  onSale: readonly ProgramOffer[],
  earlier: readonly ProgramOffer[] = [],
): Shop {
  const selling = [...onSale];
  const sold = [...earlier];
  const bought: Shop['bought'] = (programId, version) => {
    const latest = selling.find((offer) => offer.programId === programId);
    if (latest?.version === version) return latest;
    const earlierOne = sold.find(
      (offer) => offer.programId === programId && offer.version === version,
    );
    return present(earlierOne ?? latest, `program ${programId}`);
  };
  return {
    onSale: selling,
    earlier: sold,
    put: (offer) => {
      const place = selling.findIndex(({ programId }) => programId === offer.programId);
      const before = selling[place];
      if (!before) {
        selling.push(offer);
        return;
      }
      sold.push(before);
      selling[place] = offer;
    },
    bought,
    goesOnUnder: (programId, version) => {
      const latest = selling.find((offer) => offer.programId === programId);
      return latest?.enters === 'nextPhases' ? latest : bought(programId, version);
    },
  };
}
