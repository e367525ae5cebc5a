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
  readonly engine: Answer | null;
  readonly equal: boolean | null;
}

export type Outcome =
  | { readonly result: 'passed' | 'failed'; readonly comparisons: readonly Comparison[] }
  | { readonly result: 'not covered' | 'not understood'; readonly reason: string };

/** What the engine can say about an example: by field of `expected`, worked out when asked for. */
export type Answer = number | string | boolean | readonly (number | string)[] | AsPrinted;
export type Answers = Readonly<Record<string, () => Answer>>;

/** A share or quotient that pages print rounded: compared at the decimals the page shows. */
export interface AsPrinted {
  readonly exact: number;
}

/** Reads one family of examples, told by their `rule_kind`. */
export interface Reader {
  readonly family: RegExp;
  readonly read: (example: Example) => Answers;
}
