import { useEffect, useState, type RefObject } from 'react';

/** How long after the last move of the pointer, or the last key, rows may move again. */
const HOLD_AFTER_MS = 2_500;
const CHECK_EVERY_MS = 250;

export interface Hold {
  /** Whether the order stands still, for the label that says so. */
  readonly held: boolean;
  /** The same, at this very moment, for the loop that orders. */
  now(): boolean;
}

/**
 * Rows must not move under a hand: the order stands still while a person points at a row or walks
 * through the grid, and for a moment after. Numbers go on changing in place.
 */
export function useHold(area: RefObject<HTMLElement | null>): Hold {
  const [held, setHeld] = useState(false);
  const [hold] = useState(() => {
    let until = 0;
    return {
      touch: () => {
        until = performance.now() + HOLD_AFTER_MS;
      },
      release: () => {
        until = 0;
      },
      now: () => performance.now() < until,
    };
  });
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    const { touch, release } = hold;
    element.addEventListener('pointermove', touch);
    element.addEventListener('wheel', touch, { passive: true });
    element.addEventListener('keydown', touch);
    element.addEventListener('pointerleave', release);
    const timer = setInterval(() => setHeld(hold.now()), CHECK_EVERY_MS);
    return () => {
      element.removeEventListener('pointermove', touch);
      element.removeEventListener('wheel', touch);
      element.removeEventListener('keydown', touch);
      element.removeEventListener('pointerleave', release);
      clearInterval(timer);
    };
  }, [area, hold]);
  return { held, now: hold.now };
}
