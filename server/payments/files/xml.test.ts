import { describe, expect, it } from 'vitest';
import { decodeXml, escapeXml, readXml, XML_LIMITS, type XmlElement } from './xml.ts';

/** The element, or the sentence why not. */
function read(text: string): XmlElement | string {
  const result = readXml(text);
  return result.ok ? result.value : result.error;
}

describe('readXml', () => {
  it('gives elements with namespace, attributes, text and place', () => {
    const text =
      '<?xml version="1.0" encoding="utf-8"?>\r\n<a xmlns="urn:n" x:y="1" xmlns:x="urn:m">\r\n' +
      '  <b/><c z="2">t &amp; &#x41;\n</c></a>';
    expect(read(text)).toEqual({
      name: 'a',
      namespace: 'urn:n',
      attributes: new Map([['x:y', '1']]),
      text: '',
      line: 2,
      column: 1,
      children: [
        {
          name: 'b',
          namespace: 'urn:n',
          attributes: new Map(),
          text: '',
          line: 3,
          column: 3,
          children: [],
        },
        {
          name: 'c',
          namespace: 'urn:n',
          attributes: new Map([['z', '2']]),
          text: 't & A\n',
          line: 3,
          column: 7,
          children: [],
        },
      ],
    });
  });

  it('gives the namespace of a prefix, and of the nearest declaration', () => {
    const root = read('<p:a xmlns:p="urn:1"><p:b/><c xmlns="urn:2"><d/></c><e/></p:a>');
    const namespaces = (element: XmlElement): string[] => [
      `${element.name} ${element.namespace}`,
      ...element.children.flatMap(namespaces),
    ];
    expect(typeof root === 'string' ? root : namespaces(root)).toEqual([
      'a urn:1',
      'b urn:1',
      'c urn:2',
      'd urn:2',
      'e ',
    ]);
  });

  it('passes over comments between elements and a byte order mark', () => {
    expect(read('\uFEFF<!-- one --><a><!-- two --><b/><!-- three --></a>')).toMatchObject({
      name: 'a',
    });
    expect(read('<a><b><!-- nothing else --></b></a>')).toMatchObject({ children: [{ text: '' }] });
  });

  it('counts a lone carriage return as an end of line', () => {
    expect(read('<a>\r\r<b/></a>')).toMatchObject({ children: [{ line: 3, column: 1 }] });
  });
});

const BOMB = `<!DOCTYPE a [<!ENTITY x "y">${'<!ENTITY z "&x;&x;">'.repeat(9)}]><a>&z;</a>`;

