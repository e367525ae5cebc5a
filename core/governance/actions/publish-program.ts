import { z } from 'zod';
import { err, ok } from '#core/kernel/result.ts';
import { compileProgram, draftHash } from '#core/programs/compile.ts';
import {
  isRetroactive,
  migrationSchema,
  previewSummarySchema,
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
    if (!compiled.ok) return err(compiled.error[0]?.message ?? 'the draft does not compile');
    if (compiled.value.program.programId !== programId)
      return err('the draft is of another program');
    if (draftHash(compiled.value.input) !== preview.draftHash)
      return err('the preview is of another draft');
    return ok({ about: { ...NOBODY, programId }, amount: 0, concerned: [] });
  },
  lines: ({ programId, version, effectiveFrom, migration, preview, confirmedHurt }) => [
    `${programId} version ${version}`,
    effectiveFrom === null
      ? 'Takes effect once it is approved'
      : `Takes effect at ${effectiveFrom} (ms since 1970)`,
    isRetroactive(migration)
      ? `RETROACTIVE (${migration}): reaches into running phases; ${confirmedHurt ?? 0} accounts would have failed under it alone`
      : `Reaches: ${migration}`,
    `Preview ${preview.hash.slice(0, 12)} over ${preview.accounts} accounts: ${preview.failedOnlyDraft} fail only under the draft, ` +
      `${preview.failedOnlyPublished} only under what is published`,
    `Draft ${preview.draftHash.slice(0, 12)}`,
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
