import { assert } from './assert.ts';

/** Values that may be stored, hashed or sent: JSON without floats, dates, maps or undefined. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One text per value, the same on every machine: keys in code-unit order, no white space, integers
 * only (RFC 8785 restricted to safe integers). Fields that are `undefined` are left out.
 * Throws on a float, because a float in a fact would be money that can lie.
 */
export function canonicalText(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value), `canonical numbers are safe integers, was ${value}`);
    return String(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  assert(typeof value === 'object', `canonical values are JSON, was ${typeof value}`);
  const record = value as Record<string, unknown>;
  const fields: string[] = [];
  for (const key of Object.keys(record).sort()) {
    if (record[key] !== undefined) {
      fields.push(`${JSON.stringify(key)}:${canonicalText(record[key])}`);
    }
  }
  return `{${fields.join(',')}}`;
}
