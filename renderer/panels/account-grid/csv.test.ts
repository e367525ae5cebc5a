import { expect, it } from 'vitest';
import { createBook } from '#renderer/store/book.ts';
import type { GridColumn } from './columns.ts';
import { csvOf } from './csv.ts';

const texts = ['plain', 'a "quoted", one', '=HYPERLINK("x")', '-1,234.50', '+cmd|calc'];
const column: GridColumn = {
  id: 'text',
  title: 'Text, of course',
  width: 1,
  numeric: false,
  firstDescending: false,
  key: () => 0,
  text: (_book, account) => texts[account] ?? '',
};

it('a CSV quotes what must be quoted and runs no formula', () => {
  expect(csvOf(createBook(), [0, 1, 2, 3, 4], [column])).toBe(
    '"Text, of course"\r\nplain\r\n"a ""quoted"", one"\r\n"\'=HYPERLINK(""x"")"\r\n"-1,234.50"\r\n\'+cmd|calc\r\n',
  );
});