describe('what two programs could read differently is refused', () => {
  it.each([
    ['a document type', '<!DOCTYPE a><a/>', 'line 1, column 1: a document type is declared'],
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      'document type',
    ],
    ['entities in entities', BOMB, 'line 1, column 1: a document type'],
    [
      'a document type in small letters',
      '\n <!doctype a><a/>',
      'line 2, column 2: a document type',
    ],
    ['a document type in a comment', '<a><!-- <!DOCTYPE b> --></a>', 'document type'],
    [
      'an entity that nobody defined',
      '<a>&nbsp;</a>',
      'line 1, column 9: this is not well-formed XML: "undefined entity',
    ],
    ['a property for an entity', '<a>&constructor;</a>', 'not well-formed'],
    [
      'a processing instruction',
      '<?xml version="1.0"?><?style x?><a/>',
      'line 1, column 22: the processing instruction "style"',
    ],
    [
      'another one inside',
      '<a>\n<?php x?></a>',
      'line 2, column 1: the processing instruction "php"',
    ],
    [
      'a comment in text',
      '<a>1<!-- 0 -->0</a>',
      'line 1, column 5: a comment stands inside the text of a',
    ],
    ['a comment before text', '<a><!-- 0 -->0</a>', 'line 1, column 4: a comment'],
    ['CDATA', '<a><![CDATA[10]]></a>', 'line 1, column 4: a CDATA section'],
    ['CDATA in a number', '<a>1<![CDATA[0]]></a>', 'line 1, column 5: a CDATA section'],
    ['empty CDATA between elements', '<a><![CDATA[]]><b/></a>', 'a CDATA section'],
    [
      'text beside elements',
      '<a><b>1<c/></b></a>',
      'line 1, column 4: b holds text and elements side by side',
    ],
    ['mismatched tags', '<a>\n<b></a>', 'line 2, column 7: this is not well-formed XML'],
    ['an open end', '<a><b></b>', 'not well-formed'],
    ['two roots', '<a/><b/>', 'not well-formed'],
    ['text after the root', '<a/>b', 'not well-formed'],
    ['no element', '<!-- only a comment -->', 'not well-formed'],
    ['nothing', ' \n', 'the file is empty'],
    ['no XML', 'hello', 'not well-formed'],
    ['a double attribute', '<a b="1" b="2"/>', 'duplicate attribute'],
    [
      'an attribute twice by namespace',
      '<a xmlns:p="urn:n" xmlns:q="urn:n" p:b="1" q:b="2"/>',
      'duplicate attribute',
    ],
    ['an attribute without quotes', '<a b=1/>', 'not well-formed'],
    ['a prefix that nobody declared', '<p:a/>', 'unbound namespace prefix'],
    [
      'a namespace that is none',
      '<a xmlns="urn:x y"/>',
      'line 1, column 1: "urn:x y" is no name of a namespace',
    ],
    [
      'a namespace that hides something',
      '<a xmlns="urn:\u200Bx"/>',
      'attribute "xmlns" holds U+200B',
    ],
    ['a bare ampersand', '<a>b & c</a>', 'not well-formed'],
    ['a NUL', '<a>\0</a>', 'disallowed character'],
    ['a NUL by reference', '<a>&#0;</a>', 'not well-formed'],
    [
      'another encoding',
      '<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
      'line 1, column 1: the encoding is "ISO-8859-1"',
    ],
    ['XML 1.1', '<?xml version="1.1"?><a/>', 'line 1, column 1: XML "1.1" is not read'],
    ['a declaration that comes late', '\n<?xml version="1.0"?><a/>', 'not well-formed'],
    ['half of a surrogate pair', '<a>\uD800</a>', 'half of a character'],
    [
      'a prefix in other letters',
      '<\u0430:b xmlns:\u0430="urn:n"/>',
      'is no name of a bank message',
    ],
    [
      'an attribute that hides something',
      '<a b\uFEFF="1"/>',
      '"b<U+FEFF>" is no name of a bank message',
    ],
    ['a name in other letters', '<\u0430/>', 'is no name of a bank message'],
  ])('%s', (_what, text, sentence) => {
    expect(read(text)).toContain(sentence);
  });

  it.each([
    ['a bidirectional override', '\u202E', 'U+202E'],
    ['a direction mark', '\u200F', 'U+200F'],
    ['an isolate', '\u2066', 'U+2066'],
    ['a zero width space', '\u200B', 'U+200B'],
    ['a zero width joiner', '\u200D', 'U+200D'],
    ['a byte order mark inside', '\uFEFF', 'U+FEFF'],
    ['a soft hyphen', '\u00AD', 'U+00AD'],
    ['a control of the second set', '\u0085', 'U+0085'],
    ['a line separator', '\u2028', 'U+2028'],
    ['a Hangul filler', '\u3164', 'U+3164'],
    ['a tag', '\u{E0041}', 'U+E0041'],
    ['a variation selector', '\uFE0F', 'U+FE0F'],
    ['the mark of a lost character', '\uFFFD', 'U+FFFD'],
    ['one written as a reference', '&#x202E;', 'U+202E'],
  ])('%s, in text and in attributes', (_what, character, code) => {
    const sentence = `holds ${code}, a character that does not show`;
    expect(read(`<a>\n <Nm>x${character}y</Nm></a>`)).toBe(`line 2, column 2: Nm ${sentence}`);
    expect(read(`<a b="x${character}y"/>`)).toBe(`line 1, column 1: attribute "b" ${sentence}`);
  });

  it.each([
    `<a></${'x'.repeat(1_000)}>`,
    `<${'x'.repeat(1_000)}/>`,
    `<a ${'x'.repeat(1_000)}="\u202E"/>`,
    `<a>&x\u202E;</a>`,
    `<?${'x'.repeat(1_000)}?><a/>`,
  ])('a refusal shows little of the file, and nothing unseen (%#)', (text) => {
    const sentence = String(read(text));
    expect(sentence).toMatch(/^line 1, column \d+: /);
    expect(sentence).not.toMatch(/\p{Cf}/u);
    expect(sentence.length).toBeLessThan(180);
  });
});

