import type { PlatformAction, PlatformRecord } from '#core/accounts/record.ts';
import { present } from '#core/kernel/assert.ts';
import type { Agenda } from './agenda.ts';
import { handOf, personAt, type CastOptions, type Part } from './cast.ts';
import { mix } from './dice.ts';
import type { TradingFloor } from './floor.ts';
import { localDay, profileOf } from './profile.ts';
import type { Seen } from './role.ts';
import type { Shop } from './shop.ts';
import { buyerPerson, connectionOf, identityOf } from './things.ts';
import {
  freshAccount,
  nominalOf,
  startOf,
  termsOf,
  traderOf,
  type SavedTrader,
  type Trader,
} from './trader.ts';
import type { WorldOptions } from './world.ts';

const MINUTE_MS = 60_000;
/** Of a hundred accounts so many start with a past: closed deals that moved their balance. */
const WITH_PAST_PERCENT = 70;
/** A past lies between these shares of the starting balance, in basis points. */
const PAST_LOSS_BASIS_POINTS = 300;
const PAST_GAIN_BASIS_POINTS = 850;
/** The next phase is opened after so long. */
const NEXT_PHASE_MINUTES = 20;
/** Of a hundred honest people who failed so many try again, after so long. */
const TRY_AGAIN_PERCENT = 40;
const TRY_AGAIN_MINUTES = { least: 6 * 60, most: 60 * 60 } as const;
/** Otherwise somebody else comes in their place: the demo firm never runs dry. */
const NEWCOMER_MINUTES = { least: 20, most: 60 } as const;
/** Where no desk judges, an account has failed or passed at these shares of its size. */
const FAILS_AT_BASIS_POINTS = -1_000;
const PASSES_AT_BASIS_POINTS = 800;
/** Of a hundred days so many see a second connection, from the telephone. */
const TELEPHONES_PERCENT = 35;
const DAY_PARTS = 2;
/** An evaluation and what follows it: the shortest way to an account worth handing over. */
const EVALUATED_PHASES = 2;

type CreateAccount = Extract<PlatformAction, { type: 'createAccount' }>;

/** The accounts of the world: who opens them, who sits behind them, and what becomes of them. */
export interface Careers {
  at(place: number): Trader;
  of(accountId: string): Trader | undefined;
  all(): readonly Trader[];
  /** Everybody's first account. */
  open(): void;
  mates(trader: Trader): readonly Trader[];
  /** A trader comes to the desk: the platform sees where from, once or twice a day. */
  appear(trader: Trader): void;
  /** Another vendor's price has moved first: who watches for that is told. */
  show(seen: Seen): void;
  /** After a position was closed: whether it goes on. */
  judge(trader: Trader): void;
  obey(
    trader: Trader,
    action: Exclude<PlatformAction, { type: 'offerProgram' | 'createAccount' }>,
  ): void;
  /** Opens an account that a shop sold, once, however often it is asked for. */
  create(action: CreateAccount): void;
  /** Who ended comes back: in the next phase, again, or as somebody else. */
  comeBack(trader: Trader): void;
}

interface CareerPorts {
  readonly options: WorldOptions;
  readonly cast: CastOptions;
  readonly parts: readonly Part[];
  readonly shop: Shop;
  readonly agenda: Agenda;
  readonly floor: TradingFloor;
  readonly clock: { readonly now: number };
  readonly symbols: number;
  readonly saved: readonly SavedTrader[];
  tell(record: PlatformRecord): void;
  /** An account starts trading, or goes on. */
  begin(trader: Trader): void;
}

