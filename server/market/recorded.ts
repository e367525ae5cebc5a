import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { Tick, TickSource } from '#core/sim/tick-source.ts';
import { recogniseFormat } from './formats.ts';

/** A file with more unreadable lines than this is refused as a whole. */
export const BAD_LINES_PER_FILE_MAX = 1_000;
const BAD_LINES_SHOWN = 5;

/** Recorded ticks of some symbols, merged by time; equal times keep the order of the files. */
export interface Recording {
  readonly instruments: readonly Instrument[];
  readonly source: string;
  readonly symbol: Uint8Array;
  readonly at: Float64Array;
  readonly bid: Int32Array;
  readonly ask: Int32Array;
  readonly count: number;
  /** Lines that could not be read, each with file, line and reason; at most a few. */
  readonly problems: readonly string[];
  readonly badLines: number;
}

/**
 * Reads a folder (or one file) of ticks, or the compact index made of it before. The index lies in
 * `cacheFolder`, named after the files' names, sizes and times, so a changed folder is read anew.
 */
export function openRecording(
  path: string,
  cacheFolder: string,
  progress: (line: string) => void,
): Result<Recording, string> {
  if (!existsSync(path)) return err(`${path} does not exist`);
  const files = listFiles(path);
  if (files.length === 0) return err(`${path} holds no .zip, .csv or .txt file of ticks`);
  const vendor = vendorOf(path, files);
  const index = join(cacheFolder, `ticks-${keyOf(vendor, files)}.bin`);
  if (existsSync(index)) return ok(readIndex(index));
  const recording = importFiles(vendor, files, progress);
  if (recording.ok) {
    mkdirSync(cacheFolder, { recursive: true });
    writeIndex(index, recording.value);
  }
  return recording;
}

/** Plays a recording from a place in it. */
export function playRecording(recording: Recording, resume: unknown): TickSource {
  let place = typeof resume === 'number' ? resume : 0;
  return {
    instruments: recording.instruments,
    next: (into: Tick) => {
      if (place >= recording.count) return false;
      into.symbol = recording.symbol[place] as number;
      into.at = recording.at[place] as number;
      into.bid = recording.bid[place] as number;
      into.ask = recording.ask[place] as number;
      into.source = recording.source;
      place += 1;
      return true;
    },
    state: () => place,
  };
}

interface TickFile {
  readonly path: string;
  readonly symbol: string;
  readonly name: string;
}

function listFiles(path: string): TickFile[] {
  if (statSync(path).isFile())
    return [{ path, symbol: symbolOf(basename(path)), name: basename(path) }];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(zip|csv|txt)$/i.test(entry.name))
    .map((entry) => {
      const folder = basename(entry.parentPath);
      const dated = /^\d{8}_/.test(entry.name);
      return {
        path: join(entry.parentPath, entry.name),
        symbol: dated ? folder.toUpperCase() : symbolOf(entry.name),
        name: entry.name,
      };
    })
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function symbolOf(name: string): string {
  const found = /^(?:DAT_ASCII_)?([A-Za-z0-9]+)/.exec(name);
  return (found?.[1] ?? name).toUpperCase();
}

/** Whose prices they are: a folder of one symbol is named after it and lies in its vendor's. */
function vendorOf(path: string, files: readonly TickFile[]): string {
  const name = basename(path);
  const isOneSymbol = files.every(({ symbol }) => symbol === name.toUpperCase());
  return isOneSymbol ? basename(dirname(path)) : name;
}