describe('limits', () => {
  const limits = { ...XML_LIMITS, bytesMax: 200, elementsMax: 5, attributesMax: 2, textMax: 10 };

  it.each([
    ['bytes, not characters', `<a>${'é'.repeat(100)}</a>`, 'the file is larger than'],
    ['elements', `<a>${'<b/>'.repeat(5)}</a>`, 'line 1, column 20: there are more than 5 elements'],
    ['attributes', '<a b="" c="" d=""/>', 'more than 2 attributes'],
    ['text', `<a>${'x'.repeat(11)}</a>`, 'a holds more than 10 characters'],
    [
      'text of an attribute',
      `<a b="${'x'.repeat(11)}"/>`,
      'attribute "b" holds more than 10 characters',
    ],
  ])('on %s', (_what, text, sentence) => {
    expect(readXml(text, limits)).toEqual({ ok: false, error: expect.stringContaining(sentence) });
  });

  it('allow what is as large as they say', () => {
    const most = `<a>${'<b c="" d=""/>'.repeat(3)}<e>${'x'.repeat(10)}</e></a>`;
    expect(readXml(most, limits).ok).toBe(true);
    expect(readXml(most, { ...limits, bytesMax: most.length }).ok).toBe(true);
    expect(readXml(most, { ...limits, bytesMax: most.length - 1 }).ok).toBe(false);
  });

  it('on depth: 32 levels are read, 33 are not', () => {
    const nested = (levels: number) => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`;
    expect(readXml(nested(XML_LIMITS.depthMax)).ok).toBe(true);
    expect(read(nested(XML_LIMITS.depthMax + 1))).toBe(
      'line 1, column 97: elements are nested deeper than 32',
    );
    expect(read('<a>'.repeat(1_000_000))).toContain('nested deeper');
  });

  it('refuses what is too large before it parses', () => {
    const started = performance.now();
    expect(read(`<a>${' '.repeat(XML_LIMITS.bytesMax)}`)).toBe('the file is larger than 16 MiB');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('decodeXml', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);

  it('reads UTF-8 with and without a mark', () => {
    expect(decodeXml(new TextEncoder().encode('<é/>'))).toEqual({ ok: true, value: '<é/>' });
    expect(decodeXml(bytes(0xef, 0xbb, 0xbf, 0x3c))).toEqual({ ok: true, value: '<' });
  });

  it.each([
    ['Latin-1', bytes(0x3c, 0xe9, 0x2f, 0x3e)],
    ['UTF-16', bytes(0xff, 0xfe, 0x3c, 0x00)],
    ['an overlong form', bytes(0xc0, 0xbc)],
    ['half a surrogate pair', bytes(0xed, 0xa0, 0x80)],
  ])('refuses %s', (_what, given) => {
    expect(decodeXml(given)).toEqual({ ok: false, error: 'the file is not encoded in UTF-8' });
  });
});

it('escapes what would begin a tag or a reference', () => {
  expect(read(`<a>${escapeXml('1 < 2 & "3" > &amp;')}</a>`)).toMatchObject({
    text: '1 < 2 & "3" > &amp;',
  });
});
