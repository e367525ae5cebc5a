import { describe, expect, it } from 'vitest';
import type { Label } from '../labels.ts';
import { payeesOf } from '../things.ts';
import { watch, WATCHED_FROM, type RoundTrip, type Watched } from '../testing/watched-world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Fixed, so that a failure is found again; another seed is another world with the same laws. */
const SEED = 3;
const world = watch({ seed: SEED, mixture: 'dense' }, 4);
/** Rings and pairs that hide, all of them. */
const hidden = watch(
  {
    seed: SEED,
    accounts: 240,
    mixture: {
      abusersPerMille: 900,
      hardPercent: 100,
      only: ['copyRing', 'oppositePair', 'splitPair'],
    },
  },
  3,
);
const honestWorld = watch({ seed: SEED, mixture: 'honest', accounts: 300 }, 2);

const among = (from: Watched, kind: string, variants: readonly string[]): Label[] =>
  from.labels.filter(
    (label) => label.kind === kind && (variants.length === 0 || variants.includes(label.variant)),
  );
const of = (kind: string, ...variants: readonly string[]): Label[] => among(world, kind, variants);
const tripsOf = (labels: readonly Label[], from: Watched = world): RoundTrip[] =>
  labels.flatMap(({ accountId }) => from.trips.get(accountId) ?? []);
const share = <Value>(values: readonly Value[], holds: (value: Value) => boolean): number => {
  expect(values.length).toBeGreaterThan(0);
  return values.filter(holds).length / values.length;
};
const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
const heldFor = ({ openedAt, closedAt }: RoundTrip): number => closedAt - openedAt;

/** Of the first one's trades, how many a second one opened and closed on the same side soon after. */
function followed(
  leader: string,
  follower: string,
  withinMs: number,
  { trips, accounts }: Watched = world,
): number {
  const [own, other] = [leader, follower].map((id) => trips.get(id) ?? []);
  const from = accounts.get(follower)?.at ?? Infinity;
  const lastOfOther = Math.max(...(other ?? []).map(({ closedAt }) => closedAt));
  const shared = (own ?? []).filter(
    ({ openedAt, closedAt }) => openedAt > from && closedAt < lastOfOther,
  );
  if (shared.length < 4) return NaN;
  const near = (one: number, two: number): boolean => two - one >= 0 && two - one <= withinMs;
  return share(shared, (trade) =>
    (other ?? []).some(
      (copy) =>
        copy.symbol === trade.symbol &&
        copy.side === trade.side &&
        near(trade.openedAt, copy.openedAt) &&
        near(trade.closedAt, copy.closedAt),
    ),
  );
}

