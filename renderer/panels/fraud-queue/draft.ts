import { useCallback, useEffect, useRef, useState } from 'react';
import type { CaseDraft } from '#core/desk-api/case-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';

/** A pause in writing after which it is kept. */
const SAVE_AFTER_MS = 400;

const nothing: CaseDraft = {
  outcome: null,
  code: '',
  reason: '',
  departure: '',
  note: '',
  accountIds: [],
  dealIds: [],
  amount: 0,
  savedAt: 0,
};

export interface Draft {
  readonly value: CaseDraft;
  /** False until the desk has said what it kept: forms wait for it. */
  readonly ready: boolean;
  put(over: Partial<CaseDraft>): void;
  /** Forgets a decision that was sent, or a note; the other one stays. */
  forget(part: 'decision' | 'note'): void;
}

/** What somebody began to write about a case: kept on this desk as they type, and found again. */
export function useDraft(client: RendererClient, caseId: string): Draft {
  const [value, setValue] = useState<CaseDraft>(nothing);
  const [ready, setReady] = useState(false);
  const latest = useRef(nothing);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const save = useCallback(() => {
    if (timer.current === null) return;
    clearTimeout(timer.current);
    timer.current = null;
    const draft = isNothing(latest.current) ? null : { ...latest.current, savedAt: Date.now() };
    void client.call('cases.saveDraft', { caseId, draft });
  }, [client, caseId]);
  useEffect(() => {
    let gone = false;
    void client.call('cases.draft', { caseId }).then((reply) => {
      if (gone) return;
      latest.current = (reply.ok ? reply.value.draft : null) ?? nothing;
      setValue(latest.current);
      setReady(true);
    });
    return () => {
      gone = true;
      save();
    };
  }, [client, caseId, save]);
  const put = useCallback(
    (over: Partial<CaseDraft>) => {
      latest.current = { ...latest.current, ...over };
      setValue(latest.current);
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = setTimeout(save, SAVE_AFTER_MS);
    },
    [save],
  );
  const forget = useCallback(
    (part: 'decision' | 'note') => {
      const { note } = latest.current;
      put(part === 'note' ? { note: '' } : { ...nothing, note });
      save();
    },
    [put, save],
  );
  return { value, ready, put, forget };
}

function isNothing({ savedAt: _savedAt, ...draft }: CaseDraft): boolean {
  const { savedAt: _none, ...empty } = nothing;
  return JSON.stringify(draft) === JSON.stringify(empty);
}
