/** What the standing page is drawn with: served as files of their own, so that nothing stands inline. */

export const LIVE_SCRIPT = `'use strict';
(() => {
  const { follow, shape } = document.body.dataset;
  const link = document.querySelector('[data-link]');
  if (!follow || !link) return;
  const say = (text) => {
    if (link.textContent !== text) link.textContent = text;
  };
  const source = new EventSource(follow);
  source.addEventListener('standing', (event) => {
    const part = JSON.parse(event.data);
    if (part.shape !== shape) return location.reload();
    for (const slot of document.querySelectorAll('[data-text]')) {
      const text = part.texts[slot.dataset.text];
      if (text !== undefined && slot.textContent !== text) slot.textContent = text;
    }
    for (const bar of document.querySelectorAll('[data-bar]')) {
      const value = part.bars[bar.dataset.bar];
      if (value !== undefined) bar.value = value;
    }
    say(link.dataset.live);
  });
  source.addEventListener('gone', () => {
    source.close();
    location.reload();
  });
  source.addEventListener('error', () => say(link.dataset.stale));
})();
`;

/** "#1f6feb": what the firm wears. */
export const COLOUR = /^#[0-9a-f]{6}$/;

export function styleOf(colour: string): string {
  return `:root{--firm:${colour};--on-firm:${textOn(colour)}}\n${STYLE}`;
}

/** Black or white, whichever stands out more on a colour (WCAG 2.2, relative luminance, by table). */
export function textOn(colour: string): '#000000' | '#ffffff' {
  const channel = (at: number): number => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff';
}

const STYLE = `:root{color-scheme:light dark;--text:#1b1f24;--quiet:#57606a;--back:#ffffff;--line:#d0d7de;
--soft:#f3f5f7;--good:#116329;--bad:#a40e26;--link:#0550ae}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--quiet:#9aa4af;--back:#0d1117;--line:#30363d;
--soft:#161b22;--good:#56d364;--bad:#ff8182;--link:#79c0ff}}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--back)}
header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;justify-content:space-between;
padding:.6rem 1rem;background:var(--firm);color:var(--on-firm)}
header a{display:inline-block;padding:.35rem .3rem;color:inherit}
header a[aria-current]{font-weight:700;text-decoration:none}
main{max-width:34rem;margin:0 auto;padding:1rem 1rem 3rem}
h1{margin:.5rem 0 0;font-size:1.3rem;line-height:1.3;overflow-wrap:anywhere}
h2{margin:0 0 .4rem;font-size:1rem}
h3{margin:0;font-size:.95rem;font-weight:600}
p{margin:.3rem 0}
.program,.as-of,.notice,small{color:var(--quiet)}
.status{margin:.6rem 0 1rem;padding:.5rem .75rem;border-left:.3rem solid var(--firm);background:var(--soft)}
.status-failed,.status-restricted{border-color:var(--bad)}
.status-passed{border-color:var(--good)}
.ends{font-size:1.1rem;font-weight:600}
section{margin:1.2rem 0;padding-top:.8rem;border-top:1px solid var(--line)}
.figures{display:grid;grid-template-columns:1fr 1fr;gap:.75rem;margin:1rem 0 .3rem}
.figures div{padding:.6rem .75rem;border:1px solid var(--line);border-radius:.5rem}
.figures dt{color:var(--quiet);font-size:.9rem}
.figures dd{margin:0;font-size:1.15rem;font-weight:600;overflow-wrap:anywhere}
dd,.line p,.ends,.as-of{font-variant-numeric:tabular-nums}
.line{margin:.6rem 0 .9rem}
.line p{margin:0}
meter,progress{display:block;width:100%;height:.75rem;margin-top:.25rem;accent-color:var(--firm)}
.done{color:var(--good)}
a{color:var(--link)}
section a{display:inline-block;padding:.3rem 0}
a:focus-visible{outline:3px solid currentcolor;outline-offset:2px}
.link{min-height:1.5em;color:var(--quiet)}
`;
