import { readFileSync, writeFileSync } from 'node:fs';

interface WindowState {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
}
const SIZE: WindowState = { width: 1440, height: 900 };

/** Where the window was when it was last closed; a missing or spoilt file gives the usual size. */
export function readWindowState(file: string): WindowState {
  try {
    const { width, height, x, y } = JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      unknown
    >;
    if (!isWhole(width) || !isWhole(height)) return SIZE;
    return isWhole(x) && isWhole(y) ? { width, height, x, y } : { width, height };
  } catch {
    return SIZE;
  }
}

export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(file, JSON.stringify(state));
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}
