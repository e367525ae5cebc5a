import type { ReactElement } from 'react';
import { REASON_MAX } from '#core/cases/act.ts';
import {
  DISMISS_CODE_NAMES,
  DISMISS_CODES,
  FOUND_CODE_NAMES,
  FOUND_CODES,
  type CaseOutcome,
} from '#core/cases/outcomes.ts';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import type { Acting } from './acting.ts';
import type { Draft } from './draft.ts';
import { ActForm, DigitChoice, TextField } from '#renderer/ui/act-form.tsx';
import { useReasons } from './reasons.ts';
import { LetterText, Precedents } from './told.tsx';
import { majorityText, OUTCOME_TEXT } from './words.ts';

export interface DecideProps {
  readonly client: RendererClient;
  readonly detail: CaseDetail;
  readonly acting: Acting;
  readonly draft: Draft;
  readonly onClose: () => void;
  /** It was sent, or waits on this desk. */
  readonly onDone: (state: 'queued' | 'accepted', goOn: boolean) => void;
}

/** Whether nearly all similar cases came to something else: then it takes a reason why. */
export function departs({ majority }: CaseDetail, outcome: CaseOutcome | null): boolean {
  return majority !== null && outcome !== null && majority.outcome !== outcome;
}

/** What one person alone decides: that there is nothing in it, or that the trader is warned. */
export function Decide({
  verb,
  ...props
}: DecideProps & { readonly verb: 'dismiss' | 'warn' }): ReactElement {
  const { detail, acting, draft, onClose, onDone } = props;
  const { value, put } = draft;
  const codes = verb === 'dismiss' ? DISMISS_CODE_NAMES : FOUND_CODE_NAMES;
  const words: Readonly<Record<string, string>> = verb === 'dismiss' ? DISMISS_CODES : FOUND_CODES;
  const begun = value.outcome === verb ? value.code : '';
  const code = codes.find((one) => one === begun) ?? null;
  const { recent, keep } = useReasons(code ?? '');
  const departing = departs(detail, verb);
  const goOn = usePreferences(({ cases }) => cases.goOn);
  const ready = readyText(code, value.reason, departing ? value.departure : null);
  const send = async (): Promise<void> => {
    if (code === null) return;
    const { reason } = value;
    const departure = departing ? value.departure : null;
    const state = await acting.act({ verb, code, reason, departure } as never);
    if (state === null) return;
    keep(reason);
    draft.forget('decision');
    onDone(state, goOn);
  };
  return (
    <ActForm
      title={verb === 'dismiss' ? 'Dismiss: there is nothing in it' : 'Warn the trader'}
      send={goOn ? `${OUTCOME_TEXT[verb]}, take next` : OUTCOME_TEXT[verb]}
      ready={ready}
      acting={acting}
      onSend={() => void send()}
      onClose={onClose}
      footer={<GoOn />}
      aside={
        <>
          <Precedents detail={detail} brief />
          <LetterText {...props} outcome={verb} code={value.code} accountIds={[]} amount={0} />
        </>
      }
    >
      <Restored draft={draft} />
      <DigitChoice
        label={verb === 'dismiss' ? 'Why it is none' : 'What was found'}
        name="code"
        value={code}
        choices={codes.map((one) => ({ value: one, text: words[one] ?? one }))}
        onChange={(next, by) => {
          put({ code: next, outcome: verb });
          if (by === 'digit') document.getElementById('case-reason')?.focus();
        }}
      />
      <TextField
        id="case-reason"
        label="Reason, for the file"
        value={value.reason}
        max={REASON_MAX}
        recent={recent}
        onChange={(reason) => put({ reason, outcome: verb })}
      />
      {departing && <Departure detail={detail} draft={draft} />}
    </ActForm>
  );
}

/** What is still missing, in a few words; empty when nothing is. */
export function readyText(code: string | null, reason: string, departure: string | null): string {
  if (code === null) return 'Choose a code by its digit.';
  if (reason.trim() === '') return 'Give a reason.';
  return departure?.trim() === '' ? 'Say why it departs from similar cases.' : '';
}

/** The same for the same: what departs from it says why. */
export function Departure({
  detail,
  draft,
}: {
  readonly detail: CaseDetail;
  readonly draft: Draft;
}): ReactElement | null {
  if (detail.majority === null) return null;
  return (
    <div className="departure" role="alert">
      <p>
        <b>▲ This departs from similar cases.</b> {majorityText(detail.majority)}.
      </p>
      <TextField
        id="case-departure"
        label="Why this one is different"
        value={draft.value.departure}
        max={REASON_MAX}
        onChange={(departure) => draft.put({ departure })}
      />
    </div>
  );
}

/** Says that what stands there was begun earlier. */
export function Restored({ draft }: { readonly draft: Draft }): ReactElement | null {
  const { savedAt, reason, departure } = draft.value;
  if (savedAt === 0 || (reason === '' && departure === '')) return null;
  return (
    <p className="quiet-text">
      Begun {dateTimeText(savedAt)} UTC on this desk.{' '}
      <button type="button" className="quiet" onClick={() => draft.forget('decision')}>
        Begin again
      </button>
    </p>
  );
}

/** Whether the next free case is taken at once. */
export function GoOn(): ReactElement {
  const { cases, set } = usePreferences();
  return (
    <label className="go-on">
      <input
        type="checkbox"
        checked={cases.goOn}
        onChange={(event) => set({ cases: { ...cases, goOn: event.target.checked } })}
      />{' '}
      then take the next case
    </label>
  );
}
