import type { ReactElement } from 'react';
import { moneyText } from '#core/money/money.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';
import { dateTimeText } from '#renderer/ui/format.ts';

/** What a payout asked for now would be: how much, for whom, and what stands against it. */
export function PayoutNow({
  payout,
}: {
  readonly payout: NonNullable<AccountDetail['payout']>;
}): ReactElement {
  const { eligible, reasons, gross, trader, withheld, withdrawable, floors } = payout;
  const moved = floors.filter(({ before, after }) => before !== after);
  return (
    <section className="payout">
      <h3>A payout now</h3>
      <p>
        {eligible ? (
          <>
            <b className="gain">✔ {moneyText(gross)}</b> could leave, {moneyText(trader)} of it to
            the trader.
          </>
        ) : (
          <>
            <b>Not now.</b>{' '}
            {withdrawable > 0 && `${moneyText(withdrawable)} could leave otherwise.`}
          </>
        )}
      </p>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
        {withheld > 0 && <li>{moneyText(withheld)} of the profit does not count</li>}
        {gross > 0 &&
          moved.map(({ ruleId, before, after }) => (
            <li key={ruleId}>
              {ruleId}: the floor would go from {moneyText(before)} to {moneyText(after)}
            </li>
          ))}
        {payout.eligibleFrom !== null && !eligible && (
          <li>by the calendar from {dateTimeText(payout.eligibleFrom)} UTC on</li>
        )}
      </ul>
    </section>
  );
}
