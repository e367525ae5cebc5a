import { err } from '#core/kernel/result.ts';
import { MONEY_DECIMALS, parseDecimal, type Money } from '#core/money/money.ts';
import type { BankAccount } from './account.ts';
import { quoted } from './characters.ts';
import { CURRENCY, readAmount, type CurrencyAmount } from './currency.ts';
import { calendarDate } from './dates.ts';
import type { XmlElement } from './xml.ts';

export type Direction = 'credit' | 'debit';

/**
 * Takes values out of a message. What is missing, double or malformed is refused: the first refusal
 * is kept with its place, and harmless values are given until the caller asks for it.
 */
export type MessageReader = TreeReader & ValueReader;

interface TreeReader {
  all(parent: XmlElement | null, name: string): readonly XmlElement[];
  optional(parent: XmlElement | null, name: string): XmlElement | null;
  required(parent: XmlElement, name: string): XmlElement;
  /** The one of several elements that stands; two of them contradict each other. */
  choice(parent: XmlElement | null, names: readonly string[]): XmlElement | null;
  /** The text of an element that may hold nothing else, blanks joined and cut off at the ends. */
  leaf(element: XmlElement): string;
  /** Text at the end of a path of single elements; empty is null. */
  text(parent: XmlElement | null, ...path: readonly string[]): string | null;
  requiredText(parent: XmlElement, name: string): string;
  /** Refuses children of other names: nothing unknown may stand next to money. */
  onlyKnown(parent: XmlElement | null, names: readonly string[]): void;
  refuse(at: XmlElement, sentence: string): void;
  refusal(): string | null;
}

interface ValueReader {
  /** The text of `Cd` or `Prtry`. */
  code(parent: XmlElement | null): string | null;
  /** The one `Amt` of a block. */
  amount(parent: XmlElement): CurrencyAmount;
  optionalAmount(parent: XmlElement | null, name: string): CurrencyAmount | null;
  /** A sum, which carries no currency and may be negative. */
  sum(parent: XmlElement | null, name: string): Money | null;
  count(parent: XmlElement | null, name: string): number | null;
  direction(parent: XmlElement): Direction;
  optionalDirection(parent: XmlElement | null): Direction | null;
  flag(parent: XmlElement, name: string): boolean;
  /** "2026-11-20" of a date or of a date and time, in the zone in which the bank wrote it. */
  date(parent: XmlElement, name: string): string | null;
  account(parent: XmlElement | null): BankAccount | null;
}

/** Stands in for what is missing; the refusal is kept already. */
const NOTHING: XmlElement = {
  name: '',
  namespace: '',
  attributes: new Map(),
  children: [],
  text: '',
  line: 0,
  column: 0,
};

export function placeOf({ line, column }: { line: number; column: number }): string {
  return `line ${line}, column ${column}`;
}

export function createMessageReader(): MessageReader {
  const tree = createTreeReader();
  return { ...tree, ...createValueReader(tree) };
}

function createTreeReader(): TreeReader {
  let first: string | null = null;

  const refuse = (at: XmlElement, sentence: string): void => {
    first ??= `${placeOf(at)}: ${sentence}`;
  };
  const all = (parent: XmlElement | null, name: string): readonly XmlElement[] =>
    parent?.children.filter((child) => child.name === name) ?? [];
  const optional = (parent: XmlElement | null, name: string): XmlElement | null => {
    const [found, second] = all(parent, name);
    if (parent && second) refuse(second, `${parent.name} has a second ${name}`);
    return found ?? null;
  };
  const required = (parent: XmlElement, name: string): XmlElement => {
    const found = optional(parent, name);
    if (!found && parent !== NOTHING) refuse(parent, `${parent.name} has no ${name}`);
    return found ?? NOTHING;
  };
  const choice = (parent: XmlElement | null, names: readonly string[]): XmlElement | null => {
    const [one, other] = names.flatMap((name) => optional(parent, name) ?? []);
    if (one && other) refuse(other, `${one.name} and ${other.name} exclude each other`);
    return one ?? null;
  };
  const leaf = (element: XmlElement): string => {
    if (element.children.length > 0) refuse(element, `${element.name} holds elements, not text`);
    return element.text.replace(/[ \t\r\n]+/g, ' ').trim();
  };
  const text = (parent: XmlElement | null, ...path: readonly string[]): string | null => {
    const found = path.reduce<XmlElement | null>((at, name) => optional(at, name), parent);
    return (found && leaf(found)) || null;
  };
  const requiredText = (parent: XmlElement, name: string): string => {
    const element = required(parent, name);
    const value = leaf(element);
    if (value === '' && element !== NOTHING) refuse(element, `${name} is empty`);
    return value;
  };
  const onlyKnown = (parent: XmlElement | null, names: readonly string[]): void => {
    const unknown = parent?.children.find(({ name }) => !names.includes(name));
    if (parent && unknown)
      refuse(unknown, `${parent.name} holds the unknown element ${unknown.name}`);
  };
  return {
    all,
    optional,
    required,
    choice,
    leaf,
    text,
    requiredText,
    onlyKnown,
    refuse,
    refusal: () => first,
  };
}

