import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/kernel/random.ts';
import {
  fingerprintOf,
  fingerprintText,
  publicKeyProblem,
  signatureProblem,
  strictVerify,
  type VerifyBytes,
} from './public-key.ts';
import * as curve from './testing/curve.ts';
import { SPECCHECK } from './testing/speccheck.ts';

const nodeVerify: VerifyBytes = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};
const strict = strictVerify(nodeVerify);
/** A host that finds everything right: what is refused then, the wrapper refuses. */
const strictAlone = strictVerify(() => true);

function nodeSign(seed: string, message: Uint8Array): Uint8Array {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return new Uint8Array(sign(null, message, key));
}

/** RFC 8032, section 7.1: the tests 1, 2, 3 and SHA(abc). */
const RFC_8032 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
  {
    seed: '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    publicKey: 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    message: bytesToHex(createHash('sha512').update('abc').digest()),
    signature:
      'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589' +
      '09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  },
].map(({ seed, publicKey, message, signature }) => ({
  seed,
  publicKey: hexToBytes(publicKey),
  message: hexToBytes(message),
  signature: hexToBytes(signature),
}));
const HONEST = RFC_8032[2] as (typeof RFC_8032)[number];
const HONEST_SECRET = secretOf(HONEST.seed);

/** The number that a seed stands for: RFC 8032, section 5.1.5. */
function secretOf(seed: string): bigint {
  const bytes = createHash('sha512').update(hexToBytes(seed)).digest().subarray(0, 32);
  return (curve.numberOf(bytes) & ((1n << 254n) - 8n)) | (1n << 254n);
}

/** All encodings of small order, as https://c2sp.org/CCTV/ed25519 lists them. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
];
const TORSION = curve.torsionPoints();
const TORSION_ENCODINGS = TORSION.flatMap(curve.encodings);

function joined(first: Uint8Array, scalar: bigint): Uint8Array {
  return concatBytes(first, curve.bytesOf(scalar));
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

describe('a strict verifier', () => {
  it('accepts the signatures of RFC 8032, which its host makes byte by byte', () => {
    for (const { seed, publicKey, message, signature } of RFC_8032) {
      expect(nodeSign(seed, message)).toEqual(signature);
      expect(publicKeyProblem(publicKey)).toBeNull();
      expect(signatureProblem(signature)).toBeNull();
      expect(strict(publicKey, message, signature)).toBe(true);
      expect(curve.verifyPlainly(publicKey, message, signature)).toBe(true);
    }
  });

  it('accepts whatever an honest key signs', () => {
    const random = createRandom(8_032);
    for (let round = 0; round < 200; round += 1) {
      const seed = Uint8Array.from({ length: 32 }, () => random.below(256));
      const message = Uint8Array.from({ length: random.below(200) }, () => random.below(256));
      const key = curve.encode(curve.times(secretOf(bytesToHex(seed)), curve.BASE));
      expect(strict(key, message, nodeSign(bytesToHex(seed), message))).toBe(true);
    }
  });

  it('refuses every key of small order, though one signature fits all messages', () => {
    const always = joined(curve.encode(curve.IDENTITY), 0n);
    const fitted = new Map<string, number>();
    for (const key of TORSION_ENCODINGS) {
      expect(publicKeyProblem(key)).toMatch(/small order|not written canonically/);
      for (let number = 0; number < 64; number += 1) {
        const message = utf8ToBytes(`pay ${number}`);
        expect(strict(key, message, always)).toBe(false);
        expect(strictAlone(key, message, HONEST.signature)).toBe(false);
        // The canary: without our refusals the same signature is right for other messages too.
        const fits = curve.verifyPlainly(key, message, always) ? 1 : 0;
        fitted.set(bytesToHex(key), (fitted.get(bytesToHex(key)) ?? 0) + fits);
      }
    }
    expect(fitted.size).toBe(14);
    for (const hex of SMALL_ORDER.slice(4, 8)) expect(fitted.get(hex)).toBe(64);
    expect(Math.min(...fitted.values())).toBeGreaterThan(0);
  });

  it('refuses R of small order, even from who holds the key', () => {
    for (const commitment of TORSION_ENCODINGS) {
      const factor = curve.challenge(commitment, HONEST.publicKey, HONEST.message);
      const signature = joined(commitment, curve.modulo(factor * HONEST_SECRET, curve.L));
      expect(signatureProblem(signature)).toMatch(/small order|not written canonically/);
      expect(strict(HONEST.publicKey, HONEST.message, signature)).toBe(false);
      // The canary: with R the identity, this is a right signature to a plain verifier.
      expect(curve.verifyPlainly(HONEST.publicKey, HONEST.message, signature)).toBe(
        bytesToHex(commitment) === SMALL_ORDER[4],
      );
    }
  });

  it('refuses a signature to which the order was added, as often as there is room', () => {
    const [first, scalar] = [
      HONEST.signature.subarray(0, 32),
      curve.numberOf(HONEST.signature.subarray(32)),
    ];
    let refused = 0;
    for (let added = scalar + curve.L; added < 2n ** 256n; added += curve.L) {
      expect(signatureProblem(joined(first, added))).toMatch(/not below the order/);
      expect(strictAlone(HONEST.publicKey, HONEST.message, joined(first, added))).toBe(false);
      refused += 1;
    }
    expect(refused).toBe(15);
    expect(signatureProblem(joined(first, curve.L))).toMatch(/not below the order/);
    expect(signatureProblem(joined(first, curve.L - 1n))).toBeNull();
    expect(signatureProblem(joined(first, 0n))).toBeNull();
  });

  /**
   * Of the twelve only the fourth is right: its key has a part of small order, but all of the
   * equation that a verifier without the cofactor computes holds, no encoding is doubtful and no
   * second signature can be derived from it. Every verifier accepts it, with the cofactor or
   * without, so to refuse it would let two of them differ. The next two hold only with the cofactor.
   */
  it('judges the cases of ed25519-speccheck as the strict verifiers of its table do', () => {
    const hexes = SPECCHECK.map(({ publicKey, message, signature }) =>
      [publicKey, message, signature].map(hexToBytes),
    ) as [Uint8Array, Uint8Array, Uint8Array][];
    expect(hexes).toHaveLength(12);
    const row = (one: VerifyBytes): string =>
      hexes.map((each) => (one(...each) ? 'V' : 'X')).join('');
    expect(row(strict)).toBe('XXXVXXXXXXXX');
    // The canary: the published row of OpenSSL, BoringSSL and Go.
    expect(row(curve.verifyPlainly)).toBe('VVVVXXXXXXXV');
    // And without any verifier, all but the equation is refused already.
    expect(row(strictAlone)).toBe('XXXVVVXXXXXX');
  });

  it('refuses a signature with any bit turned, of any other length, or with its halves swapped', () => {
    const { publicKey, message, signature } = HONEST;
    for (let bit = 0; bit < 512; bit += 1) {
      expect(strict(publicKey, message, flipped(signature, bit))).toBe(false);
    }
    for (let bit = 0; bit < 256; bit += 1) {
      expect(strict(flipped(publicKey, bit), message, signature)).toBe(false);
    }
    for (let bit = 0; bit < 16; bit += 1) {
      expect(strict(publicKey, flipped(message, bit), signature)).toBe(false);
    }
    for (let length = 0; length < 64; length += 1) {
      expect(strictAlone(publicKey, message, signature.slice(0, length))).toBe(false);
      expect(strictAlone(publicKey, message, signature.slice(64 - length))).toBe(false);
    }
    for (const more of [1, 2, 32, 64]) {
      const zeros = new Uint8Array(more);
      expect(strictAlone(publicKey, message, concatBytes(signature, zeros))).toBe(false);
      expect(strictAlone(publicKey, message, concatBytes(zeros, signature))).toBe(false);
    }
    const swapped = concatBytes(signature.slice(32), signature.slice(0, 32));
    expect(strict(publicKey, message, swapped)).toBe(false);
  });

  it('refuses edge values of both halves, in every combination', () => {
    const edges = [0n, 1n, 2n, curve.L - 1n, curve.L, curve.L + 1n, curve.P - 1n, curve.P];
    const values = [
      ...edges,
      curve.P + 1n,
      2n ** 252n,
      2n ** 255n - 1n,
      2n ** 255n,
      2n ** 256n - 1n,
    ];
    const firsts = [...values.map(curve.bytesOf), HONEST.signature.slice(0, 32)];
    for (const first of firsts) {
      for (const scalar of values) {
        expect(strict(HONEST.publicKey, HONEST.message, joined(first, scalar))).toBe(false);
      }
    }
  });

  it('does not take the signature of one message, key or person for that of another', () => {
    for (const one of RFC_8032) {
      for (const other of RFC_8032) {
        expect(strict(one.publicKey, other.message, other.signature)).toBe(one === other);
        expect(strict(other.publicKey, one.message, other.signature)).toBe(one === other);
      }
    }
  });
});

