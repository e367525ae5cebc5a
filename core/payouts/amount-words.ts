import { assert } from '#core/kernel/assert.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { groupedText, MONEY_DECIMALS, mulDivFloor, type Money } from '#core/money/money.ts';

/** Decimals of ISO 4217's minor units where they are not two. */
const EXPONENTS = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
] as const;
const DEFAULT_EXPONENT = 2;
const exponents: ReadonlyMap<string, number> = new Map(
  EXPONENTS.flatMap(([exponent, codes]) =>
    codes.split(' ').map((code) => [code, exponent] as const),
  ),
);

/**
 * How many decimals the smallest amount of a currency has. Two for whatever ISO 4217 does not
 * list, stablecoins among them: they are paid as the dollars or euros that they stand for.
 */
export function exponentOf(currency: string): number {
  return exponents.get(currency) ?? DEFAULT_EXPONENT;
}

/** An amount as whole smallest units of its currency; refuses one that no rail could pay exactly. */
export function minorUnits(amount: Money, currency: string): Result<number, string> {
  const unit = unitOf(currency);
  if (!Number.isSafeInteger(amount)) return err(`${amount} is no amount that is kept exactly`);
  if (amount % unit === 0) return ok(amount / unit + 0);
  const smallest = amountInDigits(unit, currency);
  return err(`${amountInDigits(amount, currency)} cannot be paid in whole ${smallest}`);
}

/**
 * The amount rounded down to what its currency can be paid in: the fraction stays with the firm,
 * so that no payout is ever larger than what was earned.
 */
export function floorToMinor(amount: Money, currency: string): Money {
  const unit = unitOf(currency);
  return mulDivFloor(amount, 1, unit) * unit;
}

/** "1,250.00 USD", "1,250 JPY": the currency's decimals, and more only where there is more. */
export function amountInDigits(amount: Money, currency: string): string {
  const text = groupedText(amount, MONEY_DECIMALS);
  const [whole = '', decimals = ''] = text.split('.');
  const least = exponentOf(currency);
  const more = decimals.slice(least).replace(/0+$/, '');
  const shown = `${decimals.slice(0, least)}${more}`;
  return `${whole}${shown === '' ? '' : `.${shown}`} ${currency}`;
}

function unitOf(currency: string): number {
  return 10 ** (MONEY_DECIMALS - exponentOf(currency));
}

/** One and many of a currency; people say the code of any other. */
const CURRENCY_NAMES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  AED: ['UAE dirham', 'UAE dirhams'],
  ARS: ['Argentine peso', 'Argentine pesos'],
  AUD: ['Australian dollar', 'Australian dollars'],
  BDT: ['Bangladeshi taka', 'Bangladeshi taka'],
  BGN: ['Bulgarian lev', 'Bulgarian leva'],
  BHD: ['Bahraini dinar', 'Bahraini dinars'],
  BRL: ['Brazilian real', 'Brazilian reais'],
  CAD: ['Canadian dollar', 'Canadian dollars'],
  CHF: ['Swiss franc', 'Swiss francs'],
  CLP: ['Chilean peso', 'Chilean pesos'],
  CNY: ['Chinese yuan', 'Chinese yuan'],
  COP: ['Colombian peso', 'Colombian pesos'],
  CZK: ['Czech koruna', 'Czech koruna'],
  DKK: ['Danish krone', 'Danish kroner'],
  EGP: ['Egyptian pound', 'Egyptian pounds'],
  EUR: ['euro', 'euros'],
  GBP: ['pound sterling', 'pounds sterling'],
  GHS: ['Ghanaian cedi', 'Ghanaian cedis'],
  HKD: ['Hong Kong dollar', 'Hong Kong dollars'],
  HUF: ['Hungarian forint', 'Hungarian forints'],
  IDR: ['Indonesian rupiah', 'Indonesian rupiah'],
  ILS: ['Israeli new shekel', 'Israeli new shekels'],
  INR: ['Indian rupee', 'Indian rupees'],
  ISK: ['Icelandic króna', 'Icelandic krónur'],
  JOD: ['Jordanian dinar', 'Jordanian dinars'],
  JPY: ['Japanese yen', 'Japanese yen'],
  KES: ['Kenyan shilling', 'Kenyan shillings'],
  KRW: ['South Korean won', 'South Korean won'],
  KWD: ['Kuwaiti dinar', 'Kuwaiti dinars'],
  MAD: ['Moroccan dirham', 'Moroccan dirhams'],
  MXN: ['Mexican peso', 'Mexican pesos'],
  MYR: ['Malaysian ringgit', 'Malaysian ringgit'],
  NGN: ['Nigerian naira', 'Nigerian naira'],
  NOK: ['Norwegian krone', 'Norwegian kroner'],
  NZD: ['New Zealand dollar', 'New Zealand dollars'],
  OMR: ['Omani rial', 'Omani rials'],
  PHP: ['Philippine peso', 'Philippine pesos'],
  PKR: ['Pakistani rupee', 'Pakistani rupees'],
  PLN: ['Polish złoty', 'Polish złoty'],
  QAR: ['Qatari riyal', 'Qatari riyals'],
  RON: ['Romanian leu', 'Romanian lei'],
  SAR: ['Saudi riyal', 'Saudi riyals'],
  SEK: ['Swedish krona', 'Swedish kronor'],
  SGD: ['Singapore dollar', 'Singapore dollars'],
  THB: ['Thai baht', 'Thai baht'],
  TND: ['Tunisian dinar', 'Tunisian dinars'],
  TRY: ['Turkish lira', 'Turkish lira'],
  TWD: ['new Taiwan dollar', 'new Taiwan dollars'],
  UAH: ['Ukrainian hryvnia', 'Ukrainian hryvnias'],
  USD: ['US dollar', 'US dollars'],
  VND: ['Vietnamese dong', 'Vietnamese dong'],
  ZAR: ['South African rand', 'South African rand'],
};
const currencyNames = new Map(Object.entries(CURRENCY_NAMES));

