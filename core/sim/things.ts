import type { TraderIdentity, TraderSession } from '#core/accounts/trader.ts';
import { castOf, type CastOptions, type Part } from './cast.ts';
import { mix } from './dice.ts';
import { homeOf, localDay } from './profile.ts';
import type { Thing } from './role.ts';
import { holderIdOf, personOf, type Trader } from './trader.ts';

/** Machines stand in so many hosting networks, whoever rents them. */
const HOSTING_NETWORKS = 12;
/** Telephones of one country are behind so many addresses of their carriers. */
const CARRIER_NETWORKS = 6;
/** Two of five traders came through a partner; one partner brought about so many. */
const REFERRED_PERCENT = 40;
const REFERRED_EACH = 40;
/** Of a hundred people so many travel now and then, and as many get a new machine. */
const TRAVELS_PERCENT = 3;
const RENEWS_PERCENT = 3;
const TRIP_DAYS = 5;
const TRIP_COUNTRIES = ['TR', 'TH', 'PT', 'AE', 'US', 'GR'] as const;
/** Of a hundred identity checks so many have not been made. */
const UNCHECKED_PERCENT = 10;

/** Who is behind an account, as its shop has it. */
export function identityOf(seed: number, trader: Trader, accounts: number): TraderIdentity {
  const { part, person, hand, accountId } = trader;
  const roll = (salt: number): number => mix(seed, person, salt, 102) % 100;
  const id = (thing: Thing): string => thingId(seed, thing, part, person);
  const shared = part.group.way.shares ?? [];
  // Whoever trades it: the papers are the owner's.
  const [region] = homeOf(seed, part.group.way.evaluatedBy ? person : hand);
  const referred = roll(1) < REFERRED_PERCENT;
  return {
    accountId,
    traderId: holderIdOf(trader),
    documentId: roll(2) < UNCHECKED_PERCENT && !shared.includes('document') ? null : id('document'),
    addressId: id('address'),
    region,
    purchaseId: id('purchase'),
    affiliateId: shared.includes('affiliate')
      ? id('affiliate')
      : referred
        ? text('aff', seed, mix(seed, person, 3, 102) % Math.ceil(accounts / REFERRED_EACH), 103)
        : null,
    at: 0,
  };
}

/** Where and from what a trader is connected on a day, for the first time or once more. */
export function connectionOf(
  seed: number,
  trader: Trader,
  at: number,
  again: boolean,
): Pick<TraderSession, 'deviceId' | 'networkId' | 'country' | 'client'> {
  const { part, person, hand, profile } = trader;
  const day = localDay(profile, at);
  const { way } = part.group;
  const shared = way.shares ?? [];
  // Who hides behind the account's owner is not seen to be the same anywhere.
  const seen = way.disguised && hand < 0 ? person : hand;
  const roll = (salt: number): number => mix(seed, seen, salt, 104) % 100;
  const telephone = again || profile.client === 'mobile';
  const renewed = roll(1) < RENEWS_PERCENT ? Math.floor(day / 9) : 0;
  const trip = Math.floor(day / TRIP_DAYS);
  const away = roll(2) < TRAVELS_PERCENT && mix(seed, seen, trip, 105) % 3 === 0;
  return {
    deviceId: shared.includes('device')
      ? thingId(seed, 'device', part, person)
      : text(telephone ? 'mob' : 'dev', seed, seen, 110 + renewed),
    networkId: networkOf(seed, trader, { seen, telephone, away: away ? trip : 0 }),
    country: away ? (TRIP_COUNTRIES[roll(3) % TRIP_COUNTRIES.length] ?? 'TR') : profile.region,
    client: again ? 'mobile' : profile.client,
  };
}

/**
 * By a trader's id: the account that a trader is paid to, eleven digits. Invented people are paid
 * to their own, but for those who share it; an id that is not of this world has one, too.
 */
export function payeesOf(options: Omit<CastOptions, 'hasReference'>): (traderId: string) => string {
  const parts = castOf({ ...options, hasReference: true });
  const bySlot = (person: number): Part | undefined => parts[person % options.accounts];
  return (traderId) => {
    const person = personOf(traderId) ?? buyerPerson(options.seed, traderId);
    const part = bySlot(person);
    const shares = part?.group.way.shares?.includes('payee') ?? false;
    const key = shares && part ? -1 - part.group.number : person;
    const high = mix(options.seed, key, 1, 107) % 1_000_000;
    const low = mix(options.seed, key, 2, 107) % 10_000;
    return `4${String(high).padStart(6, '0')}${String(low).padStart(4, '0')}`;
  };
}

/** Buyers are counted far behind the people that a world begins with and those who come after. */
const FIRST_BUYER = 1_000_000_000;

/** The person of a buyer: the same one for the same id, with a hand and things of their own. */
export function buyerPerson(seed: number, traderId: string): number {
  let key = 0;
  for (let at = 0; at < traderId.length; at += 1) {
    key = mix(seed, key, traderId.charCodeAt(at), 140);
  }
  return FIRST_BUYER + (key % FIRST_BUYER);
}

function networkOf(
  seed: number,
  { part, person, profile }: Trader,
  from: { readonly seen: number; readonly telephone: boolean; readonly away: number },
): string {
  if (from.away > 0) return text('net', seed, from.seen, 120 + from.away);
  if (from.telephone) {
    const carrier = mix(seed, from.seen, 1, 108) % CARRIER_NETWORKS;
    return text('net', seed, carrier, 130 + textKey(profile.region));
  }
  if (part.group.way.shares?.includes('network')) return thingId(seed, 'network', part, person);
  if (profile.hours === 24) {
    return text('net', seed, mix(seed, from.seen, 2, 108) % HOSTING_NETWORKS, 109);
  }
  return text('net', seed, from.seen, 111);
}

const PREFIX: Record<Thing, string> = {
  device: 'dev',
  network: 'net',
  document: 'doc',
  address: 'adr',
  purchase: 'crd',
  affiliate: 'aff',
  payee: 'pay',
};

/** What the group has in common is the group's; all else is the person's own. */
function thingId(seed: number, thing: Thing, { group }: Part, person: number): string {
  const shared = group.way.shares?.includes(thing) ?? false;
  return text(PREFIX[thing], seed, shared ? -1 - group.number : person, 112 + thing.length);
}

/** Opaque, as a keyed digest is: equal ones are the same thing, and none says what it is. */
function text(prefix: string, seed: number, key: number, salt: number): string {
  const hex = (word: number): string => word.toString(16).padStart(8, '0');
  const kind = textKey(prefix);
  return `${prefix}-${hex(mix(seed, key, salt, kind))}${hex(mix(seed, key, salt, kind + 500))}`;
}

function textKey(of: string): number {
  let key = 0;
  for (let at = 0; at < of.length; at += 1) key = key * 31 + of.charCodeAt(at);
  return key % 100_000;
}
