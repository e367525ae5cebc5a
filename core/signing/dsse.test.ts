import fc from 'fast-check';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { base64Of } from '#core/kernel/base64.ts';
import { openEnvelope, pae, sealEnvelope, SIGNATURE_BYTES_MAX } from './dsse.ts';
import { STRICT_JSON_BYTES_MAX } from './strict-json.ts';

const TYPE = 'application/vnd.in-toto+json';
const STATEMENT = utf8ToBytes('{"_type":"https://in-toto.io/Statement/v1"}');
const SIGNATURE = new Uint8Array(64).fill(7);

const sealed = () => sealEnvelope(TYPE, STATEMENT, 'sha256:00', SIGNATURE);
const opens = (envelope: unknown): boolean => openEnvelope(envelope).ok;

describe('what is signed', () => {
  it('is, for the published example, the published text', () => {
    expect(pae('http://example.com/HelloWorld', utf8ToBytes('hello world'))).toEqual(
      utf8ToBytes('DSSEv1 29 http://example.com/HelloWorld 11 hello world'),
    );
  });

  it('is, for the published vectors, the published bytes', () => {
    const vectors = [
      [
        'application/vnd.exämple+json',
        STATEMENT,
        '445353457631203239206170706c69636174696f6e2f766e642e6578c3a46d706c652b6a736f6e20343320' +
          bytesToHex(STATEMENT),
      ],
      [
        TYPE,
        new Uint8Array(),
        `445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203020`,
      ],
      [
        TYPE,
        hexToBytes('fbffbf3e3f'),
        '445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203520fbffbf3e3f',
      ],
    ] as const;
    for (const [type, payload, hex] of vectors) expect(bytesToHex(pae(type, payload))).toBe(hex);
  });

  it('differs whenever the type or the payload does, whatever is moved between the two', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '1', '2', 'DSSEv1'), maxLength: 6 });
    fc.assert(
      fc.property(text, text, text, text, (type, payload, otherType, otherPayload) => {
        const one = bytesToHex(pae(type, utf8ToBytes(payload)));
        const other = bytesToHex(pae(otherType, utf8ToBytes(otherPayload)));
        expect(one === other).toBe(type === otherType && payload === otherPayload);
      }),
      { seed: 20_261_124, numRuns: 5_000 },
    );
  });

  it('has no type that is half a character, which would be written as another', () => {
    expect(() => pae('a\ud800', STATEMENT)).toThrow('whole characters');
  });
});

describe('an envelope', () => {
  it('gives back exactly what was sealed', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.uint8Array({ maxLength: 100 }), (payload, signature) => {
        const opened = openEnvelope(
          JSON.parse(JSON.stringify(sealEnvelope(TYPE, payload, 'k', signature))),
        );
        expect(opened).toEqual({
          ok: true,
          value: { payloadType: TYPE, payload, keyId: 'k', signature },
        });
      }),
      { seed: 20_261_125 },
    );
  });

  it('is sealed as the published vector writes it', () => {
    expect(sealed()).toEqual({
      payloadType: TYPE,
      payload: 'eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==',
      signatures: [{ keyid: 'sha256:00', sig: base64Of(SIGNATURE) }],
    });
  });

  it('carries as much as a signed value may be long, and one byte more is refused', () => {
    const largest = sealEnvelope(TYPE, new Uint8Array(STRICT_JSON_BYTES_MAX), 'k', SIGNATURE);
    expect(opens(largest)).toBe(true);
    const tooLong = base64Of(new Uint8Array(STRICT_JSON_BYTES_MAX + 1));
    expect(opens({ ...largest, payload: tooLong })).toBe(false);
    expect(opens({ ...largest, payload: 'A'.repeat(50_000_000) })).toBe(false);
    const sig = base64Of(new Uint8Array(SIGNATURE_BYTES_MAX + 1));
    expect(opens({ ...largest, signatures: [{ keyid: 'k', sig }] })).toBe(false);
    expect(opens({ ...largest, payloadType: 'a'.repeat(129) })).toBe(false);
    expect(() => sealEnvelope(TYPE, STATEMENT, '', SIGNATURE)).toThrow('can be opened');
  });

  it('is refused with another number of signatures, fields that nobody signed, or none', () => {
    const envelope = sealed();
    const [signature] = envelope.signatures;
    const { keyid: _keyId, ...anonymous } = signature;
    const broken: unknown[] = [
      null,
      [],
      'text',
      {},
      { ...envelope, signatures: [] },
      { ...envelope, signatures: [signature, signature] },
      { ...envelope, signatures: signature },
      { ...envelope, signatures: [anonymous] },
      { ...envelope, signatures: [{ ...signature, role: 'admin' }] },
      { ...envelope, amount: 1 },
      { ...envelope, payload: null },
      { ...envelope, payloadType: '' },
      { ...envelope, payloadType: 'application/json ' },
      { ...envelope, payloadType: 'application/vnd.exämple+json' },
    ];
    for (const one of broken) expect(opens(one)).toBe(false);
  });

  it('is refused unless its base64 is the only way to write those bytes', () => {
    const texts = [
      'AB==', // bits set behind the last byte
      'AAB=',
      'AA', // without padding
      'AA=',
      'AAA==',
      'A===',
      '====',
      'AA==AA==',
      'AAAA\n',
      ' AAAA',
      'AA AA',
      '-_-_', // the alphabet for addresses
      'AAA\u00e1',
    ];
    for (const payload of texts)
      expect([payload, opens({ ...sealed(), payload })]).toEqual([payload, false]);
    for (const payload of ['', 'AA==', 'AAA=', 'AAAA']) {
      expect([payload, opens({ ...sealed(), payload })]).toEqual([payload, true]);
    }
  });

  it('says where it is wrong', () => {
    const opened = openEnvelope({ ...sealed(), payload: 'AB==' });
    expect(opened.ok ? '' : opened.error).toMatch(/payload/);
  });
});
