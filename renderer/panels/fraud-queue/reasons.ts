import { useCallback } from 'react';
import { usePreferences } from '#renderer/store/preferences.ts';

const RECENT_MAX = 5;

/** With a reason in front, each once, the latest first. */
export function withReason(recent: readonly string[], reason: string): readonly string[] {
  const text = reason.trim();
  if (text === '') return recent;
  return [text, ...recent.filter((one) => one !== text)].slice(0, RECENT_MAX);
}

/** Reasons that this person gave for a code lately, and how to keep another one. */
export function useReasons(code: string): {
  readonly recent: readonly string[];
  keep(reason: string): void;
} {
  const { cases, set } = usePreferences();
  const recent = cases.reasons[code] ?? [];
  const keep = useCallback(
    (reason: string) => {
      const { cases: now } = usePreferences.getState();
      const reasons = { ...now.reasons, [code]: withReason(now.reasons[code] ?? [], reason) };
      set({ cases: { ...now, reasons } });
    },
    [code, set],
  );
  return { recent, keep };
}
