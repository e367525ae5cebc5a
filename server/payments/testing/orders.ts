import { digestOfText } from '#core/kernel/digest.ts';
import type { PaymentData } from '#core/payouts/payouts.events.ts';
import { accountOf, lastOf, type PayeeDetails } from '../payee-vault.ts';
import type { PaymentOrder } from '../payment-provider.ts';
import { IBANS } from '../files/testing/messages.ts';

export const TESS: PayeeDetails = {
  name: 'Tess Trader',
  method: 'bankTransfer',
  iban: IBANS.czech,
  bic: 'GIBACZPX',
  region: 'CZ',
};
export const DEBTOR = { name: 'Example Props', iban: IBANS.ours, bic: 'COBADEFF370' };

interface Given extends Partial<Pick<PaymentData, 'amount' | 'currency'>> {
  readonly payee?: Partial<PayeeDetails>;
}

/** An order of 4,000.00 USD to Tess; the name tells orders apart. */
export function orderOf(name: string, given: Given = {}): PaymentOrder {
  const { amount = 4_000_0000, currency = 'USD' } = given;
  const payee = { ...TESS, ...given.payee };
  const payoutId = `po-${name}`;
  const last4 = lastOf(accountOf(payee));
  return {
    payee,
    instruction: {
      payoutId,
      version: 1,
      instructionId: `PD${digestOfText(payoutId).slice(0, 30).toUpperCase()}`,
      accountId: 'A1',
      amount,
      gross: amount,
      currency,
      payee: {
        digest: digestOfText(JSON.stringify(payee)),
        last4,
        method: payee.method,
        region: 'CZ',
      },
      at: Date.UTC(2026, 0, 20, 12),
    },
  };
}
