import { z } from 'zod';

/** One published example: the format of resources/examples/worked-examples.json. */
export const exampleSchema = z.object({
  id: z.string(),
  firm: z.string().default(''),
  rule_kind: z.string(),
  source_url: z.string().default(''),
  as_published: z.string().default(''),
  given: z.record(z.string(), z.unknown()),
  expected: z.record(z.string(), z.unknown()),
  confidence: z.string().optional(),
});
export type Example = z.output<typeof exampleSchema>;

/** One field of `expected`, with what the engine says. `null` is a field that is not compared. */
export interface Comparison {
  readonly field: string;
  readonly published: unknown;
  readonly engine: number | string | boolean | null;
  readonly equal: boolean | null;
}

export type Outcome =
  | { readonly result: 'passed' | 'failed'; readonly comparisons: readonly Comparison[] }
  | { readonly result: 'not covered' | 'not understood'; readonly reason: string };

/** What the engine can say about an example: by field of `expected`, worked out when asked for. */
export type Answers = Readonly<Record<string, () => number | string | boolean>>;
