import type { ProgramInput } from '#core/programs/program.ts';

/** Steps that can be undone; older ones are forgotten. */
const UNDO_MAX = 200;

/** A draft with its past and its undone future. Every change is one step. */
export interface Draft {
  readonly content: ProgramInput;
  readonly past: readonly ProgramInput[];
  readonly future: readonly ProgramInput[];
}

export function openDraft(content: ProgramInput): Draft {
  return { content, past: [], future: [] };
}

export function change(draft: Draft, content: ProgramInput): Draft {
  return { content, past: [...draft.past, draft.content].slice(-UNDO_MAX), future: [] };
}

export function undo(draft: Draft): Draft {
  const before = draft.past.at(-1);
  if (!before) return draft;
  const future = [draft.content, ...draft.future];
  return { content: before, past: draft.past.slice(0, -1), future };
}

export function redo(draft: Draft): Draft {
  const [next, ...future] = draft.future;
  return next ? { content: next, past: [...draft.past, draft.content], future } : draft;
}

/** Puts a value at a path of an object or list, copying what it changes. */
export function withAt(value: unknown, path: readonly (string | number)[], next: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return next;
  if (Array.isArray(value)) {
    const list: unknown[] = [...(value as unknown[])];
    list[Number(head)] = withAt(list[Number(head)], rest, next);
    return list;
  }
  const record = { ...(value as Record<string, unknown> | undefined) };
  const inner = withAt(record[head], rest, next);
  if (inner === undefined) delete record[head];
  else record[head] = inner;
  return record;
}