describe(`what the labels of the demo world say shows in its records (seed ${SEED})`, () => {
  it.each([
    ['tight', world, 2 * SECOND_MS, 0.9],
    ['jittered', world, 25 * SECOND_MS, 0.8],
    ['partial', hidden, 15 * SECOND_MS, 0.45],
    ['scaled', hidden, 10 * SECOND_MS, 0.7],
    ['half honest', hidden, 10 * SECOND_MS, 0.6],
  ])(
    'copy followers (%s) open and close what their leader does',
    (variant, from, within, least) => {
      const ring = among(from, 'copy ring', [variant]);
      const shares = ring
        .filter(({ seat }) => seat === 0)
        .flatMap((leader) =>
          ring
            .filter(({ group, seat }) => group === leader.group && seat > 0)
            .map(({ accountId }) => followed(leader.accountId, accountId, within, from))
            .filter((one) => !Number.isNaN(one)),
        );
      expect(shares.length).toBeGreaterThan(2);
      expect(median(shares)).toBeGreaterThan(least);
    },
  );

  it('nobody else follows a copy leader, not even those who trade one public signal', () => {
    const [leader] = of('copy ring', 'tight').filter(({ seat }) => seat === 0);
    const others = [...of('public signal'), ...of('day trader')]
      .map(({ accountId }) => followed(leader?.accountId ?? '', accountId, 25 * SECOND_MS))
      .filter((one) => !Number.isNaN(one));
    expect(Math.max(...others)).toBeLessThan(0.2);
  });

  it('readers of a public signal enter in one minute and leave one by one', () => {
    const readers = of('public signal');
    const group = readers[0]?.group;
    const trips = tripsOf(readers.filter((reader) => reader.group === group));
    const met = trips.flatMap((trip) =>
      trips
        .filter(
          (other) =>
            other.accountId > trip.accountId &&
            other.symbol === trip.symbol &&
            other.side === trip.side &&
            Math.abs(other.openedAt - trip.openedAt) < MINUTE_MS,
        )
        .map((other) => Math.abs(other.closedAt - trip.closedAt)),
    );
    expect(met.length).toBeGreaterThan(5);
    expect(median(met)).toBeGreaterThan(5 * MINUTE_MS);
  });

  it.each([
    ['opposite accounts', 'one person', world],
    ['opposite accounts', 'strangers', world],
    ['opposite accounts', 'across programs', world],
    ['opposite accounts, split', 'split', world],
    ['opposite accounts', 'correlated', hidden],
    ['opposite accounts', 'loose', hidden],
  ])(
    '%s (%s) bet against each other within a minute, and leave together',
    (kind, variant, from) => {
      const legs = among(from, kind, [variant]);
      const other = tripsOf(
        legs.filter(({ seat }) => seat > 0),
        from,
      );
      const first = tripsOf(
        legs.filter(({ seat }) => seat === 0),
        from,
      );
      const met = share(first, (trip) =>
        other.some(
          ({ side, symbol, openedAt, closedAt }) =>
            side !== trip.side &&
            (symbol === trip.symbol || variant === 'correlated') &&
            Math.abs(openedAt - trip.openedAt) < MINUTE_MS &&
            Math.abs(closedAt - trip.closedAt) < 5 * MINUTE_MS,
        ),
      );
      expect(met).toBeGreaterThan(0.7);
    },
  );

  it('rollers lose one account after the other, and soon have the next', () => {
    const rollers = of('account roller', 'burst', 'mixed programs');
    const traders = [...new Set(rollers.map(({ traderId }) => traderId))];
    const accounts = [...world.accounts.values()];
    const owned = traders.map(
      (traderId) => accounts.filter((account) => account.traderId === traderId).length,
    );
    expect(median(owned)).toBeGreaterThan(4);
    const rebought = rollers.filter(({ accountId }) => (lossOf(accountId) ?? 0) < -9_000_0000);
    const soon = share(rebought, ({ accountId, traderId }) => {
      const lastAt = Math.max(
        ...(world.trips.get(accountId) ?? []).map(({ closedAt }) => closedAt),
      );
      if (lastAt > world.until - 30 * MINUTE_MS) return true;
      return accounts.some(
        ({ traderId: by, at }) => by === traderId && at >= lastAt && at < lastAt + 25 * MINUTE_MS,
      );
    });
    expect(soon).toBeGreaterThan(0.9);
  });

  it('what a group is said to share is equal in its records, and nobody else has it', () => {
    const devices = (label: Label) =>
      (world.sessions.get(label.accountId) ?? []).map(({ deviceId }) => deviceId);
    const documents = (label: Label) => world.identities.get(label.accountId)?.documentId;
    for (const { group } of of('shared accounts', 'device')) {
      const members = of('shared accounts', 'device').filter((one) => one.group === group);
      const seen = new Set(members.flatMap(devices));
      expect(seen.size).toBe(1);
    }
    for (const { group } of of('shared accounts', 'document', 'document only')) {
      const members = of('shared accounts').filter((one) => one.group === group);
      expect(new Set(members.map(documents)).size).toBe(1);
      expect(new Set(members.map(({ traderId }) => traderId)).size).toBeGreaterThan(1);
    }
    const known = world.labels.filter(({ abusive }) => !abusive);
    expectDistinct(
      known.map(({ person }) => person),
      known.map(devices),
    );
  });

  it('families and offices share a network, and trade each in their own way', () => {
    const networks = ({ accountId }: Label): string[] =>
      (world.sessions.get(accountId) ?? []).map(({ networkId }) => networkId);
    for (const kind of ['family', 'shared network']) {
      const members = of(kind).filter((label) => networks(label).length > 0);
      // Some are only ever seen on the telephone, and not at home.
      const met = share(members, (label) =>
        members.some(
          (other) =>
            other.group === label.group &&
            other.person !== label.person &&
            networks(other).some((net) => networks(label).includes(net)),
        ),
      );
      expect(met).toBeGreaterThan(0.5);
    }
    const followers = of('family').flatMap((one) =>
      of('family')
        .filter(({ group, person }) => group === one.group && person !== one.person)
        .map(({ accountId }) => followed(one.accountId, accountId, 25 * SECOND_MS)),
    );
    expect(Math.max(0, ...followers.filter((one) => !Number.isNaN(one)))).toBeLessThan(0.2);
  });

  it('latency traders buy what another vendor already shows dearer, and gain by it', () => {
    const early = tripsOf(of('latency trader', 'fast', 'slow exit', 'choosy'));
    const led = share(early, ({ side, opening: { bid, ask, other2 } }) => {
      const ahead = (other2 ?? 0) - bid - ask;
      return side === 'buy' ? ahead > 0 : ahead < 0;
    });
    expect(led).toBeGreaterThan(0.9);
    expect(share(early, ({ profit }) => profit > 0)).toBeGreaterThan(0.7);
    expect(share(tripsOf(of('fast scalper')), ({ profit }) => profit > 0)).toBeLessThan(0.45);
  });

  it('tick scalpers hold for seconds, and gain a little almost every time', () => {
    const trips = tripsOf(of('tick scalper', 'rapid', 'steady'));
    expect(median(trips.map(heldFor))).toBeLessThan(15 * SECOND_MS);
    expect(share(trips, ({ profit }) => profit > 0)).toBeGreaterThan(0.75);
  });

  it('news straddlers enter before releases and leave after them; news traders come later', () => {
    const before = (trip: RoundTrip): boolean =>
      world.releases.some(
        (at) => trip.openedAt < at && at - trip.openedAt < 5 * MINUTE_MS && trip.closedAt >= at,
      );
    const straddled = tripsOf(of('news straddler', 'straddle', 'one-sided'));
    expect(share(straddled, before)).toBeGreaterThan(0.9);
    expect(share(tripsOf(of('news trader')), before)).toBeLessThan(0.1);
  });

  it('martingale traders double after a loss', () => {
    const steps = of('martingale', 'doubling').flatMap(({ accountId }) => {
      const trips = (world.trips.get(accountId) ?? []).toSorted(
        (one, other) => one.openedAt - other.openedAt,
      );
      return trips.slice(1).flatMap((trip, at) => {
        const previous = trips[at];
        const soon = previous && trip.openedAt - previous.closedAt < 70 * SECOND_MS;
        return previous && soon && gained(previous) < 0 ? [trip.volume / previous.volume] : [];
      });
    });
    expect(share(steps, (ratio) => ratio === 2)).toBeGreaterThan(0.9);
  });

  it('grid traders add one volume at one distance against the move', () => {
    const additions = of('grid', 'exact', 'wide').flatMap(({ accountId }) => {
      const trips = (world.trips.get(accountId) ?? []).toSorted(
        (one, other) => one.openedAt - other.openedAt,
      );
      return trips.slice(1).flatMap((trip, at) => {
        const previous = trips[at];
        const together = previous && previous.closedAt === trip.closedAt;
        if (!previous || !together || previous.symbol !== trip.symbol) return [];
        const fell = previous.openPrice - trip.openPrice;
        const against = trip.side === 'buy' ? fell : -fell;
        return [{ against, same: trip.volume === previous.volume, accountId }];
      });
    });
    expect(share(additions, ({ against, same }) => against > 0 && same)).toBeGreaterThan(0.95);
  });

  it('gamblers stake many times what day traders do', () => {
    const stake = (labels: readonly Label[]): number =>
      median(tripsOf(labels).map(({ profit }) => Math.abs(profit)));
    const bets = stake(of('gambler', 'all in'));
    expect(bets).toBeGreaterThan(5 * stake(of('day trader')));
  });

  it('gap traders enter minutes before a symbol stops trading, and leave after it opens', () => {
    const closes: Record<string, number> = { GER40: 1_200, ES: 1_260 };
    const trips = tripsOf(of('gap trader', 'last minute', 'early'));
    const before = share(trips, ({ symbol, openedAt, closedAt }) => {
      const minute = ((openedAt - WATCHED_FROM) % DAY_MS) / MINUTE_MS;
      const until = (closes[symbol] ?? NaN) - minute;
      return until > 0 && until < 15 && closedAt - openedAt > 60 * MINUTE_MS;
    });
    expect(before).toBe(1);
  });

  it('accounts that are handed over change machine; one machine evaluated them all', () => {
    const devices = (accountId: string): string[] =>
      (world.sessions.get(accountId) ?? []).map(({ deviceId }) => deviceId);
    const followers = [...of('handed over'), ...of('sold account', 'sold')].flatMap((label) => {
      const before = world.accounts.get(label.accountId)?.previousAccountId;
      return before && devices(label.accountId).length > 0 ? [{ ...label, before }] : [];
    });
    expect(followers.length).toBeGreaterThan(0);
    for (const { accountId, before } of followers) {
      const [papers, earlier] = [accountId, before].map((id) => world.identities.get(id));
      expect({ ...papers, accountId: '', at: 0 }).toEqual({ ...earlier, accountId: '', at: 0 });
      expect(devices(accountId).some((device) => devices(before).includes(device))).toBe(false);
    }
    const [first] = of('handed over');
    const evaluated = of('handed over').filter(
      ({ group, accountId }) =>
        group === first?.group && !world.accounts.get(accountId)?.previousAccountId,
    );
    const tools = evaluated.map(({ accountId }) => new Set(devices(accountId)));
    expect(new Set(evaluated.map(({ traderId }) => traderId)).size).toBeGreaterThan(1);
    expect(new Set(tools.flatMap((one) => [...one])).size).toBeLessThanOrEqual(2);
  });

  it('flooders ask thousands of times a minute, and honest programs a few dozen times', () => {
    const perMinute = (labels: readonly Label[], from = world): number[] =>
      labels.flatMap(({ accountId }) =>
        (from.activity.get(accountId) ?? []).map(
          ({ requests, modifications, fromAt, at }) =>
            ((requests + modifications) * MINUTE_MS) / (at - fromAt),
        ),
      );
    const flooded = perMinute(of('request flooder', 'requests', 'modifications'));
    expect(Math.min(...flooded)).toBeGreaterThan(1_000);
    const honest = perMinute(world.labels.filter(({ abusive }) => !abusive));
    expect(Math.max(...honest)).toBeLessThan(100);
    expect(Math.max(...honest)).toBeGreaterThan(20);
  });

  it('only those who use a fault are filled outside the quotes, and always to their gain', () => {
    const outside = ({ opening, closing, side }: RoundTrip): boolean => {
      const [buy, sell] = side === 'buy' ? [opening, closing] : [closing, opening];
      return buy.deal.price < buy.bid || sell.deal.price > sell.ask;
    };
    const worse = ({ opening, closing, side }: RoundTrip): boolean => {
      const [buy, sell] = side === 'buy' ? [opening, closing] : [closing, opening];
      return buy.deal.price > buy.ask || sell.deal.price < sell.bid;
    };
    const users = of('off-market fills', 'entries', 'slight');
    expect(share(tripsOf(users), outside)).toBe(1);
    const others = world.labels.filter(({ kind }) => kind !== 'off-market fills');
    expect(share(tripsOf(others), outside)).toBe(0);
    expect(share(tripsOf(world.labels), worse)).toBe(0);
  });

  it('payout splitters are paid to one place, and all others each to their own', () => {
    const payeeOf = payeesOf({ seed: SEED, accounts: 600, mixture: 'dense' });
    for (const { group } of of('payout splitter')) {
      const members = of('payout splitter').filter((one) => one.group === group);
      expect(new Set(members.map(({ traderId }) => payeeOf(traderId))).size).toBe(1);
      expect(new Set(members.map(({ traderId }) => traderId)).size).toBeGreaterThan(1);
    }
    const honest = [
      ...new Set(world.labels.filter(({ abusive }) => !abusive).map(({ traderId }) => traderId)),
    ];
    expect(new Set(honest.map(payeeOf)).size).toBe(honest.length);
    expect(payeeOf('T1')).toMatch(/^\d{11}$/);
  });

  it('an affiliate ring comes through one partner and fails', () => {
    const ring = of('affiliate ring');
    const group = ring[0]?.group;
    const members = ring.filter((one) => one.group === group);
    const partners = members.map(
      ({ accountId }) => world.identities.get(accountId)?.affiliateId ?? null,
    );
    expect(new Set(partners).size).toBe(1);
    expect(partners[0]).not.toBeNull();
    expect(
      share(members, ({ accountId }) => (lossOf(accountId) ?? 0) < -8_000_0000),
    ).toBeGreaterThan(0.2);
  });

  it('repeat offenders come back under another name from the same machine or with the same card', () => {
    const all = of('repeat offender');
    const returned = all.filter(
      (label) =>
        label.deeds > 0 &&
        all.some(({ group, person }) => group === label.group && person > label.person),
    );
    expect(returned.length).toBeGreaterThan(0);
    for (const label of returned) {
      const later = all.filter(
        ({ group, person }) => group === label.group && person > label.person,
      );
      const things = (one: Label): (string | null)[] => [
        ...(world.sessions.get(one.accountId) ?? []).flatMap(({ deviceId, networkId }) => [
          deviceId,
          networkId,
        ]),
        world.identities.get(one.accountId)?.purchaseId ?? null,
      ];
      const seen = later.filter(({ accountId }) => world.sessions.has(accountId));
      if (!world.sessions.has(label.accountId)) continue;
      for (const one of seen) {
        expect(one.traderId).not.toBe(label.traderId);
        expect(things(one).some((thing) => thing !== null && things(label).includes(thing))).toBe(
          true,
        );
      }
    }
  });

  it('of those who are half honest, between a third and two thirds of the trades are ordinary', () => {
    const kinds = [
      'copy ring',
      'tick scalper',
      'off-market fills',
      'opposite accounts',
      'gambler',
      'latency trader',
    ];
    let measured = 0;
    for (const kind of kinds) {
      const labels = of(kind, 'half honest').filter(({ seat }) => kind !== 'copy ring' || seat > 0);
      const deeds = labels.reduce((sum, label) => sum + label.deeds, 0);
      const trades = tripsOf(labels).length;
      if (trades < 30) continue;
      measured += 1;
      expect([kind, deeds / trades > 0.33 && deeds / trades < 0.67]).toEqual([kind, true]);
    }
    expect(measured).toBeGreaterThan(2);
  });

  it('people are connected at their own hours, a few times a day at the most', () => {
    for (const [accountId, sessions] of world.sessions) {
      const { at = WATCHED_FROM } = world.accounts.get(accountId) ?? {};
      const days = Math.ceil((world.until - at) / DAY_MS) + 1;
      expect(sessions.length).toBeLessThanOrEqual(2 * days);
    }
    const day = of('day trader').flatMap(({ accountId }) => world.sessions.get(accountId) ?? []);
    expect(new Set(day.map(({ country }) => country)).size).toBeGreaterThan(10);
  });
});

