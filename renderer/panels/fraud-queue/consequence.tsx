import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { DEALS_PER_DEDUCTION_MAX, REASON_MAX } from '#core/cases/act.ts';
import {
  CONSEQUENCES,
  FOUND_CODE_NAMES,
  FOUND_CODES,
  type Consequence,
} from '#core/cases/outcomes.ts';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { decimalText, MONEY_DECIMALS, parseDecimal } from '#core/money/money.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { cents, instantText } from '#renderer/ui/format.ts';
import { accountsInOrder, hasEnded } from './accounts.ts';
import { tradesOf, type Trade } from './compare.ts';
import { Departure, departs, GoOn, readyText, Restored, type DecideProps } from './decide.tsx';
import { ActForm, DigitChoice, TextField } from '#renderer/ui/act-form.tsx';
import { useReasons } from './reasons.ts';
import { LetterText, Precedents } from './told.tsx';
import { OUTCOME_TEXT } from './words.ts';

const HINTS: Readonly<Record<Consequence, string>> = {
  restrict: 'no new trades until it is lifted',
  payoutHold: 'what waits is not paid until it is released',
  profitDeduction: 'of named trades of one account',
  close: 'for good',
  releaseHold: 'what was held is paid as it was asked for',
};

/** What reaches into accounts: filled in by one person, approved by others. */
export function ProposeConsequence(props: DecideProps): ReactElement {
  const { client, detail, acting, draft, onClose, onDone } = props;
  const { value, put } = draft;
  const goOn = usePreferences(({ cases }) => cases.goOn);
  const consequence = CONSEQUENCES.find((one) => one === value.outcome) ?? null;
  const code = FOUND_CODE_NAMES.find((one) => one === value.code) ?? null;
  const { recent, keep } = useReasons(`propose ${consequence ?? ''}`);
  const deducts = consequence === 'profitDeduction';
  const departing = departs(detail, consequence);
  const accountIds = deducts ? value.accountIds.slice(0, 1) : value.accountIds;
  const missing =
    consequence === null
      ? 'Choose a consequence by its digit.'
      : accountIds.length === 0
        ? 'Choose the accounts that it reaches.'
        : deducts && (value.dealIds.length === 0 || value.amount <= 0)
          ? 'Name the trades and how much is deducted.'
          : code === null
            ? 'Say what was found.'
            : readyText(code, value.reason, departing ? value.departure : null);
  const send = async (): Promise<void> => {
    if (consequence === null || code === null) return;
    const wish = {
      consequence,
      code,
      accountIds,
      dealIds: deducts ? value.dealIds : [],
      amount: deducts ? value.amount : 0,
      departure: departing ? value.departure : null,
    };
    const { reason } = value;
    const { caseId } = detail.row;
    const state = await acting.send((version) =>
      client.call('cases.propose', { caseId, version, wish, reason }),
    );
    if (state === null) return;
    keep(reason);
    draft.forget('decision');
    onDone(state, goOn);
  };
  const choose = (next: Consequence, by: 'digit' | 'other'): void => {
    const whole = defaultAccounts(detail, next);
    put({ outcome: next, accountIds: whole, dealIds: [], amount: 0 });
    if (by === 'digit') document.getElementById('case-code')?.focus();
  };
  return (
    <ActForm
      title="Propose a consequence: others approve it by signing"
      send={goOn ? 'Propose, take next' : 'Propose'}
      ready={missing}
      acting={acting}
      onSend={() => void send()}
      onClose={onClose}
      footer={<GoOn />}
      aside={
        <>
          <Precedents detail={detail} brief />
          {consequence !== null && (
            <LetterText
              client={client}
              detail={detail}
              outcome={consequence}
              code={value.code}
              accountIds={accountIds}
              amount={deducts ? value.amount : 0}
            />
          )}
        </>
      }
    >
      <Restored draft={draft} />
      <DigitChoice
        label="Consequence"
        name="consequence"
        value={consequence}
        choices={CONSEQUENCES.map((one) => ({
          value: one,
          text: OUTCOME_TEXT[one],
          hint: HINTS[one],
          whyNot: one === 'releaseHold' ? detail.whyNot.releaseHold : detail.whyNot.propose,
        }))}
        onChange={choose}
      />
      <p className="act-field">
        <label htmlFor="case-code">What was found</label>
        <select
          id="case-code"
          value={code ?? ''}
          onChange={(event) => put({ code: event.target.value })}
        >
          <option value="">choose</option>
          {FOUND_CODE_NAMES.map((one) => (
            <option key={one} value={one}>
              {FOUND_CODES[one]}
            </option>
          ))}
        </select>
      </p>
      {consequence !== null && (
        <Accounts
          detail={detail}
          one={deducts}
          chosen={accountIds}
          onChange={(chosen) => put({ accountIds: chosen, dealIds: [], amount: 0 })}
        />
      )}
      {deducts && accountIds[0] !== undefined && (
        <Deduction
          client={client}
          detail={detail}
          accountId={accountIds[0]}
          dealIds={value.dealIds}
          amount={value.amount}
          onChange={(dealIds, amount) => put({ dealIds, amount })}
        />
      )}
      <TextField
        id="case-reason"
        label="Reason, for those who approve"
        value={value.reason}
        max={REASON_MAX}
        recent={recent}
        onChange={(reason) => put({ reason })}
      />
      {departing && <Departure detail={detail} draft={draft} />}
    </ActForm>
  );
}

