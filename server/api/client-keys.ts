import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const SECRET_BYTES = 32;
const CLIENTS_MAX = 100;
/** The client that a new file has. */
const FIRST_CLIENT = 'site';

export const clientIdSchema = z.string().regex(/^[a-z][a-z0-9-]{1,29}$/);
const fileSchema = z.strictObject({
  clients: z
    .array(
      z.strictObject({
        id: clientIdSchema,
        /** At least 32 bytes, base64url. */
        secret: z.string().regex(/^[A-Za-z0-9_-]{43,200}$/),
      }),
    )
    .min(1)
    .max(CLIENTS_MAX),
});

/** The firm's own systems that may ask something here, each by a secret that only it and we know. */
export interface ClientKeys {
  secretOf(client: string): Uint8Array | null;
  readonly clients: readonly string[];
}

/** Reads the file of clients; made once, with one client, readable by its owner alone. */
export function openClientKeys(file: string): ClientKeys {
  if (!existsSync(file)) {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const made = { clients: [{ id: FIRST_CLIENT, secret }] };
    writeFileSync(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    renameSync(`${file}.new`, file);
  }
  chmodSync(file, 0o600);
  return clientKeys(readClients(file));
}

function readClients(file: string): z.output<typeof fileSchema>['clients'] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} is no JSON: put it back, or remove it to make a new one`);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    // Without the values: one of them may be a secret.
    const places = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new Error(`${file} is not a list of clients, each with id and secret (at ${places})`);
  }
  return parsed.data.clients;
}

export function clientKeys(
  clients: readonly { readonly id: string; readonly secret: string }[],
): ClientKeys {
  const secrets = new Map(
    clients.map(({ id, secret }) => [id, Buffer.from(secret, 'base64url')] as const),
  );
  return { secretOf: (client) => secrets.get(client) ?? null, clients: [...secrets.keys()] };
}
