import { z } from 'zod';
import { err, ok, type Result } from '#core/kernel/result.ts';

export const TEMPLATES_MAX = 200;
export const TEMPLATE_TEXT_MAX = 4_000;

/** What an answer may be filled with: each is read from live facts when the answer is written. */
export const VARIABLES = {
  ticket: 'number of the ticket',
  trader: 'name of the trader',
  account: 'id of the account',
  program: 'name of its program',
  phase: 'name of its phase',
  status: 'where the account stands',
  balance: 'equity of the account now',
  verdict: 'what the last rule said, in its own sentence',
  payout: 'id of the last payout request',
  payoutState: 'where that request stands',
  payoutAmount: 'what was asked for',
  me: 'name of the person who answers',
} as const;
export type Variable = keyof typeof VARIABLES;
export type Filling = Readonly<Partial<Record<Variable, string>>>;

export const ownTemplateSchema = z.strictObject({
  templateId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  title: z.string().min(1).max(80),
  text: z
    .string()
    .min(1)
    .max(TEMPLATE_TEXT_MAX)
    .refine((text) => unknownIn(text) === null, {
      error: `expected only ${Object.keys(VARIABLES)
        .map((name) => `{${name}}`)
        .join(' ')} in braces`,
    }),
});
export type Template = z.infer<typeof ownTemplateSchema>;

const NAMES = /\{(\w+)\}/g;

function unknownIn(text: string): string | null {
  for (const [, name = ''] of text.matchAll(NAMES)) {
    if (!Object.hasOwn(VARIABLES, name)) return name;
  }
  return null;
}

/**
 * A template with what the facts say; an error names what is not known. Nothing is left in braces,
 * and nothing that a trader wrote is ever read as a template.
 */
export function fillTemplate(text: string, filling: Filling): Result<string, string> {
  const missing = new Set<string>();
  const filled = text.replaceAll(NAMES, (_, name: string) => {
    const value = Object.hasOwn(VARIABLES, name) ? filling[name as Variable] : undefined;
    if (value === undefined || value === '') missing.add(name);
    return value ?? '';
  });
  if (missing.size === 0) return ok(filled);
  const names = [...missing].map((name) => VARIABLES[name as Variable] ?? name);
  return err(`not known here: ${names.join(', ')}`);
}

const GREETING = 'Hello {trader},\n\n';
const REGARDS = '\n\nKind regards\n{me}';

/** Answers that come with the program; a firm adds its own in `support.json`. */
export const TEMPLATES: readonly Template[] = [
  {
    templateId: 'where-it-stands',
    title: 'Where the account stands',
    text: `${GREETING}your account {account} in {program}, {phase}, is {status}. Its equity is {balance}.${REGARDS}`,
  },
  {
    templateId: 'verdict-explained',
    title: 'What the rule said',
    text:
      `${GREETING}on your account {account} this was decided: {verdict}.\n\nEverything that it ` +
      'rests on is kept. If you think that it is wrong, answer to this message within 14 days and ' +
      `say why: a person who had no part in it looks at it again.${REGARDS}`,
  },
  {
    templateId: 'payout-state',
    title: 'Where the payout stands',
    text:
      `${GREETING}your request {payout} over {payoutAmount} is {payoutState}. You hear from us as ` +
      `soon as that changes.${REGARDS}`,
  },
  {
    templateId: 'which-account',
    title: 'Ask for the account',
    text:
      'Hello,\n\nwhich of your accounts is it about? Its number stands at the top of your ' +
      `platform. Until you answer, the time in which we answer stands still.${REGARDS}`,
  },
  {
    templateId: 'dispute-taken',
    title: 'The dispute is taken down',
    text:
      `${GREETING}we have taken down that you dispute a decision about account {account}. Somebody ` +
      `who had no part in it looks at it, and answers you within 7 days.${REGARDS}`,
  },
];
