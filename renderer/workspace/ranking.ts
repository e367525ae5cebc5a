/** What is offered at a time: whoever looks for more writes more of its name. */
const SHOWN_MAX = 40;

export interface Named {
  readonly title: string;
  readonly more: string;
}

/** What can be found by these words, best first: each word must stand in it. */
export function found<Item extends Named>(items: readonly Item[], text: string): Item[] {
  const words = wordsOf(text);
  if (words.length === 0) return items.slice(0, SHOWN_MAX);
  return items
    .map((item) => ({ item, rank: rankOf(item, words) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .slice(0, SHOWN_MAX)
    .map(({ item }) => item);
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

/** More for a beginning than for a middle, more for the title than for what else is said; 0 for a miss. */
function rankOf({ title, more }: Named, words: readonly string[]): number {
  const [name, rest] = [title.toLowerCase(), more.toLowerCase()];
  let rank = 0;
  for (const word of words) {
    const points = name.startsWith(word)
      ? 8
      : name.split(/[\s:·]+/).some((part) => part.startsWith(word))
        ? 4
        : name.includes(word)
          ? 2
          : rest.includes(word)
            ? 1
            : 0;
    if (points === 0) return 0;
    rank += points;
  }
  return rank;
}
