import { present } from '#core/kernel/assert.ts';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import type { PlatformAction, PlatformRecord } from '#core/accounts/record.ts';
import { createAgenda, EMPTY_AGENDA, type AgendaState, type Due, type Errand } from './agenda.ts';
import { castOf, type CastOptions, type Mixture, type MixtureName } from './cast.ts';
import { createCareers } from './careers.ts';
import { createFloor } from './floor.ts';
import { createPrices, CLOSED_AFTER_MS, type SavedPrice } from './prices.ts';
import { absentFor } from './profile.ts';
import { demoReleases } from './releases.ts';
import { createShop } from './shop.ts';
import { tradeOrdinarily } from './styles.ts';
import type { Tick, TickSource } from './tick-source.ts';
import { saveTrader, type SavedTrader, type Trader } from './trader.ts';

/** Raised whenever one seed gives another world: what an earlier one began cannot go on in it. */
export const WORLD_VERSION = 2;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const FIRST_LOOK_SOONER = 25;
/** After a break the market is entered within so long, not by everybody at once. */
const REOPENING_MS = 10 * MINUTE_MS;
/** Who comes to the desk looks at the market within so long. */
const ARRIVES_WITHIN_MS = 30 * MINUTE_MS;

export interface WorldOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly programs: readonly ProgramOffer[];
  /** Looks at the market per trader relative to its kind, in percent: 100 is lively. */
  readonly activityPercent: number;
  readonly platform: string;
  /** Which traders there are; those of the demo when left out. */
  readonly mixture?: MixtureName | Mixture | undefined;
  /**
   * No desk judges: an account has failed once a tenth of its size is lost, and passed its phase at
   * a gain of eight hundredths. For worlds that are watched without a server.
   */
  readonly standsAlone?: boolean;
}

/** The demo firm as a platform: records in order, and the actions it obeys. */
export interface World {
  /** The next record; null when the prices end. */
  next(): PlatformRecord | null;
  /** Market time at which the next record is told; null before the first price and after the last. */
  nextAt(): number | null;
  execute(action: PlatformAction): void;
  /** Everything that decides the future, as plain data. */
  state(): WorldState;
}

export interface WorldState {
  /** What the cast follows from, and the labels with it. */
  readonly cast: CastOptions;
  readonly ticks: unknown;
  readonly now: number;
  readonly counter: number;
  readonly traders: readonly SavedTrader[];
  readonly agenda: AgendaState;
  readonly prices: readonly (SavedPrice | null)[];
  readonly queue: readonly PlatformRecord[];
  readonly tick: Tick | null;
  readonly lastTickAt: number;
  readonly toldAt: number;
  readonly opened: boolean;
  /** What is on sale: changes when a version is published. */
  readonly offers: readonly ProgramOffer[];
  readonly earlierOffers: readonly ProgramOffer[];
  /** The day up to which releases stand on the calendar. */
  readonly newsDay: number;
}

/**
 * Builds the demo firm on a source of prices. Every choice is a hash of the seed, the trader and
 * how often it has acted, so one seed gives one world, and a world resumes from its state.
 */
