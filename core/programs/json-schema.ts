import { z } from 'zod';
import { ruleKinds } from '#core/rules/kinds/index.ts';
import { programSchema } from './program.ts';

/** JSON Schema of one rule kind's parameters, as people write them: what forms are made of. */
export function paramsJsonSchema(kind: string): Record<string, unknown> {
  const known = ruleKinds.find(kind);
  return known ? written(known.params) : {};
}

/**
 * JSON Schema of a whole program file, for editors outside Propdesk. Each rule's parameters are
 * those of its kind.
 */
export function programJsonSchema(): Record<string, unknown> {
  return {
    ...written(programSchema),
    $defs: Object.fromEntries(ruleKinds.all.map(({ kind }) => [kind, paramsJsonSchema(kind)])),
  };
}

function written(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  }) as Record<string, unknown>;
  return rest;
}
