import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCamt } from './camt.ts';
import { readPain002 } from './pain002.ts';
import { leavesOf, leavesOfCanonical, readWithLibxml } from './testing/libxml.ts';
import { balanceOf, entryOf, PAID_OUT, statementOf } from './testing/messages.ts';
import { readXml } from './xml.ts';

const BASE = statementOf({ parts: balanceOf('OPBD', '250') + entryOf({ details: PAID_OUT }) });

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';

/** What the readers of XML have differed on, and what only looks as if it changed something. */
const PIECES = [
  '< > & " / = - -- \0 \r \t \n é 😀 ]] ]]> <? ?> <! <!-- --> \u0085 \u202E \uFEFF \uFFFE 1e5 0x1',
  '&amp; &lt; &gt; &quot; &apos; &#65; &#x1F600; &#0; &#x85; &#xD; &nbsp; &toString; &__proto__;',
  '<a/> </a> <a> <p:a/> <!----> <!--x--> <![CDATA[ <![CDATA[1]]> <?x?> <!DOCTYPE> <Amt> </Amt>',
  '<Amt\tCcy="EUR">9.99</Amt> \txmlns="" \txmlns:p="urn:q" \ta="1" \tCcy="USD" \txml:space="x"',
].flatMap((line) => line.split(' '));

/** Half of the changes are made behind a tag, where most of them leave the file well-formed. */
const change = fc.record({
  place: fc.nat(BASE.length),
  behindTag: fc.boolean(),
  cut: fc.constantFrom(0, 0, 0, 1, 2, 7),
  piece: fc.constantFrom(...PIECES, ' ', '\n  ', '0', '7'),
});
const mutated = fc.array(change, { minLength: 1, maxLength: 2 }).map((changes) =>
  changes.reduce((text, { place, behindTag, cut, piece }) => {
    const at = behindTag ? text.indexOf('>', place) + 1 : place;
    return text.slice(0, at) + piece + text.slice(at + (behindTag ? 0 : cut));
  }, BASE),
);

describe('against libxml2, a parser that shares no line with ours', () => {
  it('nothing is read that it refuses, and what is read says the same', async () => {
    const texts = fc.sample(mutated, { seed: 20_261_125, numRuns: 2_000 });
    const read = texts.flatMap((contents, at) => {
      const root = readXml(contents);
      // It gives no canonical form of a file whose namespace it does not like; neither do we read it.
      if (!root.ok || root.value.namespace !== NAMESPACE) return [];
      return [{ fileName: `${at}.xml`, contents, leaves: leavesOf(root.value) }];
    });
    const { canonical, refused } = await readWithLibxml(read);
    expect(read.length).toBeGreaterThan(150);
    expect(read.filter(({ fileName }) => refused.has(fileName))).toEqual([]);
    expect(leavesOfCanonical(canonical)).toEqual(read.flatMap(({ leaves }) => leaves));
  });
});

it('no change of a statement stops a reader, and every refusal is a sentence with its place', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const sentences = [readCamt(text), readPain002(text)].map((result) =>
        result.ok ? 'line 1, column 1: it was read' : result.error,
      );
      for (const sentence of sentences)
        expect(sentence).toMatch(/^(line \d+, column \d+: \S|the file \S)[^\p{Cc}\p{Cf}]*$/u);
    }),
    { seed: 20_261_126, numRuns: 800 },
  );
});
