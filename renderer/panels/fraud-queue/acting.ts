import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { CaseVerb } from '#core/cases/act.ts';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import type { CallResult } from '#core/desk-api/rpc.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { readCases } from '#renderer/store/cases.ts';
import { useSession } from '#renderer/store/session.ts';
import { basisOf, sinceBasis, versionToSend, type Meanwhile } from './meanwhile.ts';

const NOTHING: Meanwhile = { news: [], moreOfTheSame: 0 };

type Sent = CallResult<{ readonly commandId: string; readonly state: 'queued' | 'accepted' }>;

/** Doing something to a case, on what the person has seen of it. */
export interface Acting {
  /** What others did since the form was opened; while there is news, nothing is sent. */
  readonly meanwhile: Meanwhile;
  /** The person has looked at it: what they do now rests on the case as it is. */
  seen(): void;
  readonly busy: boolean;
  readonly said: string;
  /** Resolves to null when it was refused, and what was typed is to stay. */
  act(verb: CaseVerb): Promise<'queued' | 'accepted' | null>;
  /** For calls of their own that carry a version. */
  send(call: (version: number) => Promise<Sent>): Promise<'queued' | 'accepted' | null>;
}

/**
 * `opening`: what is decided rests on the case as it was when the form was opened. `now`: for small
 * deeds from the page, which shows the case as it is.
 */
export function useActing(
  client: RendererClient,
  detail: CaseDetail,
  reread: () => Promise<CaseDetail | null>,
  restsOn: 'opening' | 'now',
): Acting {
  const person = useSession((session) => session.person);
  const me = useMemo(() => (person ? [person.personId, person.name] : []), [person]);
  const [basis, setBasis] = useState(() => basisOf(detail));
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const sending = useRef(false);
  // Several deeds may follow each other without a render between them.
  const latest = useRef(detail);
  useEffect(() => {
    if (detail.row.version >= latest.current.row.version) latest.current = detail;
  }, [detail]);
  const meanwhile = useMemo(
    () => (restsOn === 'now' ? NOTHING : sinceBasis(detail, basis, me)),
    [restsOn, detail, basis, me],
  );
  const send: Acting['send'] = useCallback(
    async (call) => {
      if (sending.current) return null;
      sending.current = true;
      setBusy(true);
      setSaid('');
      const { current } = latest;
      const version = restsOn === 'now' ? current.row.version : versionToSend(current, basis, me);
      const reply = await call(version);
      latest.current = (await reread()) ?? latest.current;
      sending.current = false;
      setBusy(false);
      readCases();
      if (reply.ok) return reply.value.state;
      setSaid(reply.error.message);
      return null;
    },
    [basis, me, reread, restsOn],
  );
  const { caseId } = detail.row;
  const act: Acting['act'] = useCallback(
    (verb) => send((version) => client.call('cases.act', { caseId, version, act: verb })),
    [client, caseId, send],
  );
  const seen = useCallback(() => {
    setBasis(basisOf(latest.current));
    setSaid('');
  }, []);
  return { meanwhile, seen, busy, said, act, send };
}
