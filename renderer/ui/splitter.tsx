import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';

const SIZE_MIN = 180;
const SIZE_MAX = 1_400;
const STEP = 24;

interface Props {
  /** `column` divides left from right, `row` upper from lower. */
  readonly direction: 'column' | 'row';
  /** Pixels of what lies behind it. */
  readonly size: number;
  readonly onSize: (size: number) => void;
}

/** A divider that moves by pointer and by arrow keys. */
export function Splitter({ direction, size, onSize }: Props): ReactElement {
  const limited = (next: number): number =>
    Math.max(SIZE_MIN, Math.min(SIZE_MAX, Math.round(next)));
  const drag = (event: PointerEvent<HTMLElement>): void => {
    const start = direction === 'column' ? event.clientX : event.clientY;
    const element = event.currentTarget;
    element.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent): void =>
      onSize(limited(size + start - (direction === 'column' ? moved.clientX : moved.clientY)));
    const stop = (): void => {
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', stop);
    };
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', stop);
  };
  const key = ({ key: pressed }: KeyboardEvent): void => {
    if (pressed === 'ArrowLeft' || pressed === 'ArrowUp') onSize(limited(size + STEP));
    if (pressed === 'ArrowRight' || pressed === 'ArrowDown') onSize(limited(size - STEP));
  };
  return (
    <div
      className={`splitter splitter-${direction}`}
      role="separator"
      tabIndex={0}
      aria-orientation={direction === 'column' ? 'vertical' : 'horizontal'}
      aria-label="Resize"
      aria-valuenow={size}
      aria-valuemin={SIZE_MIN}
      aria-valuemax={SIZE_MAX}
      onPointerDown={drag}
      onKeyDown={key}
    />
  );
}