export function createWorld(options: WorldOptions, ticks: TickSource, resume?: WorldState): World {
  const { seed, activityPercent } = options;
  const { instruments } = ticks;
  const from = resume ?? beginning(options, ticks);
  const { cast } = from;
  const shop = createShop(from.offers, from.earlierOffers);
  const prices = createPrices(ticks, from.prices);
  const agenda = createAgenda(instruments.length, from.agenda);
  const queue: PlatformRecord[] = [...from.queue];
  // Records leave by moving this place: shifting a queue of many thousands copies it each time.
  let head = 0;
  let { opened, newsDay, lastTickAt } = from;
  // What happens between two prices is told together with the later one.
  let { toldAt } = from;
  const tick: Tick = from.tick ? { ...from.tick } : emptyTick();
  let ready = from.tick !== null;
  const clock = { now: from.now };

  const tell = (record: PlatformRecord): void => void queue.push(record);
  const parts = castOf(cast);
  const floor = createFloor({
    seed,
    activityPercent,
    instruments,
    prices,
    agenda,
    clock,
    tell,
    counter: from.counter,
    closed: (trader) => careers.judge(trader),
  });
  const careers = createCareers({
    options,
    cast,
    parts,
    shop,
    agenda,
    floor,
    clock,
    tell,
    symbols: instruments.length,
    saved: from.traders,
    begin: (trader) => {
      // The first look comes soon, so that a demo that has just begun is alive already.
      scheduleLook(trader, (1 + floor.dice(trader, 2, 100)) / FIRST_LOOK_SOONER);
      trader.part.group.role.begin?.(trader, trader.part.group.way, floor);
    },
  });
  floor.attach(careers);

  const scheduleLook = (trader: Trader, share: number): void => {
    const { style, profile } = trader;
    const wait =
      (style.lookMinutes * MINUTE_MS * share * 2 * profile.pacePercent) / (activityPercent * 100);
    lookAt(trader, presentAt(trader, clock.now + 1 + Math.floor(wait)));
  };
  /** The same time, or some time after the trader comes to the desk. */
  const presentAt = (trader: Trader, at: number): number => {
    // Who has just bought an account tries it, at whatever hour.
    const absent = trader.seenDay < 0 ? 0 : absentFor(trader.profile, at);
    return absent === 0 ? at : at + absent + floor.dice(trader, 10, ARRIVES_WITHIN_MS);
  };
  const lookAt = (trader: Trader, at: number): void => {
    trader.lookAt = at;
    agenda.look(trader.place, at);
  };
  const look = (trader: Trader, at: number): void => {
    if (trader.standing !== 'trading' || trader.lookAt !== at) return;
    trader.turns += 1;
    careers.appear(trader);
    const { role, way } = trader.part.group;
    if (role.look) role.look(trader, way, floor);
    else tradeOrdinarily(trader, floor);
    if (trader.standing === 'trading') scheduleLook(trader, 20 + floor.dice(trader, 8, 80));
  };
  const run = (errand: Errand): void => {
    const trader = careers.at(errand.trader);
    if (errand.does === 'report') floor.report(trader, errand.fromAt);
    else if (errand.spell !== trader.spell) return;
    else if (errand.does === 'return') careers.comeBack(trader);
    else if (trader.standing === 'trading') {
      trader.turns += 1;
      floor.carryOut(trader, errand);
    }
  };
  const act = (due: Due | null): void => {
    if (!due) return;
    clock.now = Math.max(clock.now, due.at);
    if (due.does === 'look') look(careers.at(due.trader), due.at);
    else run(due.errand);
  };
  /** Nobody trades while nothing is quoted: what falls into a break waits for its end. */
  const waitForOpening = (due: Due | null): void => {
    if (!due) return;
    const at = tick.at + 1 + (due.at % REOPENING_MS);
    if (due.does === 'errand') agenda.add(at, due.errand);
    else if (careers.at(due.trader).lookAt === due.at) lookAt(careers.at(due.trader), at);
  };
  const scheduleNews = (): void => {
    newsDay = Math.floor(clock.now / DAY_MS);
    for (const release of demoReleases(newsDay)) tell({ type: 'news', release });
  };
  const print = (): void => {
    clock.now = tick.at;
    lastTickAt = tick.at;
    if (Math.floor(clock.now / DAY_MS) > newsDay) scheduleNews();
    const { symbol } = present(instruments[tick.symbol], 'symbol');
    const { bid, ask, at, source } = tick;
    tell({ type: 'mark', symbol, bid, ask, at, source });
    const seen = prices.apply(tick);
    if (seen) careers.show(seen);
    const price = prices.latest(tick.symbol);
    if (price?.at === at) agenda.quoted(tick.symbol, price.bid, price.ask, at);
    ready = ticks.next(tick);
    // Before accounts open, every symbol has printed once: nobody trades blind.
    if (!opened && prices.complete) {
      opened = true;
      careers.open();
    }
  };
  /** One thing happens: somebody's turn if it comes before the next price, or the price. */
  const advance = (): boolean => {
    if (!ready) return false;
    toldAt = tick.at;
    const first = agenda.firstAt();
    if (first >= tick.at) print();
    else if (first - lastTickAt > CLOSED_AFTER_MS) waitForOpening(agenda.pop());
    else act(agenda.pop());
    return true;
  };

  return {
    next: () => {
      while (queue.length === 0) if (!advance()) return null;
      const record = present(queue[head], 'record');
      head += 1;
      if (head === queue.length) {
        queue.length = 0;
        head = 0;
      }
      return record;
    },
    nextAt: () => {
      if (queue.length > 0) return toldAt;
      return ready ? tick.at : null;
    },
    execute: (action) => {
      if (action.type === 'offerProgram') return shop.put(action.offer);
      if (action.type === 'createAccount') {
        // Nobody opens anything before the first prices; whoever asked asks again.
        if (opened) careers.create(action);
        return;
      }
      const trader = careers.of(action.accountId);
      if (trader) careers.obey(trader, action);
    },
    state: () => ({
      cast,
      ticks: ticks.state(),
      now: clock.now,
      counter: floor.counter(),
      traders: careers.all().map(saveTrader),
      agenda: agenda.state(),
      prices: prices.state(),
      queue: queue.slice(head),
      tick: ready ? { ...tick } : null,
      lastTickAt,
      toldAt,
      opened,
      offers: [...shop.onSale],
      earlierOffers: [...shop.earlier],
      newsDay,
    }),
  };
}

/** Before anything has played, the market stands at its first tick, not at the beginning of time. */
function beginning(options: WorldOptions, ticks: TickSource): WorldState {
  const { seed, accounts, mixture, programs } = options;
  const { instruments, hasReference = false } = ticks;
  const tick = emptyTick();
  const ready = ticks.next(tick);
  return {
    cast: { seed, accounts, hasReference, ...(mixture === undefined ? {} : { mixture }) },
    ticks: null,
    now: tick.at,
    counter: 0,
    traders: [],
    agenda: EMPTY_AGENDA,
    prices: instruments.map(() => null),
    queue: instruments.map((instrument) => ({ type: 'instrument', instrument })),
    tick: ready ? tick : null,
    lastTickAt: tick.at,
    toldAt: tick.at,
    opened: false,
    offers: programs,
    earlierOffers: [],
    newsDay: -1,
  };
}

function emptyTick(): Tick {
  return { symbol: 0, bid: 0, ask: 0, at: 0, source: '' };
}
