import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { DecideDispute } from '#core/support/act.ts';
import { CLAUSE_MAX } from '#core/support/act.ts';
import { REASON_MAX, REMEDIES, type Remedy } from '#core/support/support.events.ts';
import type { DisputeDetail } from '#core/desk-api/support-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { PackButton } from '#renderer/panels/account-detail/pack-button.tsx';
import { goTo } from '#renderer/store/place.ts';
import { ActForm, DigitChoice, TextField } from '#renderer/ui/act-form.tsx';
import { cents, dateTimeText } from '#renderer/ui/format.ts';
import { Context } from './context.tsx';
import { Due } from './due.tsx';
import { actingOf } from './forms.tsx';
import { useListKeys, useVerbKeys, type Verb } from './keys.ts';
import { DisputeList, stateText } from './lists.tsx';
import { useReading, useSending } from './reading.ts';
import { DISPUTE_REASON_TEXT, REMEDY_SAYS, REMEDY_TEXT } from './words.ts';

const LISTED_MAX = 2_000;

/** What traders say is wrong: each waits for somebody who had no part in it. */
export function Disputes({
  client,
  disputeId,
}: {
  readonly client: RendererClient;
  readonly disputeId: string | undefined;
}): ReactElement {
  const { value, failure } = useReading(client, 'disputes.list', { limit: LISTED_MAX });
  const rows = value?.disputes ?? [];
  const open = useCallback((id: string) => goTo('support', 'disputes', id), []);
  const back = useCallback(() => goTo('support', 'disputes'), []);
  useListKeys({
    ids: rows.map((row) => row.disputeId),
    open: disputeId,
    onOpen: open,
    back,
    make: null,
  });
  return (
    <div className={disputeId === undefined ? 'support-split' : 'support-split open'}>
      <section className="panel queue" aria-label="Disputes">
        {failure !== '' && (
          <p className="failure" role="alert">
            {failure}
          </p>
        )}
        {value === null && failure === '' && <p className="empty">Reading disputes…</p>}
        {value !== null && rows.length === 0 && (
          <p className="empty">
            Nothing is disputed. A dispute comes with a ticket, through the API, or is taken down
            with D on the page of a ticket.
          </p>
        )}
        {value !== null && rows.length > 0 && (
          <DisputeList rows={rows} open={disputeId} now={value.asOf} onOpen={open} />
        )}
      </section>
      {disputeId !== undefined && (
        <DisputePage key={disputeId} client={client} disputeId={disputeId} onBack={back} />
      )}
    </div>
  );
}

function DisputePage({
  client,
  disputeId,
  onBack,
}: {
  readonly client: RendererClient;
  readonly disputeId: string;
  readonly onBack: () => void;
}): ReactElement {
  const { value: detail, failure, reread } = useReading(client, 'disputes.get', { disputeId });
  if (detail === null) {
    return (
      <section className="panel case-page" aria-label="Dispute">
        {failure === '' ? (
          <p className="empty">Reading the dispute…</p>
        ) : (
          <p className="failure" role="alert">
            {failure}
          </p>
        )}
      </section>
    );
  }
  return <Page client={client} detail={detail} reread={reread} onBack={onBack} />;
}

