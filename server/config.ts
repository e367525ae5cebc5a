import { parseArgs } from 'node:util';
import { z } from 'zod';
import { err, ok, type Result } from '#core/kernel/result.ts';

/**
 * Everything that can be set, from the command line, else the environment, else a default.
 * Documented for people in resources/configuration.md.
 */
const schema = z.object({
  data: z.string().min(1).default('.propdesk'),
  port: z.coerce.number().int().min(0).max(65_535).default(7410),
  accounts: z.coerce.number().int().min(1).max(1_000_000).default(2_000),
  seed: z.coerce.number().int().min(0).max(4_294_967_295).default(1),
  /** Market seconds per second; 0 is as fast as possible. */
  speed: z
    .union([z.literal('max').transform(() => 0), z.coerce.number().min(0.1).max(10_000)])
    .default(1),
  activity: z.coerce.number().int().min(1).max(1_000).default(100),
  market: z.string().optional(),
  /** `demo` comes with invented people and a public password; `own` asks for the first person. */
  people: z.enum(['demo', 'own']).default('demo'),
  org: z.string().min(1).max(80).default('demo-firm'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});
export type Config = z.output<typeof schema>;

const ENVIRONMENT: Readonly<Record<keyof Config, string>> = {
  data: 'PROPDESK_DATA',
  port: 'PROPDESK_SERVER_PORT',
  accounts: 'PROPDESK_ACCOUNTS',
  seed: 'PROPDESK_SEED',
  speed: 'PROPDESK_SPEED',
  activity: 'PROPDESK_ACTIVITY',
  market: 'PROPDESK_MARKET',
  people: 'PROPDESK_PEOPLE',
  org: 'PROPDESK_ORG',
  logLevel: 'PROPDESK_LOG_LEVEL',
};

/** Reads the configuration; every fault is named by the option it came from. */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Result<Config, string> {
  const names = Object.keys(ENVIRONMENT) as (keyof Config)[];
  let given: Record<string, string | boolean | undefined>;
  try {
    const options = Object.fromEntries(
      names.map((name) => [flagOf(name), { type: 'string' as const }]),
    );
    given = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const known = names.map((name) => `--${flagOf(name)}`).join(' ');
    const reason = error instanceof Error ? error.message : String(error);
    return err(`${reason}\nknown options: ${known}`);
  }
  const input = Object.fromEntries(
    names.map((name) => [name, given[flagOf(name)] ?? env[ENVIRONMENT[name]]]),
  );
  const parsed = schema.safeParse(input);
  if (parsed.success) return ok(parsed.data);
  return err(
    parsed.error.issues
      .map(({ path, message }) => {
        const name = path[0] as keyof Config;
        return `--${flagOf(name)} (or ${ENVIRONMENT[name]}): ${message}, was "${String(input[name])}"`;
      })
      .join('\n'),
  );
}

function flagOf(name: keyof Config): string {
  return name === 'logLevel' ? 'log-level' : name;
}
