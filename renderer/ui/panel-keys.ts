import { createContext, useContext } from 'react';

/** Whether keys of no field are meant for the panel that asks, now. */
export const PanelIsInFront = createContext<() => boolean>(() => true);

export type HearKeys = (onKey: (event: KeyboardEvent) => void, capture?: boolean) => () => void;

/**
 * Hears the window's keys while the panel that asks is in front: of several docked side by side only
 * one answers to a letter. What comes back stops hearing. Its identity stays.
 */
export function usePanelKeys(): HearKeys {
  const isInFront = useContext(PanelIsInFront);
  return keysWhile(isInFront);
}

const known = new WeakMap<() => boolean, HearKeys>();

function keysWhile(isInFront: () => boolean): HearKeys {
  const before = known.get(isInFront);
  if (before) return before;
  const hear: HearKeys = (onKey, capture = false) => {
    const gated = (event: KeyboardEvent): void => {
      if (isInFront()) onKey(event);
    };
    window.addEventListener('keydown', gated, capture);
    return () => window.removeEventListener('keydown', gated, capture);
  };
  known.set(isInFront, hear);
  return hear;
}