function Page({
  client,
  detail,
  reread,
  onBack,
}: {
  readonly client: RendererClient;
  readonly detail: DisputeDetail;
  readonly reread: () => Promise<void>;
  readonly onBack: () => void;
}): ReactElement {
  const { row, evidence, letter, context, mayWork } = detail;
  const [form, setForm] = useState<'decide' | 'withdraw' | null>(null);
  const isOver = row.state !== 'waiting';
  const verbs: readonly Verb[] = [
    { key: 'd', text: 'Decide…', whyNot: row.whyNot, run: () => setForm('decide') },
    {
      key: 'w',
      text: 'Withdraw…',
      whyNot: isOver ? 'It is over' : mayWork ? '' : 'No role of yours works on disputes',
      run: () => setForm('withdraw'),
    },
    {
      key: 't',
      text: 'Ticket',
      whyNot: row.ticketId === null ? 'It came without a ticket' : '',
      run: () => row.ticketId !== null && goTo('support', 'tickets', row.ticketId),
    },
    {
      key: 'p',
      text: 'Clause and preview',
      whyNot: row.programId === '' ? 'The program is not known here' : '',
      run: () => goTo('programs', row.programId),
    },
  ];
  useVerbKeys(verbs, true, form !== null);
  const close = useCallback(() => setForm(null), []);
  return (
    <section className="panel case-page ticket-page" aria-label={`Dispute ${row.number}`}>
      <header className="case-head">
        <div className="case-title">
          <h2>
            Dispute {row.number} · {DISPUTE_REASON_TEXT[row.reason]}
          </h2>
          <span className="spacer" />
          <button type="button" className="quiet" onClick={onBack}>
            Close (Esc)
          </button>
        </div>
        <div className="case-state">
          <span className={row.overdue ? 'age-critical' : ''}>{stateText(row)}</span>
          {!isOver && <Due dueAt={row.dueAt} />}
          <span>Account {row.accountId}</span>
          <span>{row.programName}</span>
          <span className="quiet-text">filed {dateTimeText(row.at)}</span>
        </div>
        <div className="verbs toolbar" role="toolbar" aria-label="What can be done">
          {verbs.map(({ key, text, whyNot, run }) => (
            <button
              key={key}
              type="button"
              aria-disabled={whyNot !== ''}
              title={whyNot}
              onClick={() => whyNot === '' && run()}
            >
              {text}
              <kbd>{key.toUpperCase()}</kbd>
            </button>
          ))}
          {row.about.type === 'verdict' && (
            <PackButton client={client} accountId={row.accountId} seq={row.about.seq} />
          )}
        </div>
        {row.whyNot !== '' && !isOver && <p className="waits">▲ {row.whyNot}</p>}
      </header>
      {form === 'decide' && (
        <Decide client={client} detail={detail} onClose={close} reread={reread} />
      )}
      {form === 'withdraw' && (
        <Withdraw client={client} disputeId={row.disputeId} onClose={close} reread={reread} />
      )}
      <div className="ticket-columns">
        <div className="dispute-facts">
          <h3>What is disputed</h3>
          <p>{row.says}</p>
          <p className="dispute-evidence">{evidence}</p>
          <h3>Who decided first</h3>
          <p>
            {row.decidedBy.length === 0
              ? 'A rule: no person had a part in it.'
              : row.decidedBy.map(({ name }) => name).join(', ')}
          </p>
          {row.decision && (
            <>
              <h3>What was decided</h3>
              <p>
                <b>{REMEDY_TEXT[row.decision.remedy]}</b> by {row.decision.by},{' '}
                {dateTimeText(row.decision.at)}
              </p>
              <p>{row.decision.reason}</p>
              {row.decision.clause !== null && <p className="quiet-text">{row.decision.clause}</p>}
              {row.decision.amount > 0 && (
                <p>
                  {cents(row.decision.amount)} {row.decision.currency}
                </p>
              )}
            </>
          )}
          {row.withdrawn !== null && <p>Withdrawn: {row.withdrawn}</p>}
          {letter !== null && (
            <>
              <h3>The letter</h3>
              <pre className="letter">{letter}</pre>
            </>
          )}
        </div>
        <Context context={context} accountId={row.accountId} onDispute={null} />
      </div>
    </section>
  );
}

