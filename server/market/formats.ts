import { parseDecimal } from '#core/money/money.ts';

/** One line of a tick file, read: milliseconds of UTC, and prices in points. */
export interface ReadTick {
  readonly at: number;
  readonly bid: number;
  readonly ask: number;
}

/** How one file is to be read; `null` lines are skipped (headers, blanks). */
export interface TickFormat {
  readonly name: string;
  /** The tick, or a sentence why the line is none. */
  read(line: string): ReadTick | string;
}

export interface TickFileContext {
  readonly digits: number;
  /** UTC midnight of the file's date, where lines carry only a time of day. */
  readonly midnight: number | null;
  /** Minutes that the file's clock is ahead of UTC. */
  readonly utcOffsetMinutes: number;
}

/**
 * Recognises a tick file by its first line:
 *
 * - QuantConnect Lean: `ms since midnight, bid, ask`, no header, the date in the file's name;
 * - MetaTrader 5 export: tab separated `<DATE> <TIME> <BID> <ASK> …`; an empty price repeats;
 * - Dukascopy: `Gmt time,Ask,Bid,AskVolume,BidVolume` or `Time (…)`, ask before bid;
 * - HistData: `YYYYMMDD HHMMSSmmm,bid,ask,volume`, fixed UTC-5 all year;
 * - any CSV with a header that names `time` (ISO 8601 or epoch milliseconds), `bid` and `ask`.
 *
 * Returns a sentence when it is none of them.
 */
export function recogniseFormat(firstLine: string, context: TickFileContext): TickFormat | string {
  const line = firstLine.replace(/^\uFEFF/, '').trim();
  if (line.startsWith('<DATE>')) return metaTrader(line, context);
  if (/^\d{8} \d{9}[,;]/.test(line)) return histData(context);
  if (/^(gmt |local )?time/i.test(line) && /ask/i.test(line)) return withHeader(line, context);
  if (/^[\d.]+,[\d.]+,[\d.]+$/.test(line) && context.midnight !== null) return lean(context);
  if (/bid/i.test(line)) return withHeader(line, context);
  return (
    `the first line "${line.slice(0, 60)}" is no known tick format; ` +
    'give the columns names: time,bid,ask'
  );
}

function lean({ digits, midnight, utcOffsetMinutes }: TickFileContext): TickFormat {
  const start = (midnight ?? 0) - utcOffsetMinutes * 60_000;
  return {
    name: 'Lean',
    read: (line) => {
      const [time = '', bid = '', ask = ''] = line.split(',');
      const ms = Number(time);
      if (time === '' || !Number.isFinite(ms)) return `"${time}" is no time of day`;
      return priced(start + Math.floor(ms), bid, ask, digits);
    },
  };
}

function metaTrader(header: string, { digits, utcOffsetMinutes }: TickFileContext): TickFormat {
  const names = header.split('\t');
  const [date, time, bid, ask] = ['<DATE>', '<TIME>', '<BID>', '<ASK>'].map((name) =>
    names.indexOf(name),
  );
  let last = { bid: '', ask: '' };
  return {
    name: 'MetaTrader 5',
    read: (line) => {
      const fields = line.split('\t');
      const day = (fields[date ?? -1] ?? '').replaceAll('.', '-');
      const at = Date.parse(`${day}T${fields[time ?? -1] ?? ''}Z`) - utcOffsetMinutes * 60_000;
      last = { bid: fields[bid ?? -1] || last.bid, ask: fields[ask ?? -1] || last.ask };
      return priced(at, last.bid, last.ask, digits);
    },
  };
}

function histData({ digits }: TickFileContext): TickFormat {
  return {
    name: 'HistData',
    read: (line) => {
      const [time = '', bid = '', ask = ''] = line.split(/[,;]/);
      const found = /^(\d{4})(\d\d)(\d\d) (\d\d)(\d\d)(\d\d)(\d{3})$/.exec(time);
      if (!found) return `"${time}" is no time`;
      const [, year, month, day, hour, minute, second, ms] = found;
      const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}-05:00`);
      return priced(at, bid, ask, digits);
    },
  };
}

function withHeader(
  header: string,
  { digits, utcOffsetMinutes }: TickFileContext,
): TickFormat | string {
  const separator = header.includes(';') ? ';' : header.includes('\t') ? '\t' : ',';
  const names = header.split(separator).map((name) => name.trim().toLowerCase());
  const find = (word: RegExp): number => names.findIndex((name) => word.test(name));
  const places = {
    time: find(/time|date/),
    bid: find(/^bid( price)?$/),
    ask: find(/^ask( price)?$/),
  };
  for (const [name, place] of Object.entries(places)) {
    if (place < 0) return `the header has no column "${name}"`;
  }
  return {
    name: 'CSV',
    read: (line) => {
      const fields = line.split(separator);
      const at = readTime(fields[places.time] ?? '') - utcOffsetMinutes * 60_000;
      return priced(at, fields[places.bid] ?? '', fields[places.ask] ?? '', digits);
    },
  };
}

/** ISO 8601, epoch milliseconds, or Dukascopy's "01.05.2014 00:00:00.292". */
function readTime(text: string): number {
  const trimmed = text.trim();
  if (/^\d{11,14}$/.test(trimmed)) return Number(trimmed);
  const european = /^(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d:\d\d(?:\.\d+)?)$/.exec(trimmed);
  if (european) return Date.parse(`${european[3]}-${european[2]}-${european[1]}T${european[4]}Z`);
  const iso = trimmed.replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
}

function priced(at: number, bidText: string, askText: string, digits: number): ReadTick | string {
  if (!Number.isFinite(at)) return 'the time cannot be read';
  const bid = parseDecimal(bidText, digits);
  const ask = parseDecimal(askText, digits);
  if (!bid.ok) return `bid: ${bid.error}`;
  if (!ask.ok) return `ask: ${ask.error}`;
  if (bid.value <= 0 || ask.value <= 0) return 'a price must be above zero';
  return { at: Math.floor(at), bid: bid.value, ask: ask.value };
}
