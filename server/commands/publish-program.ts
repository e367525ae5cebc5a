import { err, ok, type Result } from '#core/kernel/result.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { compileProgram, draftHash } from '#core/programs/compile.ts';
import { isRetroactive, type PreviewSummary } from '#core/programs/programs.events.ts';
import type { Need } from '#core/rules/rule-kind.ts';
import type { Command } from '#core/sync/protocol.ts';
import type { Rejection } from './decide.ts';

type Publish = Extract<Command['intent'], { type: 'publishProgram' }>;

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
 * Whether a draft becomes a version. It must compile on the connected platform, rest on a preview
 * of exactly this draft over the whole book, and not reach into the past: accounts keep the
 * version they were bought under.
 */
export function decidePublishProgram(
  intent: Publish,
  operatorId: string,
  state: PublishingState,
): Result<FactDraft, Rejection> {
  const compiled = compileProgram(intent.content, 1, state.delivers);
  if (!compiled.ok) {
    const [first] = compiled.error;
    return err({ code: 'invalid', message: `${first?.path}: ${first?.message}` });
  }
  const preview = state.preview(intent.previewHash);
  if (!preview || preview.draftHash !== draftHash(compiled.value.input)) {
    const message = 'this draft has not been previewed: run the impact preview, then publish';
    return err({ code: 'noPreview', message });
  }
  const effectiveFrom = intent.effectiveFrom ?? state.at;
  if (effectiveFrom < state.at) {
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
  const version = state.latestVersion(programId) + 1;
  const published = compileProgram(intent.content, version, state.delivers);
  if (!published.ok) return err({ code: 'invalid', message: 'the draft does not compile' });
  return ok({
    kind: 'programPublished',
    data: {
      programId,
      version,
      hash: published.value.hash,
      content: intent.content,
      effectiveFrom,
      migration,
      preview,
      confirmedHurt: isRetroactive(migration) ? confirmedHurt : null,
      author: operatorId,
      reason: intent.reason,
    },
  });
}
