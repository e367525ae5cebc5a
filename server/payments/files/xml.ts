import { SaxesParser, type SaxesTagNS } from 'saxes';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { hiddenCharacter, quoted } from './characters.ts';

/** One element of a message: it holds either text or further elements, never both. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  readonly namespace: string;
  /** By the name as written, `xsi:type` and all; declarations of namespaces are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** As written, blanks included; empty where there are children. */
  readonly text: string;
  /** Where its `<` stands, both counted from 1. */
  readonly line: number;
  readonly column: number;
}

export interface XmlLimits {
  readonly bytesMax: number;
  readonly depthMax: number;
  readonly elementsMax: number;
  /** Per element. */
  readonly attributesMax: number;
  /** Characters of one element's text or of one attribute's value. */
  readonly textMax: number;
}

/**
 * The schemas of payment messages nest 15 deep, and their longest text has 10,240 characters. Size
 * and number of elements bound how long one file can keep a thread busy: a few seconds.
 */
export const XML_LIMITS: XmlLimits = {
  bytesMax: 16 * 1024 * 1024,
  depthMax: 32,
  elementsMax: 500_000,
  attributesMax: 16,
  textMax: 10_240,
};

/**
 * Decodes a file as UTF-8 and nothing else. A file in another encoding would otherwise be read with
 * names and amounts that its sender never wrote.
 */
export function decodeXml(
  bytes: Uint8Array,
  limits: XmlLimits = XML_LIMITS,
): Result<string, string> {
  if (bytes.length > limits.bytesMax) return err(tooLarge(limits));
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return err('the file is not encoded in UTF-8');
  }
}

/**
 * Reads a message more strictly than XML asks for: whatever two programs could read differently, or
 * a person could see differently than a program, is refused with its line and column.
 */
export function readXml(text: string, limits: XmlLimits = XML_LIMITS): Result<XmlElement, string> {
  if (text.length > limits.bytesMax) return err(tooLarge(limits));
  // XML takes every kind of line end for one; so do the lines that refusals name.
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const problem = problemBeforeParsing(source, limits);
  if (problem !== null) return err(problem);
  try {
    return ok(parse(source, limits));
  } catch (error) {
    if (error instanceof Refusal) return err(error.message);
    throw error;
  }
}

function tooLarge({ bytesMax }: XmlLimits): string {
  return `the file is larger than ${bytesMax / 1024 / 1024} MiB`;
}

/** A document type could define entities, fetch files and grow without end: it is never parsed. */
function problemBeforeParsing(source: string, limits: XmlLimits): string | null {
  if (Buffer.byteLength(source) > limits.bytesMax) return tooLarge(limits);
  if (source.trim() === '') return 'the file is empty';
  const documentType = /<!DOCTYPE/i.exec(source);
  if (documentType) {
    const place = placeText(createPlaces(source)(documentType.index));
    return `${place}: a document type is declared, which no bank message needs`;
  }
  if (!source.isWellFormed()) return 'the file holds half of a character';
  return null;
}

/** Leaves the parser from within one of its handlers: it knows no other way to be stopped. */
class Refusal extends Error {}

function refusal(place: Place, sentence: string): Refusal {
  return new Refusal(`${placeText(place)}: ${sentence}`);
}

interface Place {
  readonly line: number;
  readonly column: number;
}

interface OpenElement extends Place {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
  comment: Place | null;
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
/** Of elements and attributes, prefix and all: XML itself allows letters that look like others. */
const NAME = /^(?:[A-Za-z_][\w.-]{0,63}:)?[A-Za-z_][\w.-]{0,63}$/;

function parse(source: string, limits: XmlLimits): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const placeAt = createPlaces(source);
  const startOf = (opening: string): Place =>
    placeAt(Math.max(0, source.lastIndexOf(opening, parser.position - 1)));
  refuseForeign(parser, startOf);
  const root = buildTree(parser, startOf, limits);
  parser.on('error', (error) => {
    const sentence = quoted(error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, ''));
    const place = placeAt(Math.max(0, parser.position - 1));
    throw refusal(place, `this is not well-formed XML: ${sentence}`);
  });
  parser.write(source).close();
  return root();
}

type Parser = SaxesParser<{ xmlns: true }>;
/** Where the construct began that the parser has just read, given how such a construct begins. */
type StartOf = (opening: string) => Place;

