import { err, ok, type Result } from '#core/kernel/result.ts';
import { quoted } from './characters.ts';
import { createMessageReader, placeOf, type MessageReader } from './reader.ts';
import { readXml, type XmlElement, type XmlLimits } from './xml.ts';

export type MessageKind = 'pain.002' | 'camt.053' | 'camt.054';

const ISO = 'urn:iso:std:iso:20022:tech:xsd:';
const SWISS = 'http://www.six-interbank-clearing.com/de/';

interface MessageForm {
  /** The one element below Document. */
  readonly body: string;
  readonly what: string;
  /** Versions whose structure is that of the schemas this module was written from. */
  readonly versions: readonly number[];
  /** Names of Swiss variants, each a namespace of its own. */
  readonly swiss: readonly string[];
}

const FORMS: Readonly<Record<MessageKind, MessageForm>> = {
  'pain.002': {
    body: 'CstmrPmtStsRpt',
    what: 'a payment status report (pain.002)',
    versions: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    swiss: ['pain.002.001.03.ch.02'],
  },
  'camt.053': {
    body: 'BkToCstmrStmt',
    what: 'a statement (camt.053)',
    versions: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    swiss: ['camt.053.001.04.ch.02'],
  },
  'camt.054': {
    body: 'BkToCstmrDbtCdtNtfctn',
    what: 'a notification (camt.054)',
    versions: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    swiss: ['camt.054.001.04.ch.02'],
  },
};

interface KnownMessage {
  readonly kind: MessageKind;
  /** "camt.053.001.08". */
  readonly version: string;
}

const NAMESPACES: ReadonlyMap<string, KnownMessage> = new Map(
  (Object.entries(FORMS) as [MessageKind, MessageForm][]).flatMap(([kind, { versions, swiss }]) => [
    ...versions.map((number) => {
      const version = `${kind}.001.${String(number).padStart(2, '0')}`;
      return [`${ISO}${version}`, { kind, version }] as const;
    }),
    ...swiss.map((version) => [`${SWISS}${version}.xsd`, { kind, version }] as const),
  ]),
);

/** A message of one of the wanted kinds, its body, and a reader for what lies in it. */
export interface Message extends KnownMessage {
  readonly body: XmlElement;
  readonly reader: MessageReader;
}

export function openMessage(
  text: string,
  kinds: readonly MessageKind[],
  limits?: XmlLimits,
): Result<Message, string> {
  const document = readXml(text, limits);
  if (!document.ok) return document;
  const root = document.value;
  const wanted = kinds.map((kind) => FORMS[kind].what).join(' or ');
  if (root.name !== 'Document')
    return err(`${placeOf(root)}: the root is ${root.name}, not Document`);
  const known = NAMESPACES.get(root.namespace);
  if (!known || !kinds.includes(known.kind)) return err(otherMessage(root, wanted));
  const reader = createMessageReader();
  checkEveryElement(root, root.namespace, reader);
  const form = FORMS[known.kind];
  const body = reader.required(root, form.body);
  reader.onlyKnown(root, [form.body]);
  const refusal = reader.refusal();
  return refusal === null ? ok({ ...known, body, reader }) : err(refusal);
}

/** What else a bank or an accountant may send by mistake. */
const OTHER_KINDS: Readonly<Record<string, string>> = {
  'pain.001': 'a payment order',
  'pain.008': 'a direct debit order',
  'camt.052': 'an intraday report, whose entries may still change',
};

function otherMessage(root: XmlElement, wanted: string): string {
  if (root.namespace === '')
    return `${placeOf(root)}: Document has no namespace, so its meaning is unknown; wanted is ${wanted}`;
  const name = /(?:^|[:/])(([a-z]{4}\.\d{3})\.\d{3}\.\d\d(?:\.ch\.\d\d)?)(?:\.xsd)?$/;
  const [, found = `of the namespace ${quoted(root.namespace)}`, kind = ''] =
    name.exec(root.namespace) ?? [];
  const other = OTHER_KINDS[kind];
  const what = other === undefined ? found : `${found}, ${other}`;
  return `${placeOf(root)}: this is ${what}; wanted is ${wanted} in a version that is known`;
}

/**
 * Every element is in the message's namespace and carries at most its currency: an element of
 * another namespace, or one whose type is declared to be another, would mean something else.
 * Supplementary data is the bank's own and is not read.
 */
function checkEveryElement(root: XmlElement, namespace: string, reader: MessageReader): void {
  const left: XmlElement[] = [root];
  for (let element = left.pop(); element; element = left.pop()) {
    if (element.namespace !== namespace)
      reader.refuse(element, `${element.name} is in the namespace ${quoted(element.namespace)}`);
    if (element !== root && element.attributes.size > 0) checkAttributes(element, reader);
    if (element.name !== 'SplmtryData') left.push(...element.children.toReversed());
  }
}

/** Whatever has a currency is money, also where nobody reads it: prices have up to 13 decimals. */
function checkAttributes(element: XmlElement, reader: MessageReader): void {
  const unknown = [...element.attributes.keys()].find((name) => name !== 'Ccy');
  if (unknown !== undefined)
    reader.refuse(element, `${element.name} has the unknown attribute ${quoted(unknown)}`);
  const text = reader.leaf(element);
  if (!/^[0-9]+(?:\.[0-9]{1,13})?$/.test(text))
    reader.refuse(element, `${element.name}: ${quoted(text)} is not a plain decimal`);
}
