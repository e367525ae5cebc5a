import { useEffect, useRef } from 'react';
import { isTyping, neighbourOf } from '#renderer/panels/work/keys.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';

/** Where tickets are searched. */
export const FIND = 'ticket-find';

/** J and K walk the list, / searches, N writes a new one down, Esc goes back to the list. */
export function useListKeys({
  ids,
  open,
  onOpen,
  back,
  make,
}: {
  readonly ids: readonly string[];
  readonly open: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly back: () => void;
  readonly make: (() => void) | null;
}): void {
  const hearKeys = usePanelKeys();
  const latest = useRef({ ids, open });
  useEffect(() => {
    latest.current = { ids, open };
  });
  useEffect(() => {
    const step = (by: 1 | -1): void => {
      const next = neighbourOf(latest.current.ids, latest.current.open, by);
      if (next !== null) onOpen(next);
    };
    const keys: Readonly<Record<string, () => void>> = {
      j: () => step(1),
      k: () => step(-1),
      '/': () => document.getElementById(FIND)?.focus(),
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog.sheet, .act-form') !== null) return;
      const isOpen = latest.current.open !== undefined;
      const whenClosed = event.key === 'n' && !isOpen ? (make ?? undefined) : undefined;
      const whenOpen = event.key === 'Escape' && isOpen ? back : undefined;
      const act = keys[event.key] ?? whenClosed ?? whenOpen;
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    return hearKeys(onKey, true);
  }, [hearKeys, onOpen, back, make]);
}

export interface Verb {
  readonly key: string;
  readonly text: string;
  readonly whyNot: string;
  readonly run: () => void;
}

/** One small letter a verb, while no form is open and nobody types. */
export function useVerbKeys(verbs: readonly Verb[], may: boolean, isBusy: boolean): void {
  const hearKeys = usePanelKeys();
  const latest = useRef({ verbs, may, isBusy });
  useEffect(() => {
    latest.current = { verbs, may, isBusy };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const now = latest.current;
      if (now.isBusy || !now.may || document.querySelector('dialog.sheet') !== null) return;
      const verb = now.verbs.find(({ key }) => key === event.key);
      if (!verb) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (verb.whyNot === '') verb.run();
    };
    return hearKeys(onKey, true);
  }, [hearKeys]);
}