const NO_AMOUNT: CurrencyAmount = { amount: 0, currency: '' };
/** The schemas allow fifteen digits. */
const COUNT = /^[0-9]{1,15}$/;
const ZONE = '(?:Z|[+-]\\d\\d:\\d\\d)?';
const DATE = new RegExp(`^(\\d{4}-\\d\\d-\\d\\d)${ZONE}$`);
const DATE_TIME = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d)T\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?${ZONE}$`,
);

function createValueReader(tree: TreeReader): ValueReader {
  const { optional, required, choice, leaf, requiredText, refuse } = tree;

  const amountOf = (element: XmlElement): CurrencyAmount => {
    if (element === NOTHING) return NO_AMOUNT;
    const currency = element.attributes.get('Ccy') ?? '';
    const amount = readAmount(element.text, currency);
    if (!CURRENCY.test(currency))
      refuse(element, `${element.name} has no currency of three capitals`);
    else if (element.children.length > 0)
      refuse(element, `${element.name} holds elements, not an amount`);
    else if (!amount.ok) refuse(element, `${element.name}: ${amount.error}`);
    return amount.ok ? { amount: amount.value, currency } : NO_AMOUNT;
  };
  const directionOf = (element: XmlElement): Direction => {
    const value = leaf(element);
    if (element !== NOTHING && value !== 'CRDT' && value !== 'DBIT')
      refuse(element, `${element.name}: ${quoted(value)} is neither CRDT nor DBIT`);
    return value === 'CRDT' ? 'credit' : 'debit';
  };
  return {
    code: (parent) => {
      const found = choice(parent, ['Cd', 'Prtry']);
      return (found && leaf(found)) || null;
    },
    amount: (parent) => amountOf(required(parent, 'Amt')),
    optionalAmount: (parent, name) => {
      const element = optional(parent, name);
      return element && amountOf(element);
    },
    sum: (parent, name) => {
      const element = optional(parent, name);
      if (!element) return null;
      const value = leaf(element);
      const read = /^-?[0-9]+(?:\.[0-9]+)?$/.test(value)
        ? parseDecimal(value, MONEY_DECIMALS)
        : err(`${quoted(value)} is not a plain decimal`);
      if (!read.ok) refuse(element, `${name}: ${read.error}`);
      return read.ok ? read.value : null;
    },
    count: (parent, name) => {
      const element = optional(parent, name);
      if (!element) return null;
      const value = leaf(element);
      if (!COUNT.test(value)) refuse(element, `${name}: ${quoted(value)} is no number of items`);
      return Number(value);
    },
    direction: (parent) => directionOf(required(parent, 'CdtDbtInd')),
    optionalDirection: (parent) => {
      const element = optional(parent, 'CdtDbtInd');
      return element && directionOf(element);
    },
    flag: (parent, name) => {
      const value = tree.text(parent, name) ?? 'false';
      if (!['true', 'false', '1', '0'].includes(value))
        refuse(parent, `${name}: ${quoted(value)} is neither true nor false`);
      return value === 'true' || value === '1';
    },
    date: (parent, name) => {
      const element = optional(parent, name);
      if (!element) return null;
      const found = choice(element, ['Dt', 'DtTm']);
      const value = found ? leaf(found) : '';
      const [, day = ''] = (found?.name === 'DtTm' ? DATE_TIME : DATE).exec(value) ?? [];
      const read = calendarDate(day);
      if (read === null) refuse(found ?? element, `${name}: ${quoted(value)} is no date`);
      return read;
    },
    account: (parent) => {
      const found = choice(optional(parent, 'Id'), ['IBAN', 'Othr']);
      if (!found) return null;
      if (found.name === 'IBAN') return { kind: 'iban', iban: leaf(found) };
      return { kind: 'other', id: requiredText(found, 'Id') };
    },
  };
}
