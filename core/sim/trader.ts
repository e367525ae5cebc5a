import type { AccountTerms } from '#core/accounts/account.ts';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import type { Position } from '#core/accounts/positions.ts';
import { present } from '#core/kernel/assert.ts';
import type { Part } from './cast.ts';
import { traderName } from './names.ts';
import type { Profile } from './profile.ts';
import type { Style } from './styles.ts';

/** What an open position belongs to when it is nothing special. */
export const ORDINARY = 0;

export interface Holding extends Position {
  /** What its trader opened it for: 0 for an ordinary trade. */
  readonly tag: number;
}

/** Where an account stands for the one who trades it. */
export type Standing = 'trading' | 'stopped' | 'ended';

/** Somebody who came through the firm's own shop, by the names that the firm gave. */
export type Buyer = Pick<AccountTerms, 'traderId' | 'traderName'>;

/** An account with all that decides what its trader does next, as plain data. */
export interface SavedTrader {
  /** In order of opening, from 0. */
  readonly place: number;
  readonly accountId: string;
  /** The place in the cast that this account fills. */
  readonly slot: number;
  /** Whose name it is in: many accounts may be one person's. */
  readonly person: number;
  /** Who sits at the desk: not always the person whose account it is. */
  readonly hand: number;
  readonly previousAccountId: string | null;
  readonly programId: string;
  readonly programVersion: number;
  readonly origin: NonNullable<AccountTerms['origin']>;
  /** Whom a shop sold it to; left out for the people that the world begins with. */
  readonly buyer?: Buyer;
  /** Sizes of its own, on an account that follows another at other sizes. */
  readonly sized: { readonly nominalSize: number; readonly startBalance: number } | null;
  readonly phase: number;
  balance: number;
  /** Looks and wakings so far: choices are made by it. */
  turns: number;
  standing: Standing;
  /** Raised when it stops: what was planned before is void. */
  spell: number;
  /** When it looks next; an earlier appointment is void. */
  lookAt: number;
  passed: boolean;
  /** The last day, by its own calendar, on which it was seen connected. */
  seenDay: number;
  /** Orders and changes in the stretch of time that began at `askedFrom`. */
  asked: number;
  askedFrom: number;
  /** Acts that its role is named after. */
  deeds: number;
  positions: Holding[];
  /** What its behaviour remembers. */
  memo: Record<string, number>;
}

/** The same with what follows from the seed alone. */
export interface Trader extends Omit<SavedTrader, 'buyer'> {
  readonly buyer: Buyer | undefined;
  readonly part: Part;
  readonly offer: ProgramOffer;
  readonly profile: Profile;
  readonly style: Style;
}

export function heldWith({ positions }: Trader, tag: number): readonly Holding[] {
  return positions.filter((holding) => holding.tag === tag);
}

export function saveTrader(trader: Trader): SavedTrader {
  const { place, accountId, slot, person, hand, previousAccountId } = trader;
  const { programId, programVersion } = trader;
  const { origin, sized, phase, balance, turns, standing, spell, lookAt, passed } = trader;
  const { seenDay, asked, askedFrom, deeds } = trader;
  return {
    place,
    accountId,
    slot,
    person,
    hand,
    previousAccountId,
    programId,
    programVersion,
    origin,
    sized,
    phase,
    balance,
    turns,
    standing,
    spell,
    lookAt,
    passed,
    seenDay,
    asked,
    askedFrom,
    deeds,
    positions: [...trader.positions],
    memo: { ...trader.memo },
    // Left out rather than empty: a world without buyers is saved as it was before there were any.
    ...(trader.buyer === undefined ? {} : { buyer: trader.buyer }),
  };
}

/** One literal names every field: accounts are visited in no order, and lie close together so. */
export function traderOf(
  saved: SavedTrader,
  known: Pick<Trader, 'part' | 'offer' | 'profile' | 'style' | 'hand'>,
): Trader {
  return {
    place: saved.place,
    spell: saved.spell,
    turns: saved.turns,
    standing: saved.standing,
    lookAt: saved.lookAt,
    seenDay: saved.seenDay,
    positions: [...saved.positions],
    profile: known.profile,
    style: known.style,
    part: known.part,
    balance: saved.balance,
    asked: saved.asked,
    askedFrom: saved.askedFrom,
    deeds: saved.deeds,
    accountId: saved.accountId,
    memo: { ...saved.memo },
    buyer: saved.buyer,
    offer: known.offer,
    hand: known.hand,
    slot: saved.slot,
    person: saved.person,
    previousAccountId: saved.previousAccountId,
    programId: saved.programId,
    programVersion: saved.programVersion,
    origin: saved.origin,
    sized: saved.sized,
    phase: saved.phase,
    passed: saved.passed,
  };
}

/** An account just opened. */
export function freshAccount(
  account: Pick<
    SavedTrader,
    | 'place'
    | 'slot'
    | 'person'
    | 'previousAccountId'
    | 'origin'
    | 'sized'
    | 'phase'
    | 'programId'
    | 'programVersion'
  > & { readonly buyer?: Buyer | undefined },
  balance: number,
  accountId: string = accountIdOf(account.place),
): SavedTrader {
  const { buyer, ...rest } = account;
  return {
    ...rest,
    ...(buyer === undefined ? {} : { buyer }),
    accountId,
    hand: account.person,
    balance,
    turns: 0,
    standing: 'trading',
    spell: 0,
    lookAt: 0,
    passed: false,
    seenDay: -1,
    asked: 0,
    askedFrom: 0,
    deeds: 0,
    positions: [],
    memo: {},
  };
}

export function accountIdOf(place: number): string {
  return `A${String(place + 1).padStart(6, '0')}`;
}

export function traderIdOf(person: number): string {
  return `T${person + 1}`;
}

/** The id of who holds an account: the firm's, where its shop sold it. */
export function holderIdOf({ buyer, person }: Pick<Trader, 'buyer' | 'person'>): string {
  return buyer?.traderId ?? traderIdOf(person);
}

/** The person of a trader's id; undefined when no trader of this world has it. */
export function personOf(traderId: string): number | undefined {
  const number = /^T([1-9]\d{0,14})$/.exec(traderId)?.[1];
  return number === undefined ? undefined : Number(number) - 1;
}

export function termsOf(platform: string, trader: Trader): AccountTerms {
  const { offer } = trader;
  const phase = present(offer.phases[trader.phase], 'phase');
  return {
    accountId: trader.accountId,
    ...(trader.previousAccountId === null ? {} : { previousAccountId: trader.previousAccountId }),
    traderId: holderIdOf(trader),
    traderName: trader.buyer?.traderName ?? traderName(trader.person),
    platform,
    currency: 'USD',
    nominalSize: nominalOf(trader),
    startBalance: startOf(trader),
    origin: trader.origin,
    program: { programId: offer.programId, name: offer.name },
    phase: { phaseId: phase.phaseId, name: phase.name },
    ruleSet: phase.ruleSet,
    positionRounding: 'exact',
  };
}

export function nominalOf({ sized, offer }: Trader): number {
  return sized?.nominalSize ?? offer.nominalSize;
}

export function startOf({ sized, offer, phase }: Trader): number {
  return sized?.startBalance ?? present(offer.phases[phase], 'phase').startBalance;
}

/** What a trader sizes positions by: the balance, or the nominal size while there is hardly any. */
export function sizingBalance(trader: Trader): number {
  const nominal = nominalOf(trader);
  return trader.balance < nominal / 2 ? nominal : trader.balance;
}
