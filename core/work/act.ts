import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';
import { PRIORITIES, WORK_KINDS, workPolicySchema } from './policy.ts';
import { NOTE_MAX, REASON_MAX } from './work.events.ts';

/** What the server says to who asks for the next item when none is free. */
export const NOTHING_IS_FREE = 'nothing that you may work on is free';
/** Items that one hand-over passes on. */
export const HANDED_OVER_MAX = 200;
const DAY_MS = 86_400_000;
export const PAUSE_MAX_DAYS = 30;
export const PAUSE_MAX_MS = PAUSE_MAX_DAYS * DAY_MS;

export const itemIdSchema = z.string().min(3).max(140);
const reason = z.string().min(1).max(REASON_MAX);

/** What a person does with an item of work. */
export const workVerbSchema = z.discriminatedUnion('verb', [
  /** Null gives it back to everybody. */
  z.strictObject({ verb: z.literal('assign'), to: idSchema.nullable() }),
  z.strictObject({ verb: z.literal('note'), text: z.string().min(1).max(NOTE_MAX) }),
  z.strictObject({ verb: z.literal('prioritise'), priority: z.enum(PRIORITIES), reason }),
  z.strictObject({ verb: z.literal('pause'), until: epochMs, reason }),
  z.strictObject({ verb: z.literal('resume') }),
  z.strictObject({ verb: z.literal('settle'), reason }),
  z.strictObject({ verb: z.literal('reopen'), reason }),
]);
export type WorkVerb = z.infer<typeof workVerbSchema>;
export type WorkVerbName = WorkVerb['verb'];
export const WORK_VERBS = workVerbSchema.options.map(({ shape }) => shape.verb.value);

/** A verb with the item it is about, and the version that the person had on screen. */
export const actOnWorkSchema = z.strictObject({
  itemId: itemIdSchema,
  version: z.int().min(1),
  act: workVerbSchema,
});
export type ActOnWork = z.infer<typeof actOnWorkSchema>;

/** Of which kinds the next one may be; none named is any. */
export const takeNextWorkSchema = z.strictObject({
  kinds: z.array(z.enum(WORK_KINDS)).max(WORK_KINDS.length),
});
export type TakeNextWork = z.infer<typeof takeNextWorkSchema>;

/** At the end of a shift: what one has in hand goes to somebody, each with a word. */
export const handOverWorkSchema = z.strictObject({
  /** Null gives them back to everybody. */
  to: idSchema.nullable(),
  items: z
    .array(z.strictObject({ itemId: itemIdSchema, note: reason }))
    .min(1)
    .max(HANDED_OVER_MAX),
});
export type HandOverWork = z.infer<typeof handOverWorkSchema>;

/** What is owed from now on; `baseVersion` is the one that was changed. */
export const changeWorkPolicySchema = z.strictObject({
  policy: workPolicySchema.omit({ version: true }),
  baseVersion: z.int().min(1),
  reason,
});
export type ChangeWorkPolicy = z.infer<typeof changeWorkPolicySchema>;