describe(`a world of honest traders only (seed ${SEED})`, () => {
  it('contains none of all that', () => {
    const { labels, accounts, sessions, identities, activity, trips, releases } = honestWorld;
    expect(labels.some(({ abusive }) => abusive)).toBe(false);
    expectDistinct(
      labels.map(({ person }) => person),
      labels.map(({ accountId }) => (sessions.get(accountId) ?? []).map((one) => one.deviceId)),
    );
    expectDistinct(
      labels.map(({ person }) => person),
      labels.map(({ accountId }) => [identities.get(accountId)?.documentId ?? []].flat()),
    );
    const all = [...trips.values()].flat();
    const outside = all.filter(
      ({ opening: { deal, bid, ask } }) => deal.price < bid || deal.price > ask,
    );
    expect(outside).toEqual([]);
    const rates = [...activity.values()]
      .flat()
      .map(
        ({ requests, modifications, fromAt, at }) =>
          ((requests + modifications) * MINUTE_MS) / (at - fromAt),
      );
    expect(Math.max(...rates)).toBeLessThan(100);
    const before = all.filter(({ openedAt }) =>
      releases.some((at) => openedAt < at && at - openedAt < MINUTE_MS),
    );
    expect(before.length / all.length).toBeLessThan(0.02);
    expect(accounts.size).toBeGreaterThanOrEqual(300);
  });
});

/** What profit the price alone gave. */
function gained({ side, openPrice, closePrice }: RoundTrip): number {
  return side === 'buy' ? closePrice - openPrice : openPrice - closePrice;
}

function lossOf(accountId: string): number | undefined {
  return world.trips.get(accountId)?.reduce((sum, { profit }) => sum + profit, 0);
}

/** No value of one person stands among those of another. */
function expectDistinct(persons: readonly number[], values: readonly (readonly string[])[]): void {
  const owners = new Map<string, number>();
  for (const [at, own] of values.entries()) {
    for (const value of own) {
      const person = persons[at] ?? -1;
      expect(owners.get(value) ?? person).toBe(person);
      owners.set(value, person);
    }
  }
}
