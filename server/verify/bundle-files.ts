import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '#core/kernel/result.ts';

/** Files of one folder that somebody else may have made: nothing outside it is ever opened. */
export interface BundleFiles {
  /** Null where there is no such file. */
  read(path: string, bytesMax: number): Result<Uint8Array | null, string>;
  /** What lies there, held against nothing: for finding out what differs. */
  unheld(path: string, bytesMax: number): Result<Uint8Array | null, string>;
}

// Windows has no such flag, and links there need rights that a bundle does not give.
const NO_LINKS = constants.O_NOFOLLOW ?? 0;

export function openFolder(root: string): BundleFiles {
  /** Folders that were looked at: each is a folder, and none a link to somewhere else. */
  const folders = new Set<string>(['']);
  const isFolder = (path: string): boolean | null => {
    if (folders.has(path)) return true;
    const found = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (!found) return null;
    if (!found.isDirectory()) return false;
    folders.add(path);
    return true;
  };
  const read: BundleFiles['read'] = (path, bytesMax) => {
    const parts = path.split('/');
    if (parts.some((part) => part === '' || part.startsWith('.'))) {
      return err(`${path} is no name of a file here`);
    }
    for (let at = 1; at < parts.length; at += 1) {
      const folder = isFolder(parts.slice(0, at).join('/'));
      if (folder === null) return ok(null);
      if (!folder) return err(`${parts.slice(0, at).join('/')} is no folder`);
    }
    return readWhole(join(root, path), path, bytesMax);
  };
  return { read, unheld: read };
}

function readWhole(
  file: string,
  path: string,
  bytesMax: number,
): Result<Uint8Array | null, string> {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found) return ok(null);
  if (!found.isFile()) return err(`${path} is no file`);
  const handle = openSync(file, constants.O_RDONLY | NO_LINKS);
  try {
    const { size } = fstatSync(handle);
    if (size > bytesMax) return err(`${path} has ${size} bytes, more than ${bytesMax}`);
    const bytes = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const read = readSync(handle, bytes, at, size - at, at);
      if (read === 0) return err(`${path} became shorter while it was read`);
      at += read;
    }
    return ok(bytes);
  } finally {
    closeSync(handle);
  }
}

/** Files that a manifest names, each held against it whenever it is read. */
export function heldAgainst(
  files: BundleFiles,
  manifest: ReadonlyMap<string, string>,
): BundleFiles {
  return {
    ...files,
    read: (path, bytesMax) => {
      const read = files.read(path, bytesMax);
      if (!read.ok) return read;
      const named = manifest.get(path);
      if (read.value === null) {
        return named === undefined ? read : err(`${path} is missing`);
      }
      if (named === undefined) return err(`${path} is not in the manifest`);
      return hash('sha256', read.value) === named ? read : err(`${path} is not what was exported`);
    },
  };
}
