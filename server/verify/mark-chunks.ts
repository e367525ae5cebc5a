/** Far above what platforms call symbols and sources. */
const NAMES_MAX = 10_000;
const NAME_LENGTH_MAX = 200;

/**
 * Whether the head of a chunk of prices (core/market/journal.ts) claims what its bytes can hold:
 * looked at before it is decoded, because a chunk of somebody else may claim anything.
 */
export function isChunk(bytes: Uint8Array): boolean {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return Infinity;
  };
  varint();
  const names = varint();
  if (names > NAMES_MAX) return false;
  for (let name = 0; name < names; name += 1) {
    const length = varint();
    if (length > NAME_LENGTH_MAX) return false;
    for (let letter = 0; letter < length; letter += 1) varint();
  }
  const [index, count] = [varint(), varint()];
  // A price takes six bytes at least.
  return Number.isSafeInteger(index) && count * 6 <= bytes.length - at;
}
