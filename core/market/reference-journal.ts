import { assert } from '#core/kernel/assert.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { MARKS_PER_CHUNK_MAX } from './journal.ts';
import type { ReferencePrice } from './mark.ts';
import { createVarintReader, createVarintWriter, readNames, writeNames } from './varints.ts';

/**
 * Other sources' prices in chunks of their own, like marks: nobody who replays verdicts has to read
 * them. Layout: version, names, index of the first, count; then per price the numbers of its symbol
 * and source, and zig-zag differences of time, bid and spread, and of its place: how many marks and
 * how many facts came before it.
 */
const VERSION = 1;

export function encodeReferences(prices: readonly ReferencePrice[]): Uint8Array {
  assert(prices.length > 0 && prices.length <= MARKS_PER_CHUNK_MAX, 'a chunk holds some prices');
  const out = createVarintWriter(prices.length * 10 + 256);
  out.varint(VERSION);
  const names = writeNames(prices, out);
  out.varint((prices[0] as ReferencePrice).index);
  out.varint(prices.length);
  const last = new Map<string, ReferencePrice>();
  let before = { at: 0, marksBefore: 0, seqBefore: 0 };
  for (const price of prices) {
    const known = last.get(price.symbol);
    out.varint(names.get(price.symbol) as number);
    out.varint(names.get(price.source) as number);
    out.signed(price.at - before.at);
    out.signed(price.bid - (known?.bid ?? 0));
    out.signed(price.ask - price.bid - (known ? known.ask - known.bid : 0));
    out.signed(price.marksBefore - before.marksBefore);
    out.signed(price.seqBefore - before.seqBefore);
    before = price;
    last.set(price.symbol, price);
  }
  return out.bytes();
}

/** Reads a chunk back; refuses bytes that are not one. */
export function decodeReferences(bytes: Uint8Array): Result<ReferencePrice[], string> {
  const read = createVarintReader(bytes);
  if (read.varint() !== VERSION) return err('the chunk is of an unknown version');
  const names = readNames(read);
  const first = read.varint();
  const count = read.varint();
  if (count > MARKS_PER_CHUNK_MAX) return err(`the chunk claims ${count} prices`);
  const last = new Map<string, ReferencePrice>();
  const prices: ReferencePrice[] = [];
  let before = { at: 0, marksBefore: 0, seqBefore: 0 };
  for (let number = 0; number < count; number += 1) {
    const symbol = names[read.varint()];
    const source = names[read.varint()];
    const known = last.get(symbol ?? '');
    const at = before.at + read.signed();
    const bid = (known?.bid ?? 0) + read.signed();
    const ask = bid + (known ? known.ask - known.bid : 0) + read.signed();
    const marksBefore = before.marksBefore + read.signed();
    const seqBefore = before.seqBefore + read.signed();
    if (symbol === undefined || source === undefined || read.failed()) {
      return err(`the chunk breaks off at price ${number}`);
    }
    const index = first + number;
    const price = { index, symbol, bid, ask, at, source, marksBefore, seqBefore };
    prices.push(price);
    last.set(symbol, price);
    before = price;
  }
  return read.failed() ? err('the chunk breaks off') : ok(prices);
}
