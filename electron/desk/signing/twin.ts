import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { digestOfText } from '#core/kernel/digest.ts';
import { synchroniseFolderOf } from '../store/open.ts';

/**
 * A second copy of everything that was signed here, one framed line each, in a plain file: what a
 * damaged database is rebuilt from.
 */
export interface Twin {
  /** On the disk when it returns. */
  keep(line: string): void;
  /** Whole lines only; a torn one at the end is left out. */
  lines(): string[];
}

/** Null for a desk that lives in memory. */
export function openTwin(file: string | null): Twin {
  if (file === null) return { keep: () => {}, lines: () => [] };
  return {
    keep: (line) => {
      const descriptor = openSync(file, 'a', 0o600);
      try {
        const isNew = fstatSync(descriptor).size === 0;
        // Before the first line: when this fails, the next one tries it again.
        if (isNew) synchroniseFolderOf(file);
        // What precedes may be torn, or never reach the disk though it can be read here: what
        // follows must not become a part of it.
        const before = isNew ? '' : '\n';
        writeFileSync(descriptor, `${before}${digestOfText(line).slice(0, 16)} ${line}\n`);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    },
    lines: () => {
      if (!existsSync(file)) return [];
      return readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((framed) => {
          const line = framed.slice(17);
          return framed.slice(0, 16) === digestOfText(line).slice(0, 16) && line !== ''
            ? [line]
            : [];
        });
    },
  };
}
