import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeXml } from '../xml.ts';

/**
 * Messages and schemas of others, beside the project and never part of it: where the folder is not
 * there, the tests that need it are skipped and counted as skipped.
 */
const FOLDER = join(import.meta.dirname, '../../../../../shared/data/iso20022');
export const withoutSamples = !existsSync(FOLDER);

export interface Sample {
  readonly name: string;
  readonly text: string;
}

export function samples(): Sample[] {
  if (withoutSamples) return [];
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[\\/])samples-.*\.xml$/.test(path))
    .toSorted()
    .map((path) => {
      const text = decodeXml(readFileSync(join(FOLDER, path)));
      // A file in another encoding is refused before it is text; as none, it is refused all the same.
      return { name: path, text: text.ok ? text.value : '' };
    });
}

/** The schema of a message version, or null when there is none. */
export function schemaOf(version: string): string | null {
  const path = join(FOLDER, 'xsd', `${version}.xsd`);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
