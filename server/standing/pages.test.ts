import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPackFile } from '#core/evidence/file.ts';
import { present } from '#core/kernel/assert.ts';
import { localMoney } from '#core/standing/locale.ts';
import { standingOf } from '#core/standing/standing.ts';
import { STREAMS_PER_LINK_MAX } from './pages.ts';
import { openStandingRig, type StandingRig } from './testing/standing-rig.ts';

const DAY_MS = 86_400_000;
let rig: StandingRig;
beforeAll(async () => {
  rig = await openStandingRig();
}, 120_000);
afterAll(() => rig.close());

/** An account on which a rule has spoken. */
function judged(): { readonly accountId: string; readonly seq: number } {
  const fact = present(
    [...rig.evidence.store.facts(0, 1, Number.MAX_SAFE_INTEGER)].findLast(
      ({ kind }) => kind === 'breachDetected',
    ),
    'a breach',
  );
  const { accountId } = fact.data as { readonly accountId: string };
  return { accountId, seq: fact.envelope.seq };
}

function shown(text: string): string {
  return text.replaceAll(/<[^>]+>/g, '').replaceAll(/\s+/g, ' ');
}

describe('the page of a link', () => {
  it('shows what the desk shows, to the last unit, for every account', async () => {
    const { book } = rig.evidence.firm.partition.ingest;
    for (let number = 0; number < book.accounts; number += 7) {
      const { accountId, currency } = book.terms(number);
      const { url } = rig.share(accountId);
      const text = await (await fetch(url)).text();
      expect(text).toContain(localMoney(book.equity(number), currency, 'en'));
      for (const gauge of book.standing(number).gauges) {
        if (gauge.type !== 'floor' || gauge.measured < gauge.floor) continue;
        expect(text).toContain(localMoney(gauge.measured - gauge.floor, currency, 'en'));
        expect(text).toContain(localMoney(gauge.floor, currency, 'en'));
      }
    }
  });

  it('names as its end the nearest floor that ends it, and no floor that only pauses it', () => {
    const { book } = rig.evidence.firm.partition.ingest;
    let pausing = 0;
    for (let number = 0; number < book.accounts; number += 1) {
      const { state, rules, marketAt } = present(rig.state(book.terms(number).accountId), 'one');
      const { nearest, floors } = standingOf({
        state,
        rules,
        marketAt,
        payout: null,
        verdict: null,
      });
      const ending = floors.filter(({ kind }) => kind !== 'dailyPause');
      pausing += floors.length - ending.length;
      const least = Math.min(...ending.map(({ headroom }) => headroom));
      expect(nearest?.headroom ?? Infinity).toBe(least);
    }
    expect(pausing).toBeGreaterThan(0);
  });

  it('speaks the language that is asked for, and else the browser’s', async () => {
    const { url } = rig.share(judged().accountId);
    const asked = await (await fetch(`${url}?lang=fr`)).text();
    expect(asked).toContain('<html lang="fr">');
    expect(shown(asked)).toContain('Ce qui y mettrait fin maintenant');
    const wished = await fetch(url, { headers: { 'accept-language': 'pt, de-AT;q=0.9, en' } });
    expect(shown(await wished.text())).toContain('Was es jetzt beenden würde');
    const unknown = await fetch(`${url}?lang=xx`, { headers: { 'accept-language': 'zz' } });
    expect(await unknown.text()).toContain('<html lang="en">');
  });

  it('lets nothing run or look that is not the server’s own', async () => {
    const { url } = rig.share(judged().accountId);
    const response = await fetch(url);
    const text = await response.text();
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(
      /<script(?! src="\/standing\/live\.js" defer>)|<style| style="| on\w+="/,
    );
    for (const file of ['style.css', 'live.js']) {
      expect((await fetch(`${rig.url}/standing/${file}`)).status).toBe(200);
    }
  });

  it('gives the evidence for the last decision, and of no other account', async () => {
    const { accountId, seq } = judged();
    const { url } = rig.share(accountId);
    expect(await (await fetch(url)).text()).toContain(`/evidence/`);
    const response = await fetch(`${url}/evidence/${seq}`);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="evidence-/);
    const pack = readPackFile(await response.text());
    expect(pack.ok && pack.value.body.subject.accountId).toBe(accountId);
  });

  it('counts openings, and no look that opens nothing', async () => {
    const { accountId } = judged();
    const { url, link } = rig.share(accountId);
    await fetch(url);
    await fetch(`${url}?lang=de`);
    await fetch(url, { method: 'HEAD' });
    const { links } = rig.service.questions.standingLinks.answer({ accountId });
    const own = present(
      links.find(({ linkId }) => linkId === link.linkId),
      'the link',
    );
    expect(own).toMatchObject({ opened: 2, lastOpenedAt: rig.clock });
  });
});