describe('a public key', () => {
  it('has small order exactly when it is one of the published encodings', () => {
    expect(TORSION_ENCODINGS.map(bytesToHex).sort()).toEqual([...SMALL_ORDER].sort());
    expect(new Set(TORSION.map(({ y }) => y)).size).toBe(5);
  });

  it('is refused for its length, an y that is not canonical, or a zero with a sign', () => {
    for (const length of [0, 31, 33, 64]) {
      expect(publicKeyProblem(new Uint8Array(length))).toBe('the key is not 32 bytes');
    }
    for (let above = 0n; above < 19n; above += 1n) {
      for (const sign of [0n, 2n ** 255n]) {
        const key = curve.bytesOf((curve.P + above) | sign);
        expect(publicKeyProblem(key)).toMatch(/its y is not below the field/);
      }
    }
    for (const y of [1n, curve.P - 1n]) {
      expect(publicKeyProblem(curve.bytesOf(y | (2n ** 255n)))).toMatch(/negative zero/);
    }
  });

  it('is on the curve exactly when the curve has a point with its y', () => {
    const random = createRandom(25_519);
    const seen = { on: 0, off: 0 };
    for (let round = 0; round < 400; round += 1) {
      const bytes = Uint8Array.from({ length: 32 }, () => random.below(256));
      const isOn = curve.decode(bytes) !== null;
      seen[isOn ? 'on' : 'off'] += 1;
      expect(publicKeyProblem(bytes)).toBe(isOn ? null : 'the key is not on the curve');
    }
    expect(Math.min(seen.on, seen.off)).toBeGreaterThan(150);
  });

  it('may have a part of small order, which only who made it can know', () => {
    const part = TORSION.find((point) => curve.times(4n, point).y !== 1n) as curve.Point;
    const point = curve.decode(HONEST.publicKey) as curve.Point;
    expect(publicKeyProblem(curve.encode(curve.add(point, part)))).toBeNull();
  });

  it('is read aloud as the first half of its hash, in eight groups', () => {
    const hash = createHash('sha256').update(HONEST.publicKey).digest('hex');
    expect(fingerprintOf(HONEST.publicKey)).toBe(hash);
    const text = fingerprintText(HONEST.publicKey);
    expect(text).toMatch(/^[0-9a-f]{4}( [0-9a-f]{4}){7}$/);
    expect(text.replaceAll(' ', '')).toBe(hash.slice(0, 32));
  });
});
