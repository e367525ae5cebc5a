import PdfDocument from 'pdfkit';
import type { KpiCard, KpiList } from '#core/kpi/answers.ts';
import { deltaText, figureText } from '#core/kpi/words.ts';
import { utcText } from '#core/time/time.ts';

const MARGIN = 42;
const PAGE_WIDTH = 595.28;
const PAGE_BOTTOM = 800;
const ROW_HEIGHT = 52;
const SPARK = { x: 412, width: 140, height: 30 };
const QUIET = '#5a6675';
const INK = '#10151d';
const LINE = '#0b62c4';

type Document = InstanceType<typeof PdfDocument>;

/**
 * Numbers on paper: the same text for the same numbers, drawn with lines and with the fonts that
 * every reader has. What is written comes from whole numbers; only places on the page are fractions.
 */
export function reportPdf(title: string, list: KpiList): Promise<Uint8Array> {
  const document = new PdfDocument({
    size: 'A4',
    margin: MARGIN,
    info: { Title: title, Producer: 'Propdesk', CreationDate: new Date(list.asOf) },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  writeHead(document, title, list);
  for (const card of list.kpis) {
    if (document.y + ROW_HEIGHT > PAGE_BOTTOM) document.addPage();
    writeCard(document, card, list.goals.currency);
  }
  document.end();
  return done;
}

function writeHead(document: Document, title: string, list: KpiList): void {
  const [first] = list.kpis;
  const from = first ? `${utcText(first.window.from)} to ` : '';
  document.font('Helvetica-Bold').fontSize(17).fillColor(INK).text(winAnsi(title));
  document
    .font('Helvetica')
    .fontSize(9)
    .fillColor(QUIET)
    .text(`${from}${utcText(list.asOf)} UTC, as it was known then: entry ${list.seq} of the log`)
    .moveDown(1);
}

function writeCard(document: Document, card: KpiCard, currency: string): void {
  const top = document.y;
  const { unit, value, sample } = card;
  const put = (text: string, x: number, y: number, width: number): void => {
    document.text(winAnsi(text), x, y, { width, height: 12, ellipsis: true, lineBreak: true });
  };
  document.font('Helvetica-Bold').fontSize(10).fillColor(INK);
  put(card.title, MARGIN, top, 190);
  document.fontSize(13);
  put(figureText(unit, value, currency), 240, top - 2, 165);
  document.font('Helvetica').fontSize(8).fillColor(QUIET);
  put(sample === 0 ? card.empty : restsOn(card), MARGIN, top + 16, 190);
  put(comparedWith(card, currency), 240, top + 16, 168);
  put(boundsOf(card), 240, top + 27, 168);
  put(targetOf(card, currency), MARGIN, top + 27, 190);
  drawSpark(document, card, top);
  document
    .moveTo(MARGIN, top + ROW_HEIGHT - 8)
    .lineTo(PAGE_WIDTH - MARGIN, top + ROW_HEIGHT - 8)
    .lineWidth(0.4)
    .stroke('#d5dce4');
  document.x = MARGIN;
  document.y = top + ROW_HEIGHT;
}

function restsOn({ sample, matter, facts, open }: KpiCard): string {
  return `${sample} x ${matter}, ${facts} entries${open > 0 ? `, ${open} not ended` : ''}`;
}

function comparedWith({ unit, baseline, delta, judgement }: KpiCard, currency: string): string {
  if (!baseline || delta === null) return 'nothing to compare with';
  const before = figureText(unit, baseline.value, currency);
  return `${deltaText(unit, delta, currency)} to ${before} before: ${judgement}`;
}

function boundsOf({ unit, low, high }: KpiCard): string {
  if (low === null || high === null) return '';
  return `95 of 100: ${figureText(unit, low)} to ${figureText(unit, high)}`;
}

function targetOf({ unit, target }: KpiCard, currency: string): string {
  if (!target) return '';
  const met = target.isMet === null ? '' : target.isMet ? ', met' : ', missed';
  return `target ${figureText(unit, target.value, currency)}${met}`;
}

/** The trend as a line; a piece without a number leaves a gap. */
function drawSpark(document: Document, { trend }: KpiCard, top: number): void {
  const values = trend.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length < 2) return;
  const [least, most] = [Math.min(0, ...values), Math.max(1, ...values)];
  const { x, width, height } = SPARK;
  let isDown = false;
  for (const [at, { value }] of trend.entries()) {
    if (value === null) {
      isDown = false;
      continue;
    }
    const across = x + (at / Math.max(1, trend.length - 1)) * width;
    const down = top + height - ((value - least) / (most - least)) * height;
    if (isDown) document.lineTo(across, down);
    else document.moveTo(across, down);
    isDown = true;
  }
  document.lineWidth(1.1).stroke(LINE);
}

/** The fonts of every reader know Western letters alone. */
function winAnsi(text: string): string {
  return text.replaceAll(/[^\u0020-\u00ff\u2013\u2014\u2018\u2019\u2026\u20ac]/g, '?');
}
