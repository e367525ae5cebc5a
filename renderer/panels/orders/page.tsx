import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { OrderDetail, OrderRow } from '#core/desk-api/order-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { ActForm, TextField } from '#renderer/ui/act-form.tsx';
import { cents, dateTimeText } from '#renderer/ui/format.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { openAccount } from '#renderer/workspace/open-account.ts';
import { useOrder } from './reading.ts';
import { durationText, KIND_TEXT, STAGE_TEXT, STATE_TEXT, STEP_GLYPH } from './words.ts';

type Verb = 'retry' | 'cancel';
const REASON_MAX = 400;

/** One order: where it stands, what may be done, and every step with the number of its fact. */
export function OrderPage({
  client,
  orderId,
  version,
  onDone,
}: {
  readonly client: RendererClient;
  readonly orderId: string;
  readonly version: number;
  readonly onDone: () => void;
}): ReactElement {
  const detail = useOrder(client, orderId, version);
  const [verb, setVerb] = useState<Verb | null>(null);
  const row = detail !== null && typeof detail === 'object' ? detail.row : null;
  const close = useCallback(() => setVerb(null), []);
  useVerbKeys(row, verb, setVerb);
  if (detail === null) return <p className="empty">Reading…</p>;
  if (typeof detail === 'string') return <p className="failure">{detail}</p>;
  return (
    <section className="panel proposal" aria-label={`Order ${detail.row.externalId}`}>
      <Head detail={detail} verb={verb} setVerb={setVerb} />
      {verb !== null && (
        <Say client={client} row={detail.row} verb={verb} onClose={close} onDone={onDone} />
      )}
      <div className="proposal-body">
        <Facts detail={detail} />
        <Steps detail={detail} />
      </div>
    </section>
  );
}

function Head({
  detail,
  verb,
  setVerb,
}: {
  readonly detail: OrderDetail;
  readonly verb: Verb | null;
  readonly setVerb: (verb: Verb) => void;
}): ReactElement {
  const { row } = detail;
  const isReview = row.stands?.stage === 'review';
  return (
    <header className="proposal-head">
      <h2>
        {KIND_TEXT[row.kind]} of {row.programName}: {cents(row.price)} {row.currency}
      </h2>
      <p>
        <b>{STATE_TEXT[row.state]}</b>
        <span className="quiet-text">
          {' '}
          · {row.source} {row.externalId} · received {dateTimeText(row.receivedAt)} UTC
          {row.waits && ' · said here, not yet received'}
        </span>
      </p>
      {row.stands && (
        <p className="order-stands" role="status">
          ▲ {STAGE_TEXT[row.stands.stage]}: {row.stands.sentence}
          {row.stands.retryAt !== null &&
            ` · attempt ${row.stands.attempt}, tried again at ${dateTimeText(row.stands.retryAt)} UTC`}
        </p>
      )}
      <div className="verbs" role="toolbar" aria-label="What you may do">
        <button
          type="button"
          aria-pressed={verb === 'retry'}
          disabled={!row.mayRetry}
          title={row.mayRetry ? '' : 'Nothing stands still here, or no role of yours allows it'}
          onClick={() => setVerb('retry')}
        >
          {isReview ? 'Looked at (R)' : 'Retry (R)'}
        </button>
        <button
          type="button"
          aria-pressed={verb === 'cancel'}
          disabled={!row.mayCancel}
          title={row.mayCancel ? '' : 'Only an order without an account is cancelled'}
          onClick={() => setVerb('cancel')}
        >
          Cancel (C)
        </button>
        {row.accountId !== null && (
          <button
            type="button"
            className="quiet"
            onClick={() => row.accountId !== null && openAccount(row.accountId)}
          >
            Account {row.accountId} ↗ (O)
          </button>
        )}
      </div>
    </header>
  );
}

function Say({
  client,
  row,
  verb,
  onClose,
  onDone,
}: {
  readonly client: RendererClient;
  readonly row: OrderRow;
  readonly verb: Verb;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): ReactElement {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const { orderId } = row;
  const isReview = row.stands?.stage === 'review';
  const title = verb === 'cancel' ? 'Cancel the order' : isReview ? 'Looked at' : 'Try again';
  const send = async (): Promise<void> => {
    setBusy(true);
    const reply = await client.call(`orders.${verb}`, { orderId, reason: reason.trim() });
    setBusy(false);
    if (!reply.ok) return setSaid(reply.error.message);
    onDone();
    onClose();
  };
  return (
    <ActForm
      title={title}
      send={title}
      ready={reason.trim() === '' ? 'Give a reason: it stands in the log.' : ''}
      acting={{
        meanwhile: { news: [], moreOfTheSame: 0 },
        seen: () => {},
        busy,
        said,
      }}
      onSend={() => void send()}
      onClose={onClose}
    >
      {verb === 'cancel' && (
        <p className="quiet-text">
          No account will open. What was paid is given back where it was paid: in the shop.
        </p>
      )}
      <TextField
        id="order-reason"
        label="Reason"
        value={reason}
        max={REASON_MAX}
        first
        onChange={setReason}
      />
    </ActForm>
  );
}

function Facts({ detail }: { readonly detail: OrderDetail }): ReactElement {
  const { row, terms, addOns, forAccount, affiliateId } = detail;
  const lines: readonly (readonly [string, string])[] = [
    ['Trader', row.traderId],
    ['Opens as', terms === '' ? 'not decided yet' : terms],
    ['For account', forAccount ?? ''],
    ['With', addOns.join(', ')],
    ['Through', affiliateId ?? ''],
    ['Bought', `${dateTimeText(row.orderedAt)} UTC, by the shop’s clock`],
  ];
  return (
    <dl className="order-facts">
      {lines
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Steps({ detail }: { readonly detail: OrderDetail }): ReactElement {
  return (
    <table className="order-steps">
      <caption>Every step, from the purchase on</caption>
      <TableHead columns={['After', 'What happened', 'At (UTC)', 'Fact']} />
      <tbody>
        {detail.steps.map(({ seq, at, afterMs, kind, says }) => (
          <tr key={seq} data-kind={kind}>
            <td className="number">{durationText(afterMs)}</td>
            <td>
              {STEP_GLYPH[kind] ?? '●'} {says}
            </td>
            <td>{dateTimeText(at)}</td>
            <td className="number">{seq}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** R, C and O, while no form is open; Esc closes one. */
function useVerbKeys(
  row: OrderRow | null,
  verb: Verb | null,
  setVerb: (verb: Verb | null) => void,
): void {
  const hearKeys = usePanelKeys();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && verb !== null) {
        event.stopImmediatePropagation();
        return setVerb(null);
      }
      const typing =
        event.target instanceof HTMLElement &&
        /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !row || verb) return;
      if (event.key === 'r' && row.mayRetry) setVerb('retry');
      else if (event.key === 'c' && row.mayCancel) setVerb('cancel');
      else if (event.key === 'o' && row.accountId !== null) openAccount(row.accountId);
      else return;
      event.preventDefault();
    };
    return hearKeys(onKey, true);
  }, [row, verb, setVerb, hearKeys]);
}
