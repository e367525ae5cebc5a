import { useEffect, useState, type ReactElement } from 'react';
import { dueText } from './words.ts';

const LOOK_EVERY_MS = 30_000;

/** By when the firm has to have answered: it moves with time alone. */
export function Due({ dueAt }: { readonly dueAt: number | null }): ReactElement {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return <span>Answer due: {dueText(dueAt, now)}</span>;
}
