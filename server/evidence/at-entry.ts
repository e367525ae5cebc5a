import { err, ok } from '#core/kernel/result.ts';
import type { EvidenceAnswer } from '../api/route.ts';
import type { Store } from '../store/store.ts';
import type { Evidence } from './evidence.ts';

export interface EntryPorts {
  readonly store: Pick<Store, 'fact'>;
  readonly evidence: Pick<Evidence, 'pack'>;
  /** The account of a payout: a letter names the payout alone. */
  accountOfPayout(payoutId: string): string | null;
}

/** The pack about one entry of the log, whoever's account it is about. */
export async function evidenceAt(
  seq: number,
  { store, evidence, accountOfPayout }: EntryPorts,
): Promise<EvidenceAnswer> {
  const fact = store.fact(0, seq);
  if (!fact) return err(`the log has no entry ${seq}`);
  const { accountId, payoutId } = fact.data as { accountId?: unknown; payoutId?: unknown };
  const payout = typeof payoutId === 'string' ? payoutId : null;
  const named = typeof accountId === 'string' ? accountId : null;
  const account = named ?? (payout === null ? null : accountOfPayout(payout));
  if (account === null) return err(`entry ${seq} is about no account`);
  const made = await evidence.pack({ accountId: account, seq });
  return made.ok ? ok({ accountId: account, payoutId: payout, html: made.value }) : made;
}
