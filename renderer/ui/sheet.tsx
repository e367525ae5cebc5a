import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

/** A page over the page. It takes the focus when it opens and gives it back when it closes. */
export function Sheet(props: {
  readonly label: string;
  readonly small?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const sheet = useRef<HTMLDialogElement | null>(null);
  useEffect(() => {
    const before = document.activeElement;
    sheet.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      open
      ref={sheet}
      tabIndex={-1}
      className={props.small === true ? 'sheet small' : 'sheet'}
      aria-label={props.label}
    >
      {props.children}
    </dialog>
  );
}
