/**
 * Characters that a reader of the text does not see, or that make it look different from what it
 * is: controls (line breaks and tabs are fine), everything that only formats (zero width, soft
 * hyphens, direction marks, tags, fillers, variation selectors), separators of lines and
 * paragraphs, and the mark of a character that was lost in decoding.
 */
const HIDDEN =
  /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFFC\uFFFD]/u;

/** Names the first hidden character of a text, or null. */
export function hiddenCharacter(text: string): string | null {
  const found = HIDDEN.exec(text);
  return found ? `${characterCode(found[0])}, a character that does not show` : null;
}

const QUOTED_MAX = 60;

/** Foreign text inside a sentence of ours: short, on one line, and with everything in it visible. */
export function quoted(text: string): string {
  const short = text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text;
  const visible = short
    .toWellFormed()
    .replace(/[\t\n\r]/g, ' ')
    .replace(new RegExp(HIDDEN, 'gu'), (character) => `<${characterCode(character)}>`);
  return `"${visible}"`;
}

/** "U+202E". */
export function characterCode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The character set that every bank on the SWIFT network passes on: SEPA's Latin set is the same. */
const OUTSIDE_SWIFT = /[^A-Za-z0-9/\-?:().,'+ ]/u;

/**
 * Why a text may not leave for a bank, or null. Characters are never replaced by similar ones: a
 * payee whose name was changed on the way is a payee whom nobody approved.
 */
export function swiftProblem(text: string, lengthMax: number): string | null {
  if (text.trim() === '') return 'is empty';
  if (text !== text.trim()) return 'begins or ends with a blank';
  const found = OUTSIDE_SWIFT.exec(text);
  if (found) {
    const shown = hiddenCharacter(found[0]) ?? `${quoted(found[0])} (${characterCode(found[0])})`;
    return `holds ${shown} at position ${found.index + 1}, outside the SWIFT character set`;
  }
  if (text.length > lengthMax) return `has ${text.length} characters, and ${lengthMax} are allowed`;
  return null;
}

/** As swiftProblem, for references: a slash at either end or two in a row end them early. */
export function referenceProblem(text: string, lengthMax: number): string | null {
  const problem = swiftProblem(text, lengthMax);
  if (problem !== null) return problem;
  if (/^\/|\/$|\/\//.test(text)) return 'begins or ends with "/", or holds "//"';
  return null;
}
