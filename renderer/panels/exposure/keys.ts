import { useEffect, useRef } from 'react';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';

/** Hears keys that nobody types into a field. */
export function useKeys(hear: (key: string) => void): void {
  const latest = useRef(hear);
  const hearKeys = usePanelKeys();
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement &&
        /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      latest.current(event.key);
    };
    return hearKeys(onKey);
  }, [hearKeys]);
}
