/**
 * A flavoured base type: `Money` and `EpochMs` are both numbers, yet one is refused where the other
 * is wanted. Plain arithmetic results (`number`) are accepted, so formulas stay readable.
 */
declare const flavour: unique symbol;
export type Flavour<Base, Name extends string> = Base & { readonly [flavour]?: Name };
