import type { Proposal } from '#core/approvals/proposal.ts';
import type { Governance, Payout } from '#core/governance/governance.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { payoutLetter, type LetterInput } from '#core/payouts/letter.ts';
import { readSnapshot, type PayoutSnapshot } from '#core/payouts/snapshot.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import { signedLetter } from './letter-signer.ts';
import { wordsOf } from './payment-provider.ts';
import type { PaymentLog } from './payment-worker.ts';
import { systemCommand } from './system-command.ts';

/** Letters made in one go; the rest follows with the next. */
const LETTERS_PER_GO_MAX = 20;

export interface LetterPorts {
  governance(): Governance;
  command(command: ServerCommand): Promise<CommandResult>;
  /** Bytes beside the log, by their digest. */
  content(digest: string): string | null;
  /** Signs with the key that is for letters; base64. */
  sign(text: string): string;
  readonly firmName: string;
  /** "propdesk/…": the log in which a decision can be looked up. */
  readonly logOrigin: string;
  /** How a trader objects; a line break begins a paragraph. */
  readonly disputeText: string;
  readonly log: PaymentLog;
}

export interface Letters {
  /** Issues what is due: each payout gets one letter, once it is paid, refused or expired. */
  issue(): Promise<void>;
}

export function createLetters(ports: LetterPorts): Letters {
  // What could not be written is not tried again before a restart: its bytes do not change.
  const given = new Set<string>();
  return {
    issue: async () => {
      const governance = ports.governance();
      let made = 0;
      for (const payout of governance.payouts()) {
        const { payoutId } = payout;
        if (payout.letter !== null || given.has(payoutId) || made >= LETTERS_PER_GO_MAX) continue;
        const input = inputOf(payout, governance, ports);
        if (input === null) continue;
        made += 1;
        if (typeof input === 'string' || !(await issue(input, ports))) given.add(payoutId);
        if (typeof input === 'string') ports.log.warn({ payoutId, reason: input }, 'no letter');
      }
    },
  };
}

async function issue(input: LetterInput, ports: LetterPorts): Promise<boolean> {
  const { payoutId } = input.snapshot;
  try {
    const text = signedLetter(payoutId, payoutLetter(input).html, ports);
    const letter = digestOfText(text);
    const intent = { type: 'issueLetter', payoutId, letter, text } as const;
    const result = await ports.command(systemCommand(intent));
    if (result.type === 'accepted') return true;
    ports.log.warn({ payoutId, reason: result.message }, 'a letter was not taken');
  } catch (error) {
    ports.log.error({ payoutId, error: wordsOf(error) }, 'a letter could not be written');
  }
  return false;
}

/** What a letter is made of; null while there is nothing to say, a sentence when it cannot be made. */
function inputOf(
  payout: Payout,
  governance: Governance,
  ports: LetterPorts,
): LetterInput | string | null {
  const proposal = governance.proposal(payout.payoutId);
  const closed = proposal?.closed;
  if (!proposal || !closed || closed.outcome === 'withdrawn') return null;
  const paidAt = paidAtOf(payout, governance);
  if (closed.outcome === 'executed' && paidAt === null) return null;
  const bytes = ports.content(proposal.snapshot);
  const snapshot = bytes === null ? null : readSnapshot(bytes, proposal.snapshot);
  if (!snapshot?.ok) return snapshot?.error ?? 'the bytes that were decided on are not kept here';
  const { firmName, logOrigin, disputeText } = ports;
  const basis = {
    snapshot: snapshot.value,
    decidedAt: closed.at,
    firmName,
    logOrigin,
    entry: closed.seq,
    disputeText,
  };
  if (closed.outcome === 'expired') {
    const open = { grounds: null, paidAt: null, instructionId: null };
    return { ...basis, ...open, outcome: 'expired', reason: '' };
  }
  if (closed.outcome === 'rejected') return rejection(basis, proposal);
  if (paidAt === null || !payout.payment) return null;
  const { instructionId } = payout.payment;
  const outcome = isLess(snapshot.value) ? 'partlyPaid' : 'paid';
  return { ...basis, outcome, grounds: null, reason: '', paidAt, instructionId };
}

function paidAtOf({ payoutId, reports }: Payout, governance: Governance): number | null {
  if (governance.paymentState(payoutId) !== 'paid') return null;
  return reports.find(({ state }) => state === 'paid')?.at ?? null;
}

/** Less than was asked for or earned: the letter has to say why. */
function isLess({ amounts, requested }: PayoutSnapshot): boolean {
  return amounts.deducted > 0 || (requested !== null && amounts.gross < requested);
}

/** The last word against it that counts says what the refusal rests on. */
function rejection(
  basis: Omit<LetterInput, 'outcome' | 'grounds' | 'paidAt' | 'instructionId' | 'reason'>,
  { received, version }: Proposal,
): LetterInput | string {
  const word = received.findLast(
    (one) => one.decision === 'reject' && one.version === version && one.verdict.type === 'counted',
  );
  if (!word?.grounds) return 'the refusal says nothing that it rests on';
  const { grounds, reason } = word;
  return { ...basis, outcome: 'rejected', grounds, reason, paidAt: null, instructionId: null };
}
