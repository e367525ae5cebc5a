import { MENTIONS_MAX } from '#core/cases/act.ts';

export interface Person {
  readonly personId: string;
  readonly name: string;
}

const OFFERED_MAX = 6;

/** A name that is being written behind an @, with where it begins; null when none is. */
export function beginningOf(
  text: string,
  caret: number,
): { readonly from: number; readonly written: string } | null {
  const match = /(^|\s)@([\p{L}\p{N}.’'-]*(?: [\p{L}\p{N}.’'-]*)?)$/u.exec(text.slice(0, caret));
  if (!match) return null;
  const written = match[2] ?? '';
  return { from: caret - written.length - 1, written };
}

/** People whose name, or a word of it, begins so. */
export function offersFor<One extends Person>(written: string, people: readonly One[]): One[] {
  const wanted = written.toLowerCase().trimEnd();
  return people
    .filter(({ name }) => {
      const whole = name.toLowerCase();
      return whole.startsWith(wanted) || whole.split(' ').some((word) => word.startsWith(wanted));
    })
    .slice(0, OFFERED_MAX);
}

/** The text with the name written out, and where the caret stands then. */
export function complete(
  text: string,
  caret: number,
  { name }: Person,
): { readonly text: string; readonly caret: number } {
  const beginning = beginningOf(text, caret);
  if (!beginning) return { text, caret };
  const before = `${text.slice(0, beginning.from)}@${name} `;
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length };
}

/** Who is named in a text, each once, in the order of the list; a longer name hides a shorter one. */
export function mentionedIn(text: string, people: readonly Person[]): string[] {
  let rest = text;
  const found = new Set<string>();
  for (const { personId, name } of [...people].sort(
    (one, other) => other.name.length - one.name.length,
  )) {
    const parts = rest.split(`@${name}`);
    if (parts.length < 2) continue;
    found.add(personId);
    rest = parts.join(' ');
  }
  return people
    .map(({ personId }) => personId)
    .filter((personId) => found.has(personId))
    .slice(0, MENTIONS_MAX);
}
