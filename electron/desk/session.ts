import { z } from 'zod';
import type { Audience } from '#core/approvals/decision.ts';
import { profileSchema, type Profile } from '#core/sync/protocol.ts';
import type { DeskStore } from './store/store.ts';

/** Who is signed in at this desk. It outlives a restart, and a server that cannot be reached. */
export interface DeskSession {
  person(): Profile | null;
  token(): string | null;
  /** Whom a signature must name, as the server last said; null before one was met. */
  audience(): Audience | null;
  began(token: string, profile: Profile): void;
  welcomed(audience: Audience, profile: Profile): void;
  ended(): void;
}

const keptSchema = z.strictObject({ token: z.string(), profile: profileSchema });
const audienceSchema = z.strictObject({
  org: z.string(),
  env: z.enum(['production', 'staging', 'demo', 'test']),
  log: z.string(),
});

export function createSession(store: DeskStore, changed: () => void): DeskSession {
  let kept = read(store.note('session'), keptSchema);
  let audience = read(store.note('audience'), audienceSchema);
  const keep = (next: typeof kept): void => {
    kept = next;
    store.saveNote('session', next && JSON.stringify(next));
    changed();
  };
  return {
    person: () => kept?.profile ?? null,
    token: () => kept?.token ?? null,
    audience: () => audience,
    began: (token, profile) => keep({ token, profile }),
    welcomed: (met, profile) => {
      audience = met;
      store.saveNote('audience', JSON.stringify(met));
      if (kept) keep({ ...kept, profile });
    },
    ended: () => {
      if (kept) keep(null);
    },
  };
}

function read<Schema extends z.ZodType>(
  text: string | null,
  schema: Schema,
): z.output<Schema> | null {
  if (text === null) return null;
  const parsed = schema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}
