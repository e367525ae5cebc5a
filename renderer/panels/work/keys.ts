/** Text is being written there: letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}

/** What stands after or before the open one in the list; the first where none is open. */
export function neighbourOf(
  ids: readonly string[],
  open: string | undefined,
  step: 1 | -1,
): string | null {
  const at = open === undefined ? -1 : ids.indexOf(open);
  if (at < 0) return ids[0] ?? null;
  return ids[at + step] ?? null;
}
