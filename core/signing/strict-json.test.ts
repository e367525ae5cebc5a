import fc from 'fast-check';
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { canonicalText, type Json } from '#core/kernel/canonical.ts';
import {
  isPlainText,
  plainTextProblem,
  readStrictJson,
  STRICT_JSON_BYTES_MAX,
  STRICT_JSON_DEPTH_MAX,
} from './strict-json.ts';

const errorOf = (input: string | Uint8Array): string | null => {
  const read = readStrictJson(typeof input === 'string' ? utf8ToBytes(input) : input);
  return read.ok ? null : read.error;
};

/** Unicode's own names for what no text may hold; the reader has a table instead. */
const REFUSED_BY_UNICODE = new RegExp(
  '[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\p{Default_Ignorable_Code_Point}' +
    '\\p{Noncharacter_Code_Point}\\u{fff9}-\\u{fffb}]',
  'u',
);

function cleaned(text: string): string {
  const parts = [...text.normalize('NFC')].filter((one) => !REFUSED_BY_UNICODE.test(one));
  return parts.join('').normalize('NFC');
}

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom('"', '\\', '/', ' ', 'ö', '€', '😂'), maxLength: 6 }),
  )
  .map(cleaned);
const key = text.filter((one) => one !== '__proto__');
const leaf = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -9, max: 9 }),
  text,
  fc.constantFrom(null, true, false),
);

/** Values of any depth up to the limit. */
function valueUpTo(depth: number): fc.Arbitrary<Json> {
  if (depth === 0) return leaf;
  const inner = valueUpTo(depth - 1);
  return fc.oneof(
    { maxDepth: depth, withCrossShrink: true },
    { weight: 2, arbitrary: leaf },
    { weight: 2, arbitrary: fc.array(inner, { maxLength: 4 }) },
    { weight: 3, arbitrary: fc.dictionary(key, inner, { maxKeys: 4 }) },
  );
}
const value = valueUpTo(4);

/** Stand for an escaped quote and backslash; no text that is allowed holds them. */
const STAND_INS = new Map([
  ['\\"', '\u{e0001}'],
  ['\\\\', '\u{e0002}'],
]);

/**
 * A second reader, of parts that the first does not use: the platform's decoder and parser, and the
 * canonical text compared afterwards. The parser sees no escapes, because V8 may take an escaped
 * key for another one that it saw before (the test on escaped keys says how).
 */