/** Everything of XML that bank messages do without, and that programs read in different ways. */
function refuseForeign(parser: Parser, startOf: StartOf): void {
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0')
      throw refusal(startOf('<?'), `XML ${quoted(version ?? '')} is not read, only 1.0`);
    if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8')
      throw refusal(startOf('<?'), `the encoding is ${quoted(encoding)}, and only UTF-8 is read`);
  });
  parser.on('doctype', () => {
    throw refusal(startOf('<!'), 'a document type is declared');
  });
  parser.on('processinginstruction', ({ target }) => {
    const sentence = `the processing instruction ${quoted(target)} has no place in a bank message`;
    throw refusal(startOf('<?'), sentence);
  });
  parser.on('cdata', () => {
    throw refusal(startOf('<![CDATA['), 'a CDATA section hides what other programs read as text');
  });
}

/** Listens to the parser; the root is there when the parser is closed. */
function buildTree(parser: Parser, startOf: StartOf, limits: XmlLimits): () => XmlElement {
  const open: OpenElement[] = [];
  let root: XmlElement | null = null;
  let start: Place = { line: 1, column: 1 };
  let elements = 0;
  let attributes = 0;
  parser.on('opentagstart', () => {
    start = startOf('<');
    attributes = 0;
    elements += 1;
    if (elements > limits.elementsMax)
      throw refusal(start, `there are more than ${limits.elementsMax} elements`);
    if (open.length >= limits.depthMax)
      throw refusal(start, `elements are nested deeper than ${limits.depthMax}`);
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > limits.attributesMax)
      throw refusal(start, `an element has more than ${limits.attributesMax} attributes`);
  });
  parser.on('opentag', (tag) => {
    checkName(tag.name, start);
    const own = {
      name: tag.local,
      namespace: tag.uri,
      attributes: attributesOf(tag, start, limits),
    };
    open.push({ ...own, ...start, children: [], text: '', comment: null });
  });
  parser.on('text', (piece) => {
    const last = open.at(-1);
    if (last) last.text += piece;
  });
  parser.on('comment', () => {
    const last = open.at(-1);
    if (last) last.comment ??= startOf('<!--');
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (!closed) return;
    const element = finished(closed, limits);
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  });
  return () => {
    if (root === null) throw refusal(start, 'there is no element');
    return root;
  };
}

function checkName(name: string, place: Place): void {
  if (!NAME.test(name)) throw refusal(place, `${quoted(name)} is no name of a bank message`);
}

/** A URI with its scheme, or nothing, which takes an outer declaration back. */
const NAMESPACE = /^(?:[A-Za-z][A-Za-z0-9+.-]*:[\w:/.?#@!$&'()*+,;=%~-]+)?$/;

function attributesOf(
  tag: SaxesTagNS,
  place: Place,
  limits: XmlLimits,
): ReadonlyMap<string, string> {
  const attributes = Object.values(tag.attributes);
  if (attributes.length === 0) return NO_ATTRIBUTES;
  const kept = new Map<string, string>();
  for (const { name, value } of attributes) {
    checkName(name, place);
    checkText(value, `attribute ${quoted(name)}`, place, limits);
    const declares = name === 'xmlns' || name.startsWith('xmlns:');
    if (!declares) kept.set(name, value);
    else if (!NAMESPACE.test(value))
      throw refusal(place, `${quoted(value)} is no name of a namespace`);
  }
  return kept;
}

/** An element that is complete: text and children are not mixed, comments do not split text. */
function finished(closed: OpenElement, limits: XmlLimits): XmlElement {
  const { name, namespace, attributes, children, comment, line, column } = closed;
  const carriesText = /[^ \t\r\n]/.test(closed.text);
  if (carriesText && children.length > 0)
    throw refusal(closed, `${name} holds text and elements side by side`);
  if (carriesText && comment !== null)
    throw refusal(comment, `a comment stands inside the text of ${name}`);
  if (carriesText) checkText(closed.text, name, closed, limits);
  const text = children.length > 0 ? '' : closed.text;
  return { name, namespace, attributes, children, text, line, column };
}

function checkText(text: string, what: string, place: Place, { textMax }: XmlLimits): void {
  const sentence =
    text.length > textMax ? `more than ${textMax} characters` : hiddenCharacter(text);
  if (sentence !== null) throw refusal(place, `${what} holds ${sentence}`);
}

function placeText({ line, column }: Place): string {
  return `line ${line}, column ${column}`;
}

/** Line and column of an offset. Offsets are asked for in rising order, so nothing is sought twice. */
function createPlaces(source: string): (offset: number) => Place {
  let line = 1;
  let lineStart = 0;
  let next = source.indexOf('\n');
  return (offset) => {
    if (offset < lineStart) {
      line = 1;
      lineStart = 0;
      next = source.indexOf('\n');
    }
    while (next >= 0 && next < offset) {
      line += 1;
      lineStart = next + 1;
      next = source.indexOf('\n', lineStart);
    }
    return { line, column: offset - lineStart + 1 };
  };
}

/** Text as it stands between tags, for writers. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