function keyOf(vendor: string, files: readonly TickFile[]): string {
  const hash = createHash('sha256').update(`3 ${vendor}\n`);
  for (const { path, name, symbol } of files) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${symbol}/${name}/${size}/${Math.floor(mtimeMs)}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** What a symbol's name says: metals and yen pairs have three decimals, other pairs five. */
export function instrumentFor(symbol: string): Instrument {
  const metal = /^XA[UG]/.test(symbol);
  const yen = symbol.endsWith('JPY');
  return {
    symbol,
    assetClass: metal ? 'metal' : 'forex',
    digits: metal || yen ? 3 : 5,
    volumeDecimals: 2,
    contractSize: metal ? (symbol.startsWith('XAG') ? '5000' : '100') : '100000',
    quoteCurrency: /^[A-Z]{6}$/.test(symbol) ? symbol.slice(3) : 'USD',
    tickPoints: 1,
  };
}

function importFiles(
  vendor: string,
  files: readonly TickFile[],
  progress: (line: string) => void,
): Result<Recording, string> {
  const instruments: Instrument[] = [];
  const columns: { at: number[]; bid: number[]; ask: number[] }[] = [];
  const problems: string[] = [];
  let badLines = 0;
  // FXCM's files of this collection carry a fixed New York winter clock; all others are UTC.
  const utcOffsetMinutes = vendor.startsWith('fxcm') ? -300 : 0;
  for (const [number, file] of files.entries()) {
    let place = instruments.findIndex(({ symbol }) => symbol === file.symbol);
    if (place < 0) {
      place = instruments.push(instrumentFor(file.symbol)) - 1;
      columns.push({ at: [], bid: [], ask: [] });
    }
    const read = importFile(file, instruments[place] as Instrument, utcOffsetMinutes);
    if (typeof read === 'string') return err(`${file.name}: ${read}`);
    const column = columns[place] as { at: number[]; bid: number[]; ask: number[] };
    for (const { at, bid, ask } of read.ticks) {
      column.at.push(at);
      column.bid.push(bid);
      column.ask.push(ask);
    }
    problems.push(...read.problems.slice(0, BAD_LINES_SHOWN - problems.length));
    badLines += read.bad;
    progress(
      `import ${number + 1}/${files.length} ${file.symbol} ${file.name}: ${read.ticks.length} ticks`,
    );
  }
  const source = vendor.split(/[-.]/)[0] || 'recorded';
  return ok({ ...merge(columns), instruments, source, problems, badLines });
}

interface ReadFile {
  readonly ticks: readonly { readonly at: number; readonly bid: number; readonly ask: number }[];
  readonly problems: readonly string[];
  readonly bad: number;
}

function importFile(
  file: TickFile,
  instrument: Instrument,
  utcOffsetMinutes: number,
): ReadFile | string {
  let text: string;
  try {
    text = readText(file.path);
  } catch (error) {
    return `it cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
  }
  const date = /^(\d{4})(\d\d)(\d\d)_/.exec(file.name);
  const midnight = date ? Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3])) : null;
  const lines = text.split('\n');
  const context = { digits: instrument.digits, midnight, utcOffsetMinutes };
  const format = recogniseFormat(lines[0] ?? '', context);
  if (typeof format === 'string') return format;
  const ticks: { at: number; bid: number; ask: number }[] = [];
  const problems: string[] = [];
  let bad = 0;
  for (
    let at = format.name === 'Lean' || format.name === 'HistData' ? 0 : 1;
    at < lines.length;
    at += 1
  ) {
    const line = (lines[at] ?? '').trimEnd();
    if (line === '') continue;
    const tick = format.read(line);
    if (typeof tick !== 'string') {
      ticks.push(tick);
      continue;
    }
    bad += 1;
    if (problems.length < BAD_LINES_SHOWN) problems.push(`${file.name} line ${at + 1}: ${tick}`);
    if (bad > BAD_LINES_PER_FILE_MAX) {
      return `more than ${BAD_LINES_PER_FILE_MAX} lines cannot be read; the first: ${problems[0]}`;
    }
  }
  return { ticks, problems, bad };
}

function readText(path: string): string {
  const bytes = readFileSync(path);
  if (!path.toLowerCase().endsWith('.zip')) return strFromU8(bytes);
  const [content] = Object.values(unzipSync(bytes));
  if (!content) throw new Error('the zip is empty');
  return strFromU8(content);
}

/** Merges the symbols by time. Within one symbol the file's order stands, even against its clock. */
function merge(
  columns: readonly { at: number[]; bid: number[]; ask: number[] }[],
): Pick<Recording, 'symbol' | 'at' | 'bid' | 'ask' | 'count'> {
  const count = columns.reduce((sum, { at }) => sum + at.length, 0);
  const merged = {
    symbol: new Uint8Array(count),
    at: new Float64Array(count),
    bid: new Int32Array(count),
    ask: new Int32Array(count),
    count,
  };
  const places = columns.map(() => 0);
  for (let to = 0; to < count; to += 1) {
    let first = -1;
    for (const [symbol, { at }] of columns.entries()) {
      const place = places[symbol] as number;
      if (place >= at.length) continue;
      const earlier =
        first < 0 ||
        (at[place] as number) < (columns[first]?.at[places[first] as number] as number);
      if (earlier) first = symbol;
    }
    const column = columns[first] as { at: number[]; bid: number[]; ask: number[] };
    const place = places[first] as number;
    merged.symbol[to] = first;
    merged.at[to] = column.at[place] as number;
    merged.bid[to] = column.bid[place] as number;
    merged.ask[to] = column.ask[place] as number;
    places[first] = place + 1;
  }
  return merged;
}

/** Header as JSON with its length before it, then the columns one after the other. */
function writeIndex(file: string, recording: Recording): void {
  const { instruments, source, count, problems, badLines } = recording;
  const head = Buffer.from(JSON.stringify({ instruments, source, count, problems, badLines }));
  const padding = Buffer.alloc((8 - ((4 + head.length) % 8)) % 8, ' ');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length + padding.length);
  const columns = [recording.at, recording.bid, recording.ask, recording.symbol].map((column) =>
    Buffer.from(column.buffer, column.byteOffset, column.byteLength),
  );
  writeFileSync(file, Buffer.concat([length, head, padding, ...columns]));
}

function readIndex(file: string): Recording {
  const bytes = readFileSync(file);
  const headLength = bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.subarray(4, 4 + headLength).toString()) as Omit<
    Recording,
    'at' | 'bid' | 'ask' | 'symbol'
  >;
  // A fresh buffer, so that the columns are aligned.
  const body = new Uint8Array(bytes.subarray(4 + headLength)).buffer;
  const { count } = head;
  return {
    ...head,
    at: new Float64Array(body, 0, count),
    bid: new Int32Array(body, count * 8, count),
    ask: new Int32Array(body, count * 12, count),
    symbol: new Uint8Array(body, count * 16, count),
  };
}