const ONES = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ' +
  'sixteen seventeen eighteen nineteen'
).split(' ');
/** From twenty on. */
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
/** By the power of a thousand. */
const SCALES = ['', 'thousand', 'million', 'billion', 'trillion', 'quadrillion'];
const WORDS_LIMIT = 10n ** 18n;

/**
 * An amount as cheques write it: "one thousand two hundred and fifty US dollars and 00/100". No two
 * amounts have the same words, and no habit of writing commas and points changes what they say.
 */
export function amountInWords(minor: bigint | number, currency: string, exponent: number): string {
  const units = BigInt(minor);
  const size = units < 0n ? -units : units;
  const hundred = 10n ** BigInt(exponent);
  const whole = size / hundred;
  assert(whole < WORDS_LIMIT, `only amounts below ${WORDS_LIMIT} have words, was ${whole}`);
  const [one, many] = currencyNames.get(currency) ?? [currency, currency];
  const name = whole === 1n ? one : many;
  const rest = String(size % hundred).padStart(exponent, '0');
  const fraction = exponent === 0 ? '' : ` and ${rest}/${hundred}`;
  return `${units < 0n ? 'minus ' : ''}${numberInWords(whole)} ${name}${fraction}`;
}

function numberInWords(whole: bigint): string {
  if (whole === 0n) return 'zero';
  const parts: string[] = [];
  for (let at = SCALES.length - 1; at >= 0; at -= 1) {
    const group = Number((whole / 1000n ** BigInt(at)) % 1000n);
    if (group === 0) continue;
    // "One thousand and five": without the word, a reader waits for the hundreds.
    const joins = at === 0 && group < 100 && parts.length > 0;
    parts.push(`${joins ? 'and ' : ''}${groupInWords(group)}${at === 0 ? '' : ` ${SCALES[at]}`}`);
  }
  return parts.join(' ');
}

/** From 1 to 999. */
function groupInWords(group: number): string {
  const hundreds = Math.floor(group / 100);
  const rest = group % 100;
  const parts = hundreds === 0 ? [] : [`${ONES[hundreds]} hundred`];
  if (rest > 0) parts.push(pairInWords(rest));
  return parts.join(' and ');
}

/** From 1 to 99. */
function pairInWords(pair: number): string {
  if (pair < 20) return ONES[pair] ?? '';
  const ones = pair % 10;
  const tens = TENS[Math.floor(pair / 10) - 2] ?? '';
  return ones === 0 ? tens : `${tens}-${ONES[ones]}`;
}