function Decide({
  client,
  detail: { row, clauses, remedies, currency },
  onClose,
  reread,
}: {
  readonly client: RendererClient;
  readonly detail: DisputeDetail;
  readonly onClose: () => void;
  readonly reread: () => Promise<void>;
}): ReactElement {
  const [remedy, setRemedy] = useState<Remedy | null>(null);
  const [reason, setReason] = useState('');
  const [clause, setClause] = useState('');
  const [proposalId, setProposal] = useState('');
  const sending = useSending(reread);
  const wanted = remedy === 'goodwill' ? 'refunded' : remedy;
  const offers = remedies.filter((one) => one.remedy === wanted);
  const chosen = offers.find((one) => one.proposalId === proposalId);
  const gives = remedy === 'refunded' || remedy === 'goodwill';
  const wish: DecideDispute = {
    disputeId: row.disputeId,
    remedy: remedy ?? 'upheld',
    reason,
    clause: clause.trim() === '' ? null : clause.trim(),
    proposalId: remedy === 'upheld' ? null : (chosen?.proposalId ?? null),
    amount: gives ? (chosen?.amount ?? 0) : 0,
    currency: gives ? currency : null,
  };
  const letter = useLetter(client, remedy === null || reason.trim() === '' ? null : wish);
  const send = async (): Promise<void> => {
    const state = await sending.send(() => client.call('disputes.decide', wish));
    if (state !== null) onClose();
  };
  return (
    <ActForm
      title="Decide the dispute"
      send="Decide and tell the trader"
      ready={readyText(remedy, reason, clause, row.about.type, chosen !== undefined)}
      acting={actingOf(sending)}
      onSend={() => void send()}
      onClose={onClose}
      aside={
        <>
          <h3>The letter to the trader</h3>
          <pre className="letter">
            {letter === '' ? 'It stands here once you chose, and gave a reason.' : letter}
          </pre>
        </>
      }
    >
      <DigitChoice
        label="What becomes of it"
        name="remedy"
        choices={REMEDIES.map((one) => ({
          value: one,
          text: REMEDY_TEXT[one],
          hint: REMEDY_SAYS[one],
          whyNot:
            one === 'reinstated' && row.about.type !== 'verdict'
              ? 'Only a verdict can be taken back so'
              : '',
        }))}
        value={remedy}
        onChange={(one) => {
          setRemedy(one);
          setProposal('');
        }}
      />
      {remedy !== null && remedy !== 'upheld' && (
        <p className="act-field">
          <label htmlFor="dispute-proposal">
            What several agreed on, and was carried out
            {offers.length === 0 && ' – nothing yet: propose it first, others approve it'}
          </label>
          <select
            id="dispute-proposal"
            value={proposalId}
            onChange={(event) => setProposal(event.target.value)}
          >
            <option value="">Choose…</option>
            {offers.map((one) => (
              <option key={one.proposalId} value={one.proposalId}>
                {one.says}
              </option>
            ))}
          </select>
        </p>
      )}
      <p className="act-field">
        <label htmlFor="dispute-clause">Clause that it rests on</label>
        <input
          id="dispute-clause"
          list="dispute-clauses"
          maxLength={CLAUSE_MAX}
          value={clause}
          onChange={(event) => setClause(event.target.value)}
        />
        <datalist id="dispute-clauses">
          {clauses.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </p>
      <TextField
        id="dispute-why"
        label="Why, for the trader to read"
        value={reason}
        max={REASON_MAX}
        rows={3}
        onChange={setReason}
      />
    </ActForm>
  );
}

function readyText(
  remedy: Remedy | null,
  reason: string,
  clause: string,
  type: string,
  hasProposal: boolean,
): string {
  if (remedy === null) return 'Choose what becomes of it.';
  if (remedy !== 'upheld' && !hasProposal) return 'Choose what was agreed on for it.';
  if (remedy === 'upheld' && type === 'verdict' && clause.trim() === '') return 'Name the clause.';
  return reason.trim() === '' ? 'Give a reason.' : '';
}

/** The letter as the server would write it, of what is filled in now. */
function useLetter(client: RendererClient, wish: DecideDispute | null): string {
  const [text, setText] = useState('');
  const asked = wish === null ? '' : JSON.stringify(wish);
  useEffect(() => {
    let late = false;
    if (asked === '') return () => setText('');
    void client.call('disputes.letter', JSON.parse(asked) as DecideDispute).then((reply) => {
      if (!late && reply.ok) setText(reply.value.text);
    });
    return () => {
      late = true;
    };
  }, [client, asked]);
  return text;
}

function Withdraw({
  client,
  disputeId,
  onClose,
  reread,
}: {
  readonly client: RendererClient;
  readonly disputeId: string;
  readonly onClose: () => void;
  readonly reread: () => Promise<void>;
}): ReactElement {
  const [reason, setReason] = useState('');
  const sending = useSending(reread);
  const send = async (): Promise<void> => {
    const state = await sending.send(() => client.call('disputes.withdraw', { disputeId, reason }));
    if (state !== null) onClose();
  };
  return (
    <ActForm
      title="Withdraw: on the trader’s own word"
      send="Withdraw"
      ready={reason.trim() === '' ? 'Say what the trader said.' : ''}
      acting={actingOf(sending)}
      onSend={() => void send()}
      onClose={onClose}
    >
      <TextField
        id="dispute-withdrawn"
        label="Reason"
        value={reason}
        max={REASON_MAX}
        first
        onChange={setReason}
      />
    </ActForm>
  );
}
