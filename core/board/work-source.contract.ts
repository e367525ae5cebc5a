import { describe, expect, it } from 'vitest';
import type { FactDraft } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { ACTION_NAMES } from '#core/people/roles.ts';
import { itemIdSchema } from '#core/work/act.ts';
import { createBoard, type Board } from './board.ts';
import { episodeOf } from './item.ts';
import { told } from './testing/told.ts';
import type { WorkSource } from './work-source.ts';

/** What opens one item of a kind, and what then settles it. */
export interface WorkSample {
  readonly source: WorkSource;
  readonly opens: readonly FactDraft[];
  readonly settles: readonly FactDraft[];
}

function boardAfter(drafts: readonly FactDraft[]): Board {
  const board = createBoard();
  for (const [place, draft] of drafts.entries()) board.apply(told(draft, place + 1));
  return board;
}

/** Every source of work keeps these laws. */
export function workSourceContract({ source, opens, settles }: WorkSample): void {
  const { kind } = source;
  const opened = () => [...boardAfter(opens).items()].filter((item) => item.kind === kind);

  describe(`${kind} as a source of work`, () => {
    it('opens one item, which says what is to be done and where', () => {
      const [item, ...others] = opened();
      expect(others).toEqual([]);
      expect(item).toMatchObject({ state: 'open', owner: null, escalated: 0 });
      const { itemId, title, link } = present(item, kind);
      expect(itemIdSchema.safeParse(itemId).success).toBe(true);
      expect(itemId.startsWith(`${kind}/`)).toBe(true);
      expect(title.length).toBeGreaterThan(5);
      expect(title.length).toBeLessThanOrEqual(600);
      expect(link.id.length + link.page.length).toBeGreaterThan(3);
    });

    it('settles it by its closing fact, and says when', () => {
      const board = boardAfter([...opens, ...settles]);
      const [item] = [...board.items()].filter((one) => one.kind === kind);
      expect(item?.state).toBe('settled');
      expect(episodeOf(present(item, kind)).settledAt).not.toBeNull();
      expect(item?.settledHere).toBe(false);
    });

    it('makes nothing twice of what is told twice', () => {
      const ofKind = (board: Board) => [...board.items()].filter((one) => one.kind === kind);
      const last = present(opens.at(-1), 'what opens it');
      expect(
        ofKind(boardAfter([...opens, last])).filter(({ state }) => state === 'open'),
      ).toHaveLength(1);
    });

    it('says nothing of facts that it does not name', () => {
      const read = source.open();
      const others = [...opens, ...settles].filter((draft) => !source.takes.includes(draft.kind));
      for (const [place, draft] of others.entries()) {
        expect(read(told(draft, place + 1), 0)).toEqual([]);
      }
      expect(opens.some((draft) => source.takes.includes(draft.kind))).toBe(true);
    });

    it('gives the same words to every reader of the same log', () => {
      const words = () => {
        const read = source.open();
        return [...opens, ...settles].map((draft, place) => read(told(draft, place + 1), place));
      };
      expect(words()).toEqual(words());
    });

    it('asks permissions that there are', () => {
      expect(ACTION_NAMES).toContain(source.sees);
      expect(ACTION_NAMES).toContain(source.works);
    });
  });
}
