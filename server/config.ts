import { parseArgs } from 'node:util';
import { z } from 'zod';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { NEEDS } from '#core/rules/rule-kind.ts';

/**
 * Everything that can be set, from the command line, else the environment, else a default.
 * Documented for people in resources/configuration.md.
 */
const schema = z.object({
  /** Where accounts and prices come from: the demo world, or a plugin behind the bridge. */
  platform: z.enum(['demo', 'bridge']).default('demo'),
  /** The bridge's name: what its plugin calls itself, and the platform's name in every fact. */
  bridge: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/)
    .default('bridge'),
  bridgePort: z.coerce.number().int().min(0).max(65_535).default(7430),
  bridgeHost: z.string().min(1).default('127.0.0.1'),
  /** PEM files; without them the bridge listens on this machine only. */
  bridgeCertificate: z.string().optional(),
  bridgeCertificateKey: z.string().optional(),
  /** What the plugin delivers beyond deals and prices, separated by commas. */
  bridgeDelivers: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((one) => one !== ''))
    .pipe(z.array(z.enum(NEEDS))),
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
  platform: 'PROPDESK_PLATFORM',
  bridge: 'PROPDESK_BRIDGE',
  bridgePort: 'PROPDESK_BRIDGE_PORT',
  bridgeHost: 'PROPDESK_BRIDGE_HOST',
  bridgeCertificate: 'PROPDESK_BRIDGE_CERTIFICATE',
  bridgeCertificateKey: 'PROPDESK_BRIDGE_CERTIFICATE_KEY',
  bridgeDelivers: 'PROPDESK_BRIDGE_DELIVERS',
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
  if (parsed.success) {
    const problem = bridgeProblem(parsed.data);
    return problem === null ? ok(parsed.data) : err(problem);
  }
  return err(
    parsed.error.issues
      .map(({ path, message }) => {
        const name = path[0] as keyof Config;
        return `--${flagOf(name)} (or ${ENVIRONMENT[name]}): ${message}, was "${String(input[name])}"`;
      })
      .join('\n'),
  );
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** What each setting allows alone and all of them together do not. */
function bridgeProblem(config: Config): string | null {
  const { bridgeCertificate, bridgeCertificateKey, bridgeHost, platform, people } = config;
  if ((bridgeCertificate === undefined) !== (bridgeCertificateKey === undefined)) {
    return '--bridge-certificate and --bridge-certificate-key belong together: give both or none';
  }
  if (!LOOPBACK.includes(bridgeHost) && bridgeCertificate === undefined) {
    return (
      `--bridge-host ${bridgeHost} is reached from other machines: give --bridge-certificate and ` +
      '--bridge-certificate-key, or listen on 127.0.0.1 behind something that ends TLS'
    );
  }
  if (platform !== 'demo' && people === 'demo') {
    return `--platform ${platform} needs --people own: the demonstration's passwords are public`;
  }
  return null;
}

function flagOf(name: keyof Config): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
