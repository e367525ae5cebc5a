import { err, type Result } from '#core/kernel/result.ts';
import { propose, type Decided } from '#core/governance/propose.ts';
import { compileProgram, draftHash } from '#core/programs/compile.ts';
import { isRetroactive, type PreviewSummary } from '#core/programs/programs.events.ts';
import type { Need } from '#core/rules/rule-kind.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { Rejection } from './decide.ts';
import type { GovernedState } from './governance-decisions.ts';
import type { ServerCommand } from './server-command.ts';

type Publish = Extract<Intent, { type: 'publishProgram' }>;

/** What a decision on publishing rests on. */
export interface PublishingState {
  /** The latest version of a program; 0 when there is none. */
  latestVersion(programId: string): number;
  /** A preview that this server ran and still holds. */
  preview(hash: string): PreviewSummary | null;
  readonly delivers: readonly Need[];
  /** Market time. */
  readonly at: number;
}

/**
 * Whether a draft may be proposed as a version, for another person to approve. It must compile on the
 * connected platform, rest on a preview of exactly this draft over the whole book, and not reach
 * into the past: accounts keep the version they were bought under.
 */
export function decidePublishProgram(
  intent: Publish,
  { actor, commandId }: Pick<ServerCommand, 'actor' | 'commandId'>,
  state: GovernedState & { readonly publishing: PublishingState },
): Result<Decided, Rejection> {
  const { delivers, at } = state.publishing;
  const compiled = compileProgram(intent.content, 1, delivers);
  if (!compiled.ok) {
    const [first] = compiled.error;
    return err({ code: 'invalid', message: `${first?.path}: ${first?.message}` });
  }
  const preview = state.publishing.preview(intent.previewHash);
  if (!preview || preview.draftHash !== draftHash(compiled.value.input)) {
    const message = 'this draft has not been previewed: run the impact preview, then publish';
    return err({ code: 'noPreview', message });
  }
  if (intent.effectiveFrom !== null && intent.effectiveFrom < at) {
    const message = 'a version cannot take effect in the past: accounts keep what they bought';
    return err({ code: 'invalid', message });
  }
  const { migration, confirmedHurt } = intent;
  if (isRetroactive(migration) && confirmedHurt !== preview.failedOnlyDraft) {
    const message =
      `this version reaches into running phases, and by the preview ${preview.failedOnlyDraft} accounts ` +
      'would have failed under it alone: confirm that number';
    return err({ code: 'notConfirmed', message });
  }
  const { programId } = compiled.value.program;
  const version = state.publishing.latestVersion(programId) + 1;
  const params = {
    programId,
    version,
    content: intent.content,
    effectiveFrom: intent.effectiveFrom,
    migration,
    preview,
    confirmedHurt: isRetroactive(migration) ? confirmedHurt : null,
    author: actor.id,
    reason: intent.reason,
  };
  const proposalId = `p-${commandId}`.slice(0, 80);
  const { reason } = intent;
  const wish = { proposalId, action: 'publishProgram', params, reason, maker: actor.id } as const;
  return propose({ ...wish, salt: state.salt() }, state.world);
}