function secondReader(bytes: Uint8Array): { readonly value: Json } | null {
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (REFUSED_BY_UNICODE.test(decoded) || bytes.length > STRICT_JSON_BYTES_MAX) return null;
    const plain = decoded.replace(/\\["\\]/g, (escape) => STAND_INS.get(escape) ?? '');
    if (plain.includes('\\')) return null;
    const parsed = restored(JSON.parse(plain) as Json);
    return canonicalText(parsed) === decoded && isAllowed(parsed, 0) ? { value: parsed } : null;
  } catch {
    return null;
  }
}

function restored(one: Json): Json {
  if (typeof one === 'string') {
    return one.replaceAll('\u{e0001}', '"').replaceAll('\u{e0002}', '\\');
  }
  if (typeof one !== 'object' || one === null) return one;
  if (Array.isArray(one)) return one.map(restored);
  const fields = Object.entries(one as { readonly [key: string]: Json });
  return Object.fromEntries(fields.map(([name, each]) => [restored(name), restored(each)]));
}

function isAllowed(one: Json, depth: number): boolean {
  if (typeof one === 'string') return one === one.normalize('NFC');
  if (typeof one !== 'object' || one === null) return true;
  if (depth === STRICT_JSON_DEPTH_MAX || Object.hasOwn(one, '__proto__')) return false;
  return Object.entries(one).every(
    ([name, each]) => isAllowed(name, 0) && isAllowed(each, depth + 1),
  );
}

/** Both readers must say the same; the outcome is what they say. */
function agreedOn(bytes: Uint8Array): { readonly value: Json } | null {
  const read = readStrictJson(bytes);
  const second = secondReader(bytes);
  expect(read.ok ? { value: read.value } : null).toEqual(second);
  return second;
}

describe('reading strict JSON', () => {
  it('gives back every value from its canonical bytes', () => {
    fc.assert(
      fc.property(value, (one) => {
        const bytes = utf8ToBytes(canonicalText(one));
        const read = readStrictJson(bytes);
        expect(read).toEqual({ ok: true, value: one });
        expect(read.ok && utf8ToBytes(canonicalText(read.value))).toEqual(bytes);
      }),
      { seed: 20_261_126, numRuns: 1_500 },
    );
  });

  it('refuses bytes with one of them changed, or reads another value of which they are the text', () => {
    let accepted = 0;
    fc.assert(
      fc.property(value, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, place, change) => {
        const bytes = utf8ToBytes(canonicalText(one));
        const at = place % bytes.length;
        const edited = bytes.map((byte, index) => (index === at ? byte ^ change : byte));
        const outcome = agreedOn(edited);
        accepted += outcome ? 1 : 0;
        expect(outcome?.value).not.toEqual(one);
        expect(outcome ? utf8ToBytes(canonicalText(outcome.value)) : edited).toEqual(edited);
      }),
      { seed: 20_261_127, numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(300);
  });

  it('refuses bytes with one of them left out or put in, or reads another value', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.option(fc.nat(255)), (one, place, added) => {
        const bytes = utf8ToBytes(canonicalText(one));
        const at = place % bytes.length;
        const edited = concatBytes(
          bytes.subarray(0, at),
          added === null ? new Uint8Array() : Uint8Array.of(added),
          bytes.subarray(added === null ? at + 1 : at),
        );
        expect(agreedOn(edited)?.value).not.toEqual(one);
      }),
      { seed: 20_261_128, numRuns: 5_000 },
    );
  });

  it('agrees with a second reader on scraps of JSON in any order', () => {
    const scraps = ['{', '}', '[', ']', ':', ',', '"', '"a"', '"b"', '0', '1', '-', '.', 'e', '\\'];
    const words = [
      'null',
      'true',
      'false',
      '\\u0061',
      '\\"',
      ' ',
      'ö',
      '{}',
      '[]',
      '"a":1',
      '\ufeff',
    ];
    const soup = fc.array(fc.constantFrom(...scraps, ...words), { minLength: 1, maxLength: 8 });
    let accepted = 0;
    fc.assert(
      fc.property(soup, (parts) => {
        if (agreedOn(utf8ToBytes(parts.join('')))) accepted += 1;
      }),
      { seed: 20_261_129, numRuns: 15_000 },
    );
    expect(accepted).toBeGreaterThan(300);
  });

  it('agrees with a second reader on any bytes in a text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
        agreedOn(bytes);
        agreedOn(concatBytes(Uint8Array.of(0x22), bytes, Uint8Array.of(0x22)));
      }),
      { seed: 20_261_130, numRuns: 15_000 },
    );
  });

  it('takes keys in the order of UTF-16 code units only, as RFC 8785 sorts them', () => {
    // In UTF-8, and as code points, the fullwidth letter comes before the face.
    const sorted = ['', '1', '10', '2', 'A', 'a', 'aa', 'ö', '€', '😂', 'Ａ'];
    const written = (keys: readonly string[]): string =>
      `{${keys.map((one, at) => `${JSON.stringify(one)}:${at}`).join(',')}}`;
    expect(errorOf(written(sorted))).toBeNull();
    expect(canonicalText(Object.fromEntries(sorted.map((one, at) => [one, at])))).toBe(
      written(sorted),
    );
    for (let at = 1; at < sorted.length; at += 1) {
      const swapped = sorted.with(at, sorted[at - 1] ?? '').with(at - 1, sorted[at] ?? '');
      expect(errorOf(written(swapped))).toMatch(/belongs before/);
    }
  });

  it('refuses, and says at which byte, what JSON allows but a signature must not', () => {
    const refused: readonly (readonly [string, string])[] = [
      ['', 'byte 0: expected a value'],
      ['\ufeff1', 'byte 0: expected a value'],
      [' 1', 'byte 0: expected a value'],
      ['1 ', 'byte 1: nothing may follow'],
      ['1\n', 'byte 1: nothing may follow'],
      ['1\u0000', 'byte 1: nothing may follow'],
      ['nul', 'byte 0: expected a value'],
      ['nulll', 'byte 4: nothing may follow'],
      ['True', 'byte 0: expected a value'],
      ['NaN', 'byte 0: expected a value'],
      ['undefined', 'byte 0: expected a value'],
      ['{"a":1,"a":1}', 'byte 7: this key is here twice'],
      ['{"a":1,"b":2,"a":3}', 'byte 13: this key belongs before the last one, or is here twice'],
      ['{"a":1,"\\u0061":2}', 'byte 8: only a quote and a backslash may be escaped'],
      ['{"b":1,"a":2}', 'byte 7: this key belongs before'],
      ['{"a": 1}', 'byte 5: expected a value'],
      ['{"a":1,}', 'byte 7: expected a key'],
      ['{,}', 'byte 1: expected a key'],
      ['{a:1}', 'byte 1: expected a key'],
      ['{"a"}', 'byte 4: expected ":"'],
      ['{"a":1', 'byte 6: expected "," or "}"'],
      ['{"a":undefined}', 'byte 5: expected a value'],
      ['{"__proto__":1}', 'byte 1: __proto__ may not be a key'],
      ['[1,]', 'byte 3: expected a value'],
      ['[1', 'byte 2: expected "," or "]"'],
      ['[1 ,2]', 'byte 2: expected "," or "]"'],
      ['1.0', 'byte 0: a number has no fraction and no exponent'],
      ['[1e2]', 'byte 1: a number has no fraction and no exponent'],
      ['1E2', 'byte 0: a number has no fraction'],
      ['1.', 'byte 0: a number has no fraction'],
      ['.5', 'byte 0: expected a value'],
      ['+1', 'byte 0: expected a value'],
      ['-', 'byte 0: expected digits'],
      ['-a', 'byte 0: expected digits'],
      ['-0', 'byte 0: zero has no sign'],
      ['[-00]', 'byte 1: a number does not begin with 0'],
      ['01', 'byte 0: a number does not begin with 0'],
      ['0x1F', 'byte 1: nothing may follow'],
      ['9007199254740992', 'byte 0: the number is beyond 2^53 - 1'],
      ['9007199254740993', 'byte 0: the number is beyond 2^53 - 1'],
      ['-9007199254740992', 'byte 0: the number is beyond 2^53 - 1'],
      [`1${'0'.repeat(400)}`, 'byte 0: the number is beyond 2^53 - 1'],
      ['"', 'byte 0: this text does not end'],
      ['"a', 'byte 0: this text does not end'],
      ['"\\', 'byte 1: only a quote'],
      ['"\\/"', 'byte 1: only a quote'],
      ['"\\n"', 'byte 1: only a quote'],
      ['"\\ud800"', 'byte 1: only a quote'],
      ["'a'", 'byte 0: expected a value'],
      ['"a\nb"', 'byte 0: the text has U+000A, which is a control character'],
      ['"\u007f"', 'byte 0: the text has U+007F, which is a control character'],
      ['["\u0085"]', 'byte 1: the text has U+0085, which is a control character'],
      ['"\u202e"', 'byte 0: the text has U+202E, which changes the direction'],
      ['{"a":"\u2066"}', 'byte 5: the text has U+2066, which changes the direction'],
      ['{"a\u200b":1}', 'byte 1: the text has U+200B, which cannot be seen'],
      ['"\ufeff"', 'byte 0: the text has U+FEFF, which cannot be seen'],
      ['"\u2028"', 'byte 0: the text has U+2028, which breaks the line'],
      ['"\ufffe"', 'byte 0: the text has U+FFFE, which is not a character'],
      ['"e\u0301"', 'byte 0: the text is not in composed form'],
      ['"\u212b"', 'byte 0: the text is not in composed form'],
      ['{"u\u0308":1}', 'byte 1: the text is not in composed form'],
    ];
    for (const [input, error] of refused)
      expect([input, errorOf(input)]).toEqual([input, expect.stringContaining(error)]);
  });

  it('refuses what is not UTF-8, at the byte where it stops being it', () => {
    const broken = [
      '80', // a middle without a beginning
      'c3', // cut off by the quote
      'c080', // zero in two bytes
      'c1bf',
      'e0809f', // too long for what they say
      'e28228',
      'f0808080',
      'eda080', // half a pair
      'edbfbf',
      'f4908080', // beyond the last character
      'f5808080',
      'f8908080', // lead bytes that do not exist
      'ff',
      'fe',
    ];
    for (const hex of broken) {
      expect([hex, errorOf(hexToBytes(`22${hex}22`))]).toEqual([hex, 'byte 1: this is not UTF-8']);
      expect([hex, errorOf(hexToBytes(`2261${hex}`))]).toEqual([hex, 'byte 2: this is not UTF-8']);
    }
    expect(errorOf(utf8ToBytes('"\u{10ffff}"'))).toContain('U+10FFFF, which is not a character');
    expect(errorOf(utf8ToBytes('"\u{10fffd}\u{ffff}"'))).toContain('U+FFFF');
    expect(errorOf(utf8ToBytes('"\u{10fffd}\u0080"'))).toContain('U+0080');
    expect(errorOf(utf8ToBytes('"\u{10fffd}\u07ff\u0800\u{10000}"'))).toBeNull();
  });

  it('is bounded in depth and in size, both named', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(errorOf(nested(STRICT_JSON_DEPTH_MAX))).toBeNull();
    expect(errorOf(nested(STRICT_JSON_DEPTH_MAX + 1))).toBe(
      'byte 8: values may not be nested deeper than 8',
    );
    expect(errorOf('{"a":'.repeat(9))).toMatch(/^byte 40: values may not/);
    expect(errorOf('['.repeat(STRICT_JSON_BYTES_MAX))).toMatch(/nested deeper/);
    expect(errorOf(`"${'a'.repeat(STRICT_JSON_BYTES_MAX - 2)}"`)).toBeNull();
    expect(errorOf(`"${'a'.repeat(STRICT_JSON_BYTES_MAX - 1)}"`)).toBe(
      '32769 bytes are more than 32768',
    );
    expect(errorOf('9'.repeat(STRICT_JSON_BYTES_MAX))).toMatch(/beyond/);
  });

  it('reads an escaped key as it is, where V8 takes it for one that it saw before', () => {
    JSON.parse(String.raw`{"!":0,"\\":1}`);
    const read = readStrictJson(utf8ToBytes(String.raw`{"!":0,"\"":1}`));
    expect(read.ok && Object.keys(read.value as object)).toEqual(['!', '"']);
  });

  it('reads keys that name parts of every record as plain fields', () => {
    const read = readStrictJson(utf8ToBytes('{"constructor":1,"hasOwnProperty":2,"toString":3}'));
    expect(read.ok && Object.entries(read.value as object)).toEqual([
      ['constructor', 1],
      ['hasOwnProperty', 2],
      ['toString', 3],
    ]);
  });
});

describe('plain text', () => {
  it('refuses exactly what Unicode calls a control, hidden, broken or not a character', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10_ffff; code += 1) {
      const one = String.fromCodePoint(code);
      const isRefused = plainTextProblem(one)?.startsWith('has U+') ?? false;
      if (isRefused !== REFUSED_BY_UNICODE.test(one)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it('takes the names that people and banks have, and refuses disguises of them', () => {
    const names = [
      'Zoë Müller-Łęcki',
      "O'Brien & Sons",
      '株式会社',
      'محمد',
      'Nguyễn Văn Ánh',
      'a\u00a0b',
      '',
    ];
    for (const name of names) expect([name, plainTextProblem(name)]).toEqual([name, null]);
    const disguises = [
      'ACME\u202eDTL', // reads backwards from here
      'Zoe\u0308 Müller', // the same name in other bytes
      'A\u200bCME',
      'A\u00adCME',
      'ACME\u2028Account 2',
      'ACME\ufe0f',
      'ACME\u{e0041}',
      'ACME\u3164',
      'ACME\t',
      'ACME\ud800',
      '\udc00ACME',
    ];
    for (const name of disguises) expect([name, isPlainText(name)]).toEqual([name, false]);
  });
});