describe('a link', () => {
  const opens = async (url: string): Promise<number> => (await fetch(url)).status;

  it('opens nothing once it was taken back, and once its days are over', async () => {
    const { accountId } = judged();
    const revoked = rig.share(accountId);
    expect(await opens(revoked.url)).toBe(200);
    rig.revoke(revoked.link.linkId);
    expect(await opens(revoked.url)).toBe(404);
    const short = rig.share(accountId, 1);
    const before = rig.clock;
    rig.clock += DAY_MS - 1;
    expect(await opens(short.url)).toBe(200);
    rig.clock += 1;
    expect(await opens(short.url)).toBe(404);
    rig.clock = before;
  });

  it('opens nothing when any letter of it is another, or it is another link’s', async () => {
    const { accountId } = judged();
    const [one, other] = [rig.share(accountId), rig.share(accountId)];
    const token = present(one.url.split('/standing/')[1], 'a token');
    const [, mac = ''] = token.split('.');
    for (const wrong of [
      `${other.link.linkId}.${mac}`,
      `${one.link.linkId}.${mac.slice(0, -1)}${mac.endsWith('A') ? 'Q' : 'A'}`,
      one.link.linkId,
      `${token}x`,
      `${token}/../${token}`,
      '..%2f..%2fetc',
      '',
    ]) {
      const status = await opens(`${rig.url}/standing/${wrong}`);
      if (wrong.includes('/../')) continue;
      expect(status, `for ${wrong}`).toBe(404);
    }
    expect(await opens(`${one.url}/anything`)).toBe(404);
    expect((await fetch(one.url, { method: 'POST' })).status).toBe(405);
  });

  it('is followed live by so many windows, and tells each when it ends', async () => {
    const { url, link } = rig.share(judged().accountId);
    const open: ReadableStreamDefaultReader<Uint8Array>[] = [];
    for (let window = 0; window < STREAMS_PER_LINK_MAX; window += 1) {
      const response = await fetch(`${url}/live?lang=en`);
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      open.push(present(response.body, 'a body').getReader());
    }
    expect((await fetch(`${url}/live`)).status).toBe(429);
    const [first] = open;
    const heard = await until(present(first, 'a stream'), 'event: standing');
    const [, data = ''] = /data: (.*)\n/.exec(heard) ?? [];
    expect(JSON.parse(data)).toMatchObject({ texts: { equity: expect.any(String) as string } });
    rig.revoke(link.linkId);
    expect(await until(present(first, 'a stream'), 'event: gone')).toContain('event: gone');
    for (const reader of open) await reader.cancel();
  });

  it('is asked for at most so often in a minute', async () => {
    const { url } = rig.share(judged().accountId);
    const statuses: number[] = [];
    for (let asked = 0; asked < 62; asked += 1) {
      statuses.push((await fetch(url, { method: 'HEAD' })).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
    rig.clock += 60_000;
    expect((await fetch(url)).status).toBe(200);
  });
});

async function until(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  what: string,
): Promise<string> {
  let text = '';
  while (!text.includes(`${what}\n`) || !text.endsWith('\n\n')) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += new TextDecoder().decode(value);
  }
  return text;
}