/** Those that it is most likely about: where a payout waits, or is held, or all that have not ended. */
export function defaultAccounts(detail: CaseDetail, consequence: Consequence): string[] {
  const { row } = detail;
  const accounts = accountsInOrder(detail);
  const all = accounts.map(({ accountId }) => accountId);
  const waiting = all.filter((id) => row.pendingPayouts.some(({ accountId }) => accountId === id));
  const going = accounts.filter((one) => !hasEnded(one)).map(({ accountId }) => accountId);
  switch (consequence) {
    case 'releaseHold':
      return [...(row.hold?.accountIds ?? [])];
    case 'payoutHold':
      return waiting.length > 0 ? waiting : going;
    case 'profitDeduction':
      return (waiting.length > 0 ? waiting : all).slice(0, 1);
    case 'restrict':
    case 'close':
      return going;
  }
}

function Accounts({
  detail,
  one,
  chosen,
  onChange,
}: {
  readonly detail: CaseDetail;
  /** Exactly one can be chosen. */
  readonly one: boolean;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}): ReactElement {
  const waits = (accountId: string): string => {
    const waiting = detail.row.pendingPayouts.find((payout) => payout.accountId === accountId);
    return waiting ? ` · payout of ${cents(waiting.amount)} ${waiting.currency} waits` : '';
  };
  const accounts = accountsInOrder(detail);
  return (
    <fieldset className="digit-choice">
      <legend>
        {one ? 'Account' : `Accounts that it reaches, ${chosen.length} of ${accounts.length}`}
      </legend>
      <div className="account-choice" tabIndex={0} role="group" aria-label="Accounts">
        {accounts.map(({ accountId, status }) => (
          <label key={accountId}>
            <input
              type={one ? 'radio' : 'checkbox'}
              name="accounts"
              checked={chosen.includes(accountId)}
              onChange={(event) =>
                onChange(
                  one
                    ? [accountId]
                    : event.target.checked
                      ? [...chosen, accountId]
                      : chosen.filter((other) => other !== accountId),
                )
              }
            />{' '}
            {accountId}{' '}
            <small>
              {status}
              {waits(accountId)}
            </small>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Trades whose profit is taken out: those that signals name come first and are chosen. */
function Deduction({
  client,
  detail,
  accountId,
  dealIds,
  amount,
  onChange,
}: {
  readonly client: RendererClient;
  readonly detail: CaseDetail;
  readonly accountId: string;
  readonly dealIds: readonly string[];
  readonly amount: number;
  readonly onChange: (dealIds: string[], amount: number) => void;
}): ReactElement {
  const [trades, setTrades] = useState<readonly Trade[] | string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => {
    let late = false;
    void client.call('account.detail', { accountId }).then((reply) => {
      if (late) return;
      setTrades(reply.ok ? tradesOf(reply.value.detail.deals) : reply.error.message);
    });
    return () => {
      late = true;
    };
  }, [client, accountId]);
  const named = useMemo(
    () =>
      new Set(
        detail.signals.flatMap(({ signal }) =>
          signal.trades
            .filter((trade) => trade.accountId === accountId)
            .map(({ positionId }) => positionId),
        ),
      ),
    [detail.signals, accountId],
  );
  const listed = useMemo(
    () =>
      typeof trades === 'object' && trades !== null
        ? [...trades]
            .filter(({ closedAt }) => closedAt !== null)
            .sort(
              (one, other) =>
                Number(named.has(other.positionId)) - Number(named.has(one.positionId)),
            )
        : [],
    [trades, named],
  );
  const isChosen = ({ dealIds: own }: Trade): boolean => own.every((id) => dealIds.includes(id));
  const choose = (chosen: readonly Trade[]): void => {
    const ids = chosen.flatMap((trade) => trade.dealIds).slice(0, DEALS_PER_DEDUCTION_MAX);
    const sum = chosen.reduce((total, { profit }) => total + profit, 0);
    setTyped(null);
    onChange(ids, Math.max(0, sum));
  };
  if (trades === null) return <p className="quiet-text">Reading its trades…</p>;
  if (typeof trades === 'string') return <p className="failure">{trades}</p>;
  const chosen = listed.filter(isChosen);
  return (
    <fieldset className="deduction">
      <legend>Trades, {chosen.length} chosen</legend>
      <button
        type="button"
        onClick={() => choose(listed.filter(({ positionId }) => named.has(positionId)))}
      >
        Those that signals name ({listed.filter(({ positionId }) => named.has(positionId)).length})
      </button>
      <div className="deduction-list" tabIndex={0} role="group" aria-label="Trades">
        {listed.map((trade) => (
          <label key={trade.positionId}>
            <input
              type="checkbox"
              checked={isChosen(trade)}
              onChange={(event) =>
                choose(
                  event.target.checked ? [...chosen, trade] : chosen.filter((one) => one !== trade),
                )
              }
            />{' '}
            {named.has(trade.positionId) ? '●' : '○'} {trade.positionId} {trade.symbol} {trade.side}{' '}
            {instantText(trade.openedAt).slice(5, 19)}{' '}
            <b className={trade.profit < 0 ? 'loss' : 'gain'}>{cents(trade.profit)}</b>
          </label>
        ))}
      </div>
      <p className="act-field">
        <label htmlFor="case-amount">Deducted</label>
        <input
          id="case-amount"
          inputMode="decimal"
          autoComplete="off"
          value={typed ?? decimalText(amount, MONEY_DECIMALS).replace(/(\.\d\d)00$/, '$1')}
          onChange={(event) => {
            setTyped(event.target.value);
            const read = parseDecimal(event.target.value, MONEY_DECIMALS);
            onChange([...dealIds], read.ok && read.value > 0 ? read.value : 0);
          }}
        />
      </p>
    </fieldset>
  );
}
