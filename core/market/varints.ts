/** A symbol's or a source's name is no longer; a longer one is a damaged chunk. */
const NAME_MAX = 40;

/** Whole numbers in few bytes: seven bits each, the lowest first. */
export interface VarintWriter {
  varint(value: number): void;
  signed(value: number): void;
  bytes(): Uint8Array;
}

export function createVarintWriter(capacity: number): VarintWriter {
  let buffer = new Uint8Array(capacity);
  let length = 0;
  const varint = (value: number): void => {
    if (length + 10 > buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    let left = value;
    while (left >= 128) {
      buffer[length] = (left % 128) + 128;
      length += 1;
      left = Math.floor(left / 128);
    }
    buffer[length] = left;
    length += 1;
  };
  return {
    varint,
    signed: (value) => varint(value < 0 ? -value * 2 - 1 : value * 2),
    bytes: () => buffer.slice(0, length),
  };
}

/** Reads them back; a text that breaks off gives zeros and says so. */
export interface VarintReader {
  varint(): number;
  signed(): number;
  failed(): boolean;
}

export function createVarintReader(bytes: Uint8Array): VarintReader {
  let at = 0;
  let failed = false;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at];
      at += 1;
      if (byte === undefined) {
        failed = true;
        return 0;
      }
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  return {
    varint,
    signed: () => {
      const value = varint();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    failed: () => failed,
  };
}

/** Writes every symbol and source once; gives the number by which each is called from then on. */
export function writeNames(
  prices: readonly { readonly symbol: string; readonly source: string }[],
  out: VarintWriter,
): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const { symbol, source } of prices) {
    for (const name of [symbol, source]) if (!names.has(name)) names.set(name, names.size);
  }
  out.varint(names.size);
  for (const name of names.keys()) {
    out.varint(name.length);
    for (let at = 0; at < name.length; at += 1) out.varint(name.charCodeAt(at));
  }
  return names;
}

export function readNames(read: VarintReader): string[] {
  const names: string[] = [];
  const count = read.varint();
  for (let at = 0; at < count && !read.failed(); at += 1) {
    const length = read.varint();
    if (length > NAME_MAX) return [];
    names.push(String.fromCharCode(...Array.from({ length }, () => read.varint())));
  }
  return names;
}
