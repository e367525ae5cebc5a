import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  scrypt,
  type ScryptOptions,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { newPrivateKey, signingKeyOf } from './ed25519.ts';
import type { Vault } from './vault.ts';

export const PASSPHRASE_LENGTH_MIN = 10;
const COST: ScryptOptions = { N: 2 ** 16, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const fileSchema = z.strictObject({ v: z.literal(1), publicKey: z.string(), key: z.string() });
const sealedSchema = z.strictObject({
  salt: z.string(),
  nonce: z.string(),
  sealed: z.string(),
  tag: z.string(),
});

/** A second seal around a key's file, by whatever the host has; the plain host has none. */
export interface OuterSeal {
  seal(text: string): Promise<string>;
  open(text: string): Promise<string>;
}
const NO_OUTER_SEAL: OuterSeal = {
  seal: (text) => Promise.resolve(text),
  open: (text) => Promise.resolve(text),
};

export interface VaultOptions {
  readonly cost?: ScryptOptions;
  readonly outer?: OuterSeal;
}

/** Keys in files of their own, sealed by AES-256-GCM under a passphrase (scrypt). */
export function openPassphraseVault(folder: string, options: VaultOptions = {}): Vault {
  const { cost = COST, outer = NO_OUTER_SEAL } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (personId: string): string =>
    join(folder, `${digestOfText(personId).slice(0, 32)}.json`);
  const read = (personId: string): z.output<typeof fileSchema> | 'damaged' | null => {
    const file = fileOf(personId);
    if (!existsSync(file)) return null;
    return parsed(readFileSync(file, 'utf8'), fileSchema) ?? 'damaged';
  };
  return {
    presence: 'passphrase',
    publicKey: (personId) => {
      const sealed = read(personId);
      if (sealed === null || sealed === 'damaged') return null;
      return new Uint8Array(Buffer.from(sealed.publicKey, 'base64'));
    },
    create: async (personId, passphrase) => {
      if (read(personId)) return err(HELD_ALREADY);
      if (passphrase.length < PASSPHRASE_LENGTH_MIN) {
        return err(`a passphrase has at least ${PASSPHRASE_LENGTH_MIN} characters`);
      }
      const privateKey = newPrivateKey();
      const opened = signingKeyOf(privateKey);
      const [salt, nonce] = [randomBytes(16), randomBytes(NONCE_BYTES)];
      const cipher = createCipheriv('aes-256-gcm', await stretched(passphrase, salt, cost), nonce);
      cipher.setAAD(Buffer.from(personId));
      const sealed = Buffer.concat([cipher.update(privateKey), cipher.final()]);
      privateKey.fill(0);
      const text = {
        salt: salt.toString('base64'),
        nonce: nonce.toString('base64'),
        sealed: sealed.toString('base64'),
        tag: cipher.getAuthTag().toString('base64'),
      };
      const file = fileOf(personId);
      const publicKey = Buffer.from(opened.publicKey).toString('base64');
      const key = await attempt(() => outer.seal(JSON.stringify(text)));
      if (!key.ok) return key;
      const content = { v: 1, publicKey, key: key.value };
      // Somebody may have made one while this one was being sealed.
      if (existsSync(file)) return err(HELD_ALREADY);
      writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
      return ok(opened);
    },
    open: async (personId, passphrase) => {
      const file = read(personId);
      if (!file) return err('this desk holds no key of yours: enrol one first');
      if (file === 'damaged') return err(DAMAGED);
      const inner = await attempt(() => outer.open(file.key));
      if (!inner.ok) return inner;
      const sealed = parsed(inner.value, sealedSchema);
      if (!sealed) return err(DAMAGED);
      const opened = await unseal(personId, passphrase, sealed, cost);
      if (!opened.ok) return opened;
      // The seal is around the private half: that the other belongs to it is seen only now.
      const isPair = Buffer.from(opened.value.publicKey).toString('base64') === file.publicKey;
      return isPair ? opened : err(DAMAGED);
    },
  };
}

const HELD_ALREADY = 'this desk holds a key of yours already';
const DAMAGED =
  'the file of your key is damaged: enrol a new key on another desk, and have this one revoked';

function parsed<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What a host's own seal says against it is for the person to read. */
async function attempt(work: () => Promise<string>): Promise<Result<string, string>> {
  try {
    return ok(await work());
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

async function unseal(
  personId: string,
  passphrase: string,
  { salt, nonce, sealed, tag }: z.output<typeof sealedSchema>,
  cost: ScryptOptions,
): Promise<Result<ReturnType<typeof signingKeyOf>, string>> {
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  const key = await stretched(passphrase, bytes(salt), cost);
  if (bytes(nonce).length !== NONCE_BYTES || bytes(tag).length !== TAG_BYTES) return err(DAMAGED);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes(nonce), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(personId));
  decipher.setAuthTag(bytes(tag));
  try {
    const privateKey = Buffer.concat([decipher.update(bytes(sealed)), decipher.final()]);
    const opened = signingKeyOf(privateKey);
    privateKey.fill(0);
    return ok(opened);
  } catch {
    return err('the passphrase is wrong');
  }
}

function stretched(passphrase: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((done, fail) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, cost, (error, key) =>
      error ? fail(error) : done(key),
    );
  });
}
