import { z } from 'zod';
import { actionTypeSchema, type ActionType } from '#core/approvals/action-types.ts';
import type { ProposalAbout } from '#core/approvals/approvals.events.ts';
import type { signedMoneySchema } from '#core/approvals/decision.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestSchema } from '#core/kernel/ids.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { shownText } from '#core/payouts/display.ts';
import type { GovernedWorld } from '../world.ts';

/** What a person sees before signing, made from the bytes alone by one function everywhere. */
export interface Display {
  /** Plain text, a line each. */
  readonly text: string;
  readonly money: z.output<typeof signedMoneySchema> | null;
  readonly payee: { readonly digest: string; readonly last4: string } | null;
}

export const NOBODY: ProposalAbout = {
  accountId: null,
  traderId: null,
  programId: null,
  region: null,
  personId: null,
};

/** What a proposal would be about, once its parameters are accepted. */
export interface Prepared {
  readonly params: unknown;
  readonly about: ProposalAbout;
  readonly amount: number;
  /** Persons whom it is about: they cannot approve it. */
  readonly concerned: readonly string[];
}

/**
 * One kind of high-risk action. To add one: a file here, its name in the list of action types with
 * who may propose and approve it, a default policy, a line in the index. The contract suite greets it.
 */
export interface ActionKind {
  readonly type: ActionType;
  readonly title: string;
  /** Whether it may be proposed with these parameters; a payout is asked for, never proposed. */
  prepare(params: unknown, world: GovernedWorld): Result<Prepared, string>;
  display(
    bytes: string,
    proposal: Pick<Proposal, 'proposalId' | 'version'>,
  ): Result<Display, string>;
  /** What stands against it now, beyond what stands against any proposal. */
  blockedBy(proposal: Proposal, world: GovernedWorld): string | null;
  /** The facts of the deed. Only `authoriseExecution` calls it. */
  execute(proposal: Proposal, world: GovernedWorld): Result<readonly FactDraft[], string>;
}

/** A kind of which every proposal is a form filled in: its bytes are the parameters themselves. */
export function formAction<Params>(form: {
  readonly type: ActionType;
  readonly title: string;
  readonly schema: z.ZodType<Params>;
  prepare(params: Params, world: GovernedWorld): Result<Omit<Prepared, 'params'>, string>;
  lines(params: Params): readonly string[];
  blockedBy?(params: Params, world: GovernedWorld): string | null;
  execute(
    params: Params,
    world: GovernedWorld,
    proposal: Proposal,
  ): Result<readonly FactDraft[], string>;
}): ActionKind {
  const read = (input: unknown): Result<Params, string> => {
    const parsed = form.schema.safeParse(input);
    if (parsed.success) return ok(parsed.data);
    const [issue] = parsed.error.issues;
    return err(`${issue?.path.join('.') || form.type}: ${issue?.message}`);
  };
  return {
    type: form.type,
    title: form.title,
    prepare: (input, world) => {
      const params = read(input);
      if (!params.ok) return params;
      const prepared = form.prepare(params.value, world);
      return prepared.ok ? ok({ ...prepared.value, params: input }) : prepared;
    },
    display: (bytes, { proposalId, version }) => {
      const content = readContent(bytes);
      if (content?.action !== form.type) return err('the bytes cannot be read');
      const params = read(content.params);
      if (!params.ok) return params;
      const lines = [
        form.title,
        `Proposal ${proposalId}, version ${version}`,
        ...form.lines(params.value),
        `Reason: ${content.reason || 'none'}`,
      ];
      // Every line break is ours: what makers wrote is shown within its line.
      return ok({ text: lines.map(shownText).join('\n'), money: null, payee: null });
    },
    blockedBy: ({ params: input }, world) => {
      const params = read(input);
      if (!params.ok) return params.error;
      return form.blockedBy?.(params.value, world) ?? null;
    },
    execute: (proposal, world) => {
      const params = read(proposal.params);
      return params.ok ? form.execute(params.value, world, proposal) : params;
    },
  };
}

const contentSchema = z.strictObject({
  action: actionTypeSchema,
  params: z.json(),
  reason: z.string().max(400),
  salt: digestSchema,
});
/** What a form's bytes hold. */
export interface FormContent {
  readonly action: ActionType;
  readonly params: unknown;
  readonly reason: string;
  readonly salt: string;
}

/** Null unless the bytes are the one way to write what they hold. */
function readContent(bytes: string): FormContent | null {
  try {
    const content = contentSchema.parse(JSON.parse(bytes));
    return canonicalText(content) === bytes ? content : null;
  } catch {
    return null;
  }
}
