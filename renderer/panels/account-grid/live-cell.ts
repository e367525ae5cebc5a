import type { ICellRendererComp, ICellRendererParams } from 'ag-grid-community';
import type { Book } from '#renderer/store/book.ts';
import type { GridColumn } from './columns.ts';

/** A row of the grid: a place on the screen, whose account the order decides. */
export interface Slot {
  readonly slot: number;
}

export interface LiveCellContext {
  readonly book: Book;
  accountAt(slot: number): number | undefined;
  readonly live: Set<LiveCell>;
  /** The account whose page is open. */
  opened(): string | null;
  /** Cells that flash, the first to end first. */
  readonly flashing: { readonly element: HTMLElement; readonly until: number }[];
}

/** Ends the flashes whose time is over. An animation per cell would paint every frame of it. */
export function endFlashes(flashing: LiveCellContext['flashing'], now: number): void {
  let ended = 0;
  while ((flashing[ended]?.until ?? Infinity) <= now) ended += 1;
  for (const { element } of flashing.splice(0, ended)) element.classList.remove('flash');
}

const FLASH_MS = 500;

/**
 * A cell that writes itself: plain DOM, no React and no grid refresh per change. The panel calls
 * `update` on the cells that are on screen, once per frame.
 */
export class LiveCell implements ICellRendererComp<Slot> {
  readonly #element = document.createElement('div');
  readonly #text = document.createElement('span');
  #bar: HTMLElement | null = null;
  #beside: HTMLElement | null = null;
  #column: GridColumn | null = null;
  #context: LiveCellContext | null = null;
  #slot = -1;
  #account = -1;
  #shown = '';
  #tone = '';
  #share = Number.NaN;
  #gridCell: HTMLElement | null = null;
  #opened = false;

  init(
    params: ICellRendererParams<Slot> & { column_: GridColumn; context_: LiveCellContext },
  ): void {
    this.#column = params.column_;
    this.#context = params.context_;
    this.#slot = params.data?.slot ?? -1;
    this.#gridCell = params.eGridCell;
    this.#element.className = 'cell';
    if (params.column_.bar) {
      this.#bar = document.createElement('i');
      this.#bar.className = 'bar';
      this.#element.append(this.#bar);
    }
    this.#element.append(this.#text);
    if (params.column_.beside) {
      this.#beside = document.createElement('small');
      this.#element.append(this.#beside);
    }
    this.#context.live.add(this);
    this.update();
  }

  getGui(): HTMLElement {
    return this.#element;
  }

  refresh(params: ICellRendererParams<Slot>): boolean {
    this.#slot = params.data?.slot ?? -1;
    this.update();
    return true;
  }

  destroy(): void {
    this.#context?.live.delete(this);
  }

  /** Writes what changed, and nothing else. */
  update(): void {
    const context = this.#context;
    const column = this.#column;
    if (!context || !column) return;
    const account = context.accountAt(this.#slot);
    if (account === undefined) return;
    const text = column.text(context.book, account);
    if (text !== this.#shown) {
      const same = account === this.#account;
      this.#text.textContent = text;
      this.#shown = text;
      if (same && column.flashes) this.#flash();
      if (!column.numeric) this.#element.title = text;
    }
    const beside = column.beside?.(context.book, account);
    if (this.#beside && beside !== undefined && this.#beside.textContent !== beside)
      this.#beside.textContent = beside;
    const tone = column.tone?.(context.book, account) ?? '';
    if (tone !== this.#tone) {
      if (this.#tone !== '') this.#element.classList.remove(this.#tone);
      if (tone !== '') this.#element.classList.add(tone);
      this.#tone = tone;
    }
    this.#account = account;
    const opened = context.opened();
    const isOpened = opened !== null && context.book.accounts[account]?.terms.accountId === opened;
    if (isOpened !== this.#opened) {
      this.#gridCell?.classList.toggle('opened', isOpened);
      this.#opened = isOpened;
    }
    if (this.#bar && column.bar) this.#drawBar(this.#bar, column.bar(context.book, account));
  }

  #drawBar(bar: HTMLElement, { share, tone }: { share: number; tone: 'limit' | 'target' }): void {
    const drawn = Number.isNaN(share) ? -1 : Math.round(Math.max(0, Math.min(1, share)) * 100);
    if (drawn === this.#share) return;
    this.#share = drawn;
    bar.style.transform = `scaleX(${Math.max(0, drawn) / 100})`;
    const level =
      drawn <= 10 ? 'critical' : drawn <= 25 ? 'serious' : drawn <= 50 ? 'watch' : 'calm';
    bar.className = tone === 'target' ? 'bar bar-target' : `bar bar-${level}`;
  }

  #flash(): void {
    const element = this.#element;
    element.classList.add('flash');
    this.#context?.flashing.push({ element, until: performance.now() + FLASH_MS });
  }
}
