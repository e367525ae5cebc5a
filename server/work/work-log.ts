import { BOARD_KINDS, createBoard, type Board } from '#core/board/board.ts';
import { episodeOf } from '#core/board/item.ts';
import type { Fact } from '#core/facts/registry.ts';
import { GOVERNED_KINDS } from '#core/governance/governance.ts';
import type { Store } from '../store/store.ts';

const DAY_MS = 86_400_000;
/** Desks compare a week with the week before. */
const SETTLED_TOLD_MS = 15 * DAY_MS;
/** Reviews of accounts that one desk is told of at its beginning: the latest ones. */
const REVIEWS_TOLD_MAX = 20_000;

type LogOfWork = Pick<Store, 'stream' | 'reviews' | 'acknowledgementsOf'>;

/** All work as the log tells it, up to an entry. */
export function boardOf(store: LogOfWork, partition: number, upTo: number): Board {
  const board = createBoard();
  const reviews = store.reviews(partition, null);
  const seen = acknowledgementsOf(reviews, store, partition);
  const firm = store.stream(partition, 'firm').filter(({ kind }) => BOARD_KINDS.has(kind));
  for (const fact of inOrder([...firm, ...reviews, ...seen])) {
    if (fact.envelope.seq <= upTo) board.apply(fact);
  }
  return board;
}

/**
 * What a desk that begins is told, beside its accounts: what governs, and all of the accounts that
 * somebody has to look at, because an item of theirs is named by its first flag.
 */
export function factsForDesks(
  store: LogOfWork,
  partition: number,
  board: Board,
  now: number,
): Fact[] {
  const told = new Set<string>();
  let alerts = 0;
  for (const item of [...board.items()].reverse()) {
    const { accountId } = item.about;
    if (item.kind !== 'breachReview' || accountId === null) continue;
    const { settledAt } = episodeOf(item);
    if (settledAt !== null && now - settledAt > SETTLED_TOLD_MS) continue;
    alerts += Math.max(1, item.alertSeqs.length);
    if (alerts > REVIEWS_TOLD_MAX) break;
    told.add(accountId);
  }
  const firm = store
    .stream(partition, 'firm')
    .filter(({ kind }) => GOVERNED_KINDS.has(kind) || BOARD_KINDS.has(kind));
  const reviews = store.reviews(partition, [...told]);
  return inOrder([...firm, ...reviews, ...acknowledgementsOf(reviews, store, partition)]);
}

function acknowledgementsOf(
  reviews: readonly Fact[],
  store: LogOfWork,
  partition: number,
): readonly Fact[] {
  const seqs = reviews.map(({ envelope }) => envelope.seq);
  return seqs.length === 0 ? [] : store.acknowledgementsOf(partition, seqs);
}

function inOrder(facts: Fact[]): Fact[] {
  return facts.sort((one, other) => one.envelope.seq - other.envelope.seq);
}
