import { useCallback, useMemo, useRef, useState } from 'react';
import type { WorkDetail } from '#core/desk-api/work-calls.ts';
import type { WorkVerb } from '#core/work/act.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useSession } from '#renderer/store/session.ts';
import type { FormActing } from '#renderer/ui/act-form.tsx';

/** Doing something with an item, on what the person has seen of it. */
export interface WorkActing extends FormActing {
  /** Who is signed in. */
  readonly personId: string;
  /** Resolves to null when it was refused, and what was typed is to stay. */
  act(verb: WorkVerb): Promise<'queued' | 'accepted' | null>;
}

/** What is done rests on the item as it was when the form opened: what others did is shown first. */
export function useWorkActing(
  client: RendererClient,
  detail: WorkDetail,
  reread: () => Promise<WorkDetail | null>,
): WorkActing {
  const me = useSession((session) => session.person?.name ?? '');
  const personId = useSession((session) => session.person?.personId ?? '');
  const [basis, setBasis] = useState(detail.row.version);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const sending = useRef(false);
  const { version, itemId } = detail.row;
  const news = useMemo(
    () =>
      detail.deeds
        .filter(({ seq, by }) => seq > basis && by !== me)
        .map((deed) => ({ ...deed, by: deed.by === '' ? 'By itself:' : deed.by }))
        .reverse(),
    [detail, basis, me],
  );
  const seen = useCallback(() => {
    setBasis(version);
    setSaid('');
  }, [version]);
  const act = useCallback(
    async (verb: WorkVerb) => {
      if (sending.current) return null;
      sending.current = true;
      setBusy(true);
      setSaid('');
      const reply = await client.call('work.act', { itemId, version, act: verb });
      await reread();
      sending.current = false;
      setBusy(false);
      if (reply.ok) return reply.value.state;
      setSaid(reply.error.message);
      return null;
    },
    [client, itemId, version, reread],
  );
  return { meanwhile: { news, moreOfTheSame: 0 }, seen, busy, said, act, personId };
}
