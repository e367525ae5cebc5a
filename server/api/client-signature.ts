import {
  digestOfBytes,
  instantOf,
  isFresh,
  isSameText,
  macOf,
  partsOf,
  SIGNATURE_AGE_MAX_MS,
} from '../payments/message-signature.ts';
import type { ClientKeys } from './client-keys.ts';

export const CLIENT_SIGNATURE = 'propdesk-signature';
export const IDEMPOTENCY_KEY = 'idempotency-key';
const REQUEST_KIND = 'api-request/1';
/** Signatures remembered until they are stale by themselves; beyond it nobody is let in. */
const SEEN_MAX = 200_000;

/** How a client signs, in the words of the API's description. */
export const SIGNATURE_TEXT =
  'Propdesk-Signature: client=<id>,t=<milliseconds since 1970>,v=<hex>, where v is the HMAC-SHA256 ' +
  'with the client’s secret (base64url-decoded) over six lines, joined by \\n: "api-request/1", t, ' +
  'the method, the path, the Idempotency-Key (empty where there is none), and the SHA-256 of the ' +
  'body in hexadecimal digits. A signature counts once, and for five minutes.';

interface Signed {
  readonly method: string;
  readonly path: string;
  /** Empty where there is none. */
  readonly idempotencyKey: string;
  readonly body: Uint8Array;
}

/** The header that a client sends: for tests, and as an example of how it is made. */
export function signRequest(
  {
    client,
    secret,
    t,
  }: { readonly client: string; readonly secret: Uint8Array; readonly t: number },
  signed: Signed,
): string {
  return `client=${client},t=${t},v=${macOf(secret, REQUEST_KIND, t, signedBytes(signed))}`;
}

function signedBytes({ method, path, idempotencyKey, body }: Signed): Uint8Array {
  return Buffer.from(`${method}\n${path}\n${idempotencyKey}\n${digestOfBytes(body)}`);
}

/** Who says to have signed: known before anything of the body is read. */
export interface Claim {
  readonly client: string;
  readonly t: number;
  readonly v: string;
  readonly secret: Uint8Array;
}

/** Null when nobody known could have signed this now. */
export function claimOf(header: string, keys: ClientKeys, now: number): Claim | null {
  const parts = partsOf(header, ['client', 't', 'v']);
  const t = instantOf(parts?.get('t'));
  const client = parts?.get('client') ?? '';
  const secret = keys.secretOf(client);
  if (!parts || t === null || !secret || !isFresh(t, now)) return null;
  return { client, t, v: parts.get('v') ?? '', secret };
}

export function isSignedBy(claim: Claim, signed: Signed): boolean {
  const wanted = macOf(claim.secret, REQUEST_KIND, claim.t, signedBytes(signed));
  return isSameText(claim.v, wanted);
}

/** Signatures that were used: a copied request is refused for as long as it would be fresh. */
export interface SeenSignatures {
  /** False when it was used before, or when too many are remembered to take another. */
  use(signature: string, now: number): boolean;
}

export function createSeenSignatures(seenMax: number = SEEN_MAX): SeenSignatures {
  const seen = new Map<string, number>();
  const forget = (now: number): void => {
    // In the order in which they came; a clock ahead by five minutes stays fresh for ten.
    for (const [signature, at] of seen) {
      if (now - at <= 2 * SIGNATURE_AGE_MAX_MS) return;
      seen.delete(signature);
    }
  };
  return {
    use: (signature, now) => {
      forget(now);
      if (seen.has(signature) || seen.size >= seenMax) return false;
      seen.set(signature, now);
      return true;
    },
  };
}
