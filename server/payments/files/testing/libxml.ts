import { validateXML } from 'xmllint-wasm';
import type { XmlElement } from '../xml.ts';

/** A file for the second parser, with the name by which its complaints are found again. */
export interface NamedFile {
  readonly fileName: string;
  readonly contents: string;
}

/**
 * What libxml2, a parser that shares no line with ours, takes from well-formed files: the canonical
 * form of all of them in a row, and the names of those that it refuses.
 */
export async function readWithLibxml(
  files: readonly NamedFile[],
): Promise<{ readonly canonical: string; readonly refused: ReadonlySet<string> }> {
  const { normalized, errors } = await validateXML({ xml: files, normalization: 'c14n' });
  const refused = new Set(errors.flatMap(({ loc }) => (loc ? [loc.fileName] : [])));
  return { canonical: normalized, refused };
}

/** What a schema has against files; nothing when they are valid. */
export async function schemaErrors(files: readonly NamedFile[], schema: string): Promise<string[]> {
  const { errors, valid } = await validateXML({
    xml: files,
    schema: [{ fileName: 'schema.xsd', contents: schema }],
  });
  return valid ? [] : errors.map(({ rawMessage }) => rawMessage);
}

const COMMENT = /<!--[^]*?-->/g;
const LEAF = /<(?:[\w.-]+:)?([\w.-]+)((?: [^\s="]+="[^"]*")*)>([^<]*)<\/[^>]*>/g;

export interface Leaf {
  readonly name: string;
  readonly text: string;
}

/** Elements without children, as our reader gives them. */
export function leavesOf({ name, text, children }: XmlElement): Leaf[] {
  return children.length === 0 ? [{ name, text }] : children.flatMap(leavesOf);
}

/** Elements without children in canonical XML, which knows one way only to write them. */
export function leavesOfCanonical(canonical: string): Leaf[] {
  return [...canonical.replace(COMMENT, '').matchAll(LEAF)].map(([, name = '', , text = '']) => ({
    name,
    text: text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#xD;', '\r')
      .replaceAll('&amp;', '&'),
  }));
}