export function createCareers(ports: CareerPorts): Careers {
  const { options, cast, parts, shop, agenda, floor, clock, tell } = ports;
  const { seed, accounts } = cast;
  const traders: Trader[] = [];
  /** By slot: the account that was opened last. */
  const current: Trader[] = [];
  const byId = new Map<string, Trader>();
  /** Who may buy from the shop as well: people who act alone, in their own name. */
  const alone = parts.filter(
    ({ group: { role, slots, way } }) =>
      role.patterns.length === 0 && slots.length === 1 && !way.evaluatedBy && !way.oneHand,
  );
  const watchers = parts.filter(({ group }) => group.role.sees).map(({ slot }) => slot);

  const enlist = (saved: SavedTrader): Trader => {
    const part = present(parts[saved.slot], 'part');
    const offer = shop.bought(saved.programId, saved.programVersion);
    const lastPhase = saved.phase >= offer.phases.length - 1;
    const hand = saved.buyer ? saved.person : handOf(part, saved.person, lastPhase);
    const { role, way } = part.group;
    const style = role.style(way, { seat: part.seat, lastPhase });
    const profile = profileOf(seed, hand, ports.symbols, style);
    const trader = traderOf(saved, { part, offer, hand, style, profile });
    traders.push(trader);
    byId.set(trader.accountId, trader);
    // A buyer has an account of their own, and takes nobody's place in the cast.
    if (saved.buyer === undefined) current[saved.slot] = trader;
    return trader;
  };
  for (const saved of ports.saved) enlist(saved);

  const openAccount = (account: SavedTrader, isSold = false): Trader => {
    const trader = enlist(account);
    const at = clock.now;
    const terms = { ...termsOf(options.platform, trader), openedAt: at };
    tell({ type: 'accountOpened', terms, at });
    tell({ type: 'identity', identity: { ...identityOf(seed, trader, accounts), at } });
    const isFresh = isSold || account.buyer !== undefined;
    if (!isFresh && floor.dice(trader, 1, 100) < WITH_PAST_PERCENT) bookPast(trader);
    ports.begin(trader);
    return trader;
  };
  const sell = ({ accountId, terms }: CreateAccount): void => {
    const offer = shop.bought(terms.program.programId, terms.ruleSet.version);
    const phase = offer.phases.findIndex(({ phaseId }) => phaseId === terms.phase.phaseId);
    const before = byId.get(terms.previousAccountId ?? '');
    // Who begins again does not buy again as well.
    if (before) before.spell += 1;
    const { traderId, traderName, nominalSize, startBalance, previousAccountId = null } = terms;
    const person = buyerPerson(seed, traderId);
    const own = alone.length > 0 ? alone : parts;
    const part = present(own[person % own.length], 'part');
    openAccount(
      freshAccount(
        {
          place: traders.length,
          slot: before?.slot ?? part.slot,
          person: before?.person ?? person,
          previousAccountId,
          origin: terms.origin ?? 'purchase',
          sized: { nominalSize, startBalance },
          phase: Math.max(0, phase),
          programId: offer.programId,
          programVersion: offer.version,
          buyer: before ? before.buyer : { traderId, traderName },
        },
        startBalance,
        accountId,
      ),
      true,
    );
  };
  const buy = (slot: number, generation: number): Trader => {
    const part = present(parts[slot], 'part');
    const place = traders.length;
    const { programId, version, phases } = choose(part, generation);
    // Evaluations are worth watching from their beginning where they will be handed over.
    const { evaluatedBy } = part.group.way;
    const phase = evaluatedBy ? 0 : mix(seed, place, 0, 13) % phases.length;
    const person = personAt(part, generation, accounts);
    const bought = { programId, programVersion: version, previousAccountId: null };
    return openAccount(
      freshAccount(
        { place, slot, person, phase, sized: null, ...bought, origin: 'purchase' },
        present(phases[phase], 'phase').startBalance,
      ),
    );
  };
  /** What a part buys; accounts of one group may have to be alike, or different. */
  const choose = ({ slot, seat, group }: Part, generation: number): Shop['onSale'][number] => {
    const { programs } = group.way;
    const together = programs === 'same' || programs === 'different';
    const key = together ? -1 - group.number : slot;
    const chosen = mix(seed, key, generation, 16) + (programs === 'different' ? seat : 0);
    const evaluated = shop.onSale.filter(({ phases }) => phases.length === EVALUATED_PHASES);
    const fitting = programs === 'evaluated' && evaluated.length > 0 ? evaluated : shop.onSale;
    return present(fitting[chosen % fitting.length], 'program');
  };
  /** A deal opened and closed before the desk looked: it gives the account a past. */
  const bookPast = (trader: Trader): void => {
    const at = clock.now;
    const [first = 0] = trader.profile.symbols;
    const price = floor.price(first);
    if (!price) return;
    const { symbol } = present(floor.instruments[first], 'symbol');
    const reach = PAST_LOSS_BASIS_POINTS + PAST_GAIN_BASIS_POINTS;
    const basisPoints =
      ((floor.dice(trader, 3, reach) + floor.dice(trader, 4, reach)) >> 1) - PAST_LOSS_BASIS_POINTS;
    const profit = Math.floor(trader.balance / 1_000_000) * 100 * basisPoints;
    const positionId = `${floor.nextPositionId()}-past`;
    const shared = { positionId, symbol, volume: 1, price: price.bid, commission: 0, at };
    floor.book(trader, { ...shared, side: 'buy', entry: 'in', profit: 0 });
    floor.book(trader, { ...shared, side: 'sell', entry: 'out', profit });
  };
  const end = (trader: Trader, passed: boolean): void => {
    trader.standing = 'ended';
    trader.passed = passed;
    trader.spell += 1;
    const [least, most] = passed ? [NEXT_PHASE_MINUTES, NEXT_PHASE_MINUTES + 1] : pause(trader);
    const minutes = least + floor.dice(trader, 17, most - least);
    // Where everything happens faster than in life, so does this.
    const wait = Math.min(1, 100 / options.activityPercent) * minutes * MINUTE_MS;
    const { place, spell } = trader;
    agenda.add(clock.now + Math.floor(wait), { trader: place, spell, does: 'return' });
  };
  const pause = (trader: Trader): readonly [number, number] => {
    const { role, way } = trader.part.group;
    if (role.buysAgainAfter) return role.buysAgainAfter(way);
    const { least, most } = triesAgain(trader) ? TRY_AGAIN_MINUTES : NEWCOMER_MINUTES;
    return [least, most];
  };
  const triesAgain = (trader: Trader): boolean =>
    trader.part.group.role.buysAgainAfter !== undefined ||
    mix(seed, trader.place, 0, 18) % 100 < TRY_AGAIN_PERCENT;
  const stop = (trader: Trader): void => {
    trader.standing = 'stopped';
    trader.spell += 1;
  };
  const generationOf = ({ person }: Trader): number => Math.floor(person / accounts);
  const followUp = (trader: Trader, action: Extract<PlatformAction, { type: 'openAccount' }>) => {
    const { origin, nominalSize, startBalance } = action;
    // Who begins again does not buy again as well.
    trader.spell += 1;
    openAccount(
      freshAccount(
        {
          ...trader,
          place: traders.length,
          previousAccountId: trader.accountId,
          origin,
          sized: { nominalSize, startBalance },
        },
        startBalance,
      ),
    );
  };

  return {
    at: (place) => present(traders[place], 'trader'),
    of: (accountId) => byId.get(accountId),
    all: () => traders,
    open: () => {
      for (let slot = 0; slot < accounts; slot += 1) buy(slot, 0);
    },
    mates: ({ part }) =>
      part.group.slots.flatMap((slot) => {
        const mate = current[slot];
        return mate?.standing === 'trading' ? [mate] : [];
      }),
    appear: (trader) => {
      const day = localDay(trader.profile, clock.now);
      const seen = Math.floor(trader.seenDay / DAY_PARTS);
      const again = seen === day;
      if (again) {
        if (trader.seenDay % DAY_PARTS === 1 || !telephones(seed, trader, day, floor)) return;
      }
      trader.seenDay = day * DAY_PARTS + (again ? 1 : 0);
      const { accountId } = trader;
      const at = clock.now;
      const sessionId = `S${trader.place + 1}-${trader.seenDay}`;
      const connection = connectionOf(seed, trader, at, again);
      tell({ type: 'session', session: { accountId, sessionId, ...connection, at } });
    },
    show: (seen) => {
      for (const slot of watchers) {
        const trader = current[slot];
        if (trader?.standing !== 'trading') continue;
        const { role, way } = trader.part.group;
        trader.turns += 1;
        role.sees?.(trader, way, seen, floor);
      }
    },
    create: (action) => {
      if (!byId.has(action.accountId)) sell(action);
    },
    judge: (trader) => {
      if (trader.standing !== 'trading') return;
      const { givesUpAt } = trader.part.group.role;
      const gain = ((trader.balance - startOf(trader)) / nominalOf(trader)) * 10_000;
      const lost = givesUpAt !== undefined && gain <= -givesUpAt;
      const failed = options.standsAlone === true && gain <= FAILS_AT_BASIS_POINTS;
      const onward = trader.phase < trader.offer.phases.length - 1;
      const passed = options.standsAlone === true && onward && gain >= PASSES_AT_BASIS_POINTS;
      if (lost || failed) {
        end(trader, false);
        floor.closeAll(trader);
      } else if (passed && trader.positions.length === 0) end(trader, true);
    },
    obey: (trader, action) => {
      if (action.type === 'openAccount') followUp(trader, action);
      else if (action.type === 'closePositions') floor.closeAll(trader);
      else if (action.type === 'bookOperation') {
        trader.balance += action.operation.amount;
        const { accountId } = trader;
        const operation = { ...action.operation, accountId, at: clock.now };
        tell({ type: 'balanceOperation', operation });
      } else if (action.type === 'resumeTrading') {
        if (trader.standing !== 'stopped') return;
        trader.standing = 'trading';
        trader.turns += 1;
        ports.begin(trader);
      } else if (trader.standing !== 'ended') {
        // Who is paused or restricted trades on some day; who is closed does not buy again, but
        // under another name.
        const { reason } = action;
        const { underAnotherName } = trader.part.group.role;
        if (reason === 'paused' || reason === 'restricted') stop(trader);
        else if (reason === 'closed' && !underAnotherName) {
          stop(trader);
          trader.standing = 'ended';
        } else end(trader, reason === 'passed');
      }
    },
    comeBack: (trader) => {
      const { slot, programId, programVersion } = trader;
      const offer = shop.goesOnUnder(programId, programVersion);
      const next = trader.passed ? offer.phases[trader.phase + 1] : undefined;
      if (next) {
        openAccount(
          freshAccount(
            {
              ...trader,
              place: traders.length,
              previousAccountId: trader.accountId,
              programVersion: offer.version,
              origin: 'nextPhase',
              sized: null,
              phase: trader.phase + 1,
            },
            next.startBalance,
          ),
        );
        return;
      }
      // Buyers come through the shop again, or not at all.
      if (trader.buyer !== undefined) return;
      const generation = generationOf(trader);
      if (trader.part.group.role.underAnotherName) {
        trader.deeds += 1;
        buy(slot, generation + 1).deeds += 1;
      } else if (triesAgain(trader) || trader.part.group.way.onePerson) buy(slot, generation);
      else buy(slot, generation + 1);
    },
  };
}

function telephones(seed: number, trader: Trader, day: number, floor: TradingFloor): boolean {
  const { client } = trader.profile;
  if (client === 'api' || trader.style.machine) return false;
  return (
    mix(seed, trader.hand, day, 19) % 100 < TELEPHONES_PERCENT && floor.dice(trader, 20, 4) === 0
  );
}
