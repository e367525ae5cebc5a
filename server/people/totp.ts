import { Secret, TOTP } from 'otpauth';

/** RFC 6238 as every authenticator app knows it. */
const ISSUER = 'Propdesk';
const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** Steps that the clock of a telephone may be ahead or behind. */
const WINDOW_STEPS = 1;

export function newTotpSecret(random: (bytes: number) => Uint8Array): Uint8Array {
  return random(SECRET_BYTES);
}

/** What an authenticator app is told: as a link (or a picture of it), or typed in. */
export function enrolmentOf(
  secret: Uint8Array,
  login: string,
): { readonly uri: string; readonly secret: string } {
  const totp = totpOf(secret, login);
  return { uri: totp.toString(), secret: totp.secret.base32 };
}

/** The step that a code belongs to, or null when it is wrong. Who asks sees to it that each is used once. */
export function stepOf(secret: Uint8Array, code: string, now: number): number | null {
  const token = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const totp = totpOf(secret, '');
  const delta = totp.validate({ token, timestamp: now, window: WINDOW_STEPS });
  return delta === null ? null : totp.counter({ timestamp: now }) + delta;
}

function totpOf(secret: Uint8Array, label: string): TOTP {
  const { buffer } = Uint8Array.from(secret);
  return new TOTP({
    issuer: ISSUER,
    label,
    secret: new Secret({ buffer }),
    digits: DIGITS,
    period: PERIOD_SECONDS,
  });
}

/** Letters and digits that are hard to confuse, for codes that a person reads out or types. */
export function base32Of(bytes: Uint8Array): string {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer }).base32;
}
