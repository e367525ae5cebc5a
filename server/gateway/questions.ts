import { z } from 'zod';
import {
  auditProofRequestSchema,
  auditRequestSchema,
  bankFileRequestSchema,
  contentRequestSchema,
  type ledgerReplySchema,
  type AuditProof,
  type PeopleReply,
} from '#core/sync/protocol.ts';
import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { base64Of } from '#core/kernel/base64.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { Payments } from '../payments/payments.ts';
import type { Store } from '../store/store.ts';
import type { Questions } from './gateway.ts';

const PARTITION = 0;

export interface QuestionPorts {
  readonly store: Store;
  readonly governance: Governance;
  people(): PeopleReply;
  /** A signed checkpoint that covers everything so far. */
  checkpoint(): { readonly note: string; readonly publicKey: string };
  readonly payments: Pick<Payments, 'books' | 'takeBankFile'>;
}

/** What people ask of the log: read only. */
export function createQuestions({
  store,
  governance,
  people,
  checkpoint,
  payments,
}: QuestionPorts): Questions {
  return {
    content: {
      schema: contentRequestSchema,
      answer: ({ digest }: z.output<typeof contentRequestSchema>, personId: string) =>
        mayRead(digest, personId, governance)
          ? { text: store.content(digest) }
          : { type: 'rejected', reason: 'No role of yours allows this' },
    },
    people: { schema: z.strictObject({}), answer: () => people() },
    ledger: {
      schema: z.strictObject({}),
      answer: () => ({ balances: balancesOf(payments.books) }),
    },
    bankFile: {
      schema: bankFileRequestSchema,
      answer: async ({ name, text }: z.output<typeof bankFileRequestSchema>) => {
        const taken = await payments.takeBankFile(name, text);
        if (!taken.ok) return { type: 'rejected', reason: taken.error };
        const { entries, problems } = taken.value;
        return { type: 'booked', entries, problems };
      },
    },
    audit: {
      schema: auditRequestSchema,
      answer: (wanted: z.output<typeof auditRequestSchema>) => ({
        facts: store.search(PARTITION, wanted),
        lastSeq: store.progress(PARTITION).seq,
      }),
    },
    auditProof: {
      schema: auditProofRequestSchema,
      answer: ({ seq }: z.output<typeof auditProofRequestSchema>) =>
        proofOf(store, seq, checkpoint()),
    },
  };
}

/** What each account stands at, in every currency. */
function balancesOf(books: Payments['books']): z.output<typeof ledgerReplySchema>['balances'] {
  return books
    .currencies()
    .flatMap((currency) => books.trialBalance(currency).map((line) => ({ ...line, currency })));
}

/**
 * Who decides on keys and roles reads those; bytes of payouts and letters are for who may see payouts,
 * files and letters of cases for who may see cases.
 */
function mayRead(digest: string, personId: string, governance: Governance): boolean {
  const { people, proposals, cases, tickets, disputes } = governance;
  if (cases.withContent(digest)) return people.may(personId, 'viewCases');
  if (tickets.withContent(digest) || disputes.withLetter(digest)) {
    return people.may(personId, 'viewTickets');
  }
  for (const { action, snapshot } of proposals()) {
    if (snapshot !== digest) continue;
    if (action === 'applyConsequence') return people.may(personId, 'viewCases');
    return action !== 'payPayout' || people.may(personId, 'viewPayouts');
  }
  return people.may(personId, 'viewPayouts');
}

/** An entry's way to the root that the server has signed; a desk walks it again by itself. */
function proofOf(
  store: Store,
  seq: number,
  { note, publicKey }: { readonly note: string; readonly publicKey: string },
): AuditProof | { type: 'rejected'; reason: string } {
  const signed = readCheckpoint(note);
  const fact = store.fact(PARTITION, seq);
  if (!signed.ok || !fact || seq > signed.value.size) {
    return { type: 'rejected', reason: `no signed checkpoint covers entry ${seq} yet` };
  }
  const tree = store.tree(PARTITION);
  return {
    fact,
    leaf: base64Of(tree.leaf(seq)),
    index: seq - 1,
    note,
    publicKey,
    proof: tree.inclusion(seq, signed.value.size).map(base64Of),
  };
}
