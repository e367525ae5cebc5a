import { z } from 'zod';
import { digestOf } from '#core/kernel/digest.ts';
import { err, ok } from '#core/kernel/result.ts';
import { compileProgram, draftHash } from '#core/programs/compile.ts';
import {
  isRetroactive,
  migrationSchema,
  previewSummarySchema,
  type Migration,
  type PreviewSummary,
} from '#core/programs/programs.events.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Makes a draft the next version of its program. It rests on a preview of exactly this draft. */
export const publishProgram = formAction({
  type: 'publishProgram',
  title: 'Publish a version of a program',
  schema: z.strictObject({
    programId: idSchema,
    version: z.int().min(1),
    content: z.json(),
    /** Market time; null for as soon as it is approved. */
    effectiveFrom: epochMs.nullable(),
    migration: migrationSchema,
    preview: previewSummarySchema,
    confirmedHurt: z.int().min(0).nullable(),
    author: idSchema,
    reason: z.string().min(1).max(400),
  }),
  prepare: ({ programId, content, preview }) => {
    const compiled = compileProgram(content, 1);
    if (!compiled.ok) {
      const [first] = compiled.error;
      return err(`content.${first?.path}: ${first?.message}`);
    }
    if (compiled.value.program.programId !== programId) {
      return err('programId: the draft is of another program');
    }
    if (draftHash(compiled.value.input) !== preview.draftHash) {
      return err('preview.draftHash: the preview is of another draft');
    }
    return ok({ about: { ...NOBODY, programId }, amount: 0, concerned: [] });
  },
  lines: ({ programId, version, content, effectiveFrom, author, reason, ...rest }) => [
    `${programId} version ${version}, by ${author}: ${reason}`,
    `Draft ${digestOf(content)}`,
    effectiveFrom === null
      ? 'Takes effect once it is approved'
      : `Takes effect at ${effectiveFrom} (ms since 1970)`,
    ...reachLines(rest),
    ...previewLines(rest.preview, digestOf(content)),
  ],
  blockedBy: ({ programId, version, effectiveFrom }, { latestVersion, marketAt }) => {
    if (latestVersion(programId) + 1 !== version)
      return `another version of ${programId} was published since`;
    return effectiveFrom !== null && effectiveFrom < marketAt
      ? 'the day on which it should take effect has passed'
      : null;
  },
  execute: (params, { marketAt }) => {
    const { content, version, effectiveFrom } = params;
    const compiled = compileProgram(content, version);
    if (!compiled.ok) return err('the draft does not compile');
    const data = { ...params, hash: compiled.value.hash, effectiveFrom: effectiveFrom ?? marketAt };
    return ok([{ kind: 'programPublished', data }]);
  },
});

function reachLines({
  migration,
  confirmedHurt,
}: {
  readonly migration: Migration;
  readonly confirmedHurt: number | null;
}): string[] {
  const reach = isRetroactive(migration)
    ? `RETROACTIVE (${migration}): reaches into running phases`
    : `Reaches: ${migration}`;
  const confirmed =
    confirmedHurt === null
      ? 'Nobody was asked to confirm whom it would end'
      : `Its author confirmed that ${confirmedHurt} accounts would have failed under it alone`;
  return [reach, confirmed];
}

function previewLines(preview: PreviewSummary, draft: string): string[] {
  const { hash, draftHash: previewed, accounts, fromSeq, toSeq } = preview;
  const lines = [
    `Preview ${hash} over ${accounts} accounts, facts ${fromSeq} to ${toSeq}`,
    `Only under the draft ${preview.failedOnlyDraft} fail and ${preview.passedOnlyDraft} pass`,
    `Only under what is published ${preview.failedOnlyPublished} fail and ${preview.passedOnlyPublished} pass`,
  ];
  return previewed === draft ? lines : [...lines, `Look closely: it is of draft ${previewed}`];
}
