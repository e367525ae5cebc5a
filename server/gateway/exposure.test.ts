import { afterEach, describe, expect, it } from 'vitest';
import type { ExposureHoldersRequest, ExposureView } from '#core/exposure/view.ts';
import { sampleView } from '#core/exposure/testing/sample-view.ts';
import { EXPOSURE_WATCH_MS, type GatewayPorts } from './gateway.ts';
import { asked, HELLO, OFFICER, serveGateway, type Served } from './testing/served.ts';

const open: Served[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

async function serve(over: Partial<GatewayPorts> = {}): Promise<Served> {
  const served = await serveGateway(over);
  open.push(served);
  return served;
}

/** A desk that follows, and what it is told of exposure. */
async function following(served: Served, deskId: string) {
  const socket = await served.deskOf(OFFICER, deskId);
  const told: ExposureView[] = [];
  socket.on('exposure', (view: ExposureView) => told.push(view));
  await asked(socket, 'hello', HELLO);
  return { socket, told };
}

describe('exposure on the wire', () => {
  it('is told to the desks where somebody looks, and to no other', async () => {
    let clock = 1;
    const served = await serve({ now: () => clock });
    const looks = await following(served, 'looks');
    const other = await following(served, 'other');
    await asked(looks.socket, 'exposureWatch', { watches: true });
    served.gateway.exposure(sampleView({ costMs: 1 }));
    await expect.poll(() => looks.told.length).toBe(1);
    // Said again in time, it goes on; not said any more, it ends by itself.
    clock += EXPOSURE_WATCH_MS - 1;
    await asked(looks.socket, 'exposureWatch', { watches: true });
    clock += EXPOSURE_WATCH_MS - 1;
    served.gateway.exposure(sampleView({ costMs: 2 }));
    await expect.poll(() => looks.told.length).toBe(2);
    clock += 1;
    served.gateway.exposure(sampleView({ costMs: 3 }));
    await asked(looks.socket, 'exposureSeries', { symbol: null });
    expect(looks.told.map(({ costMs }) => costMs)).toEqual([1, 2]);
    expect(other.told).toEqual([]);
  });

  it('ends at once when nobody looks any more', async () => {
    const served = await serve();
    const { socket, told } = await following(served, 'looks');
    await asked(socket, 'exposureWatch', { watches: true });
    expect(await asked(socket, 'exposureWatch', { watches: false })).toEqual({ view: null });
    served.gateway.exposure(sampleView());
    await asked(socket, 'exposureSeries', { symbol: null });
    expect(told).toEqual([]);
  });

  it('begins with the latest view, and answers for the past and for who holds what', async () => {
    const requests: ExposureHoldersRequest[] = [];
    const served = await serve({
      exposure: {
        view: () => sampleView(),
        series: (symbol) => [
          { at: 1, net: symbol === null ? 5 : 6, gross: 7, payable: null, ifClosed: null },
        ],
        holders: (request) => {
          requests.push(request);
          return Promise.resolve(requests.length > 1 ? null : []);
        },
      },
    });
    const { socket } = await following(served, 'looks');
    expect(await asked(socket, 'exposureWatch', { watches: true })).toEqual({ view: sampleView() });
    const past = await asked(socket, 'exposureSeries', { symbol: 'EURUSD' });
    expect(past).toMatchObject({ samples: [{ net: 6 }] });
    const wanted = { place: { by: 'region', key: 'CZ' }, side: 'both' };
    expect(await asked(socket, 'exposureHolders', wanted)).toEqual({ holders: [] });
    expect(await asked(socket, 'exposureHolders', wanted)).toMatchObject({ type: 'rejected' });
    expect(requests).toEqual([wanted, wanted]);
    const bad = await asked(socket, 'exposureHolders', {
      place: { by: 'moon', key: 'x' },
      side: 'both',
    });
    expect(bad).toMatchObject({ type: 'rejected' });
  });

  it('is shown to nobody who is not signed in', async () => {
    const { connect, gateway } = await serve();
    const socket = connect();
    await new Promise<void>((done) => socket.on('connect', () => done()));
    const told: unknown[] = [];
    socket.on('exposure', (view) => told.push(view));
    expect(await asked(socket, 'exposureWatch', { watches: true })).toMatchObject({
      type: 'rejected',
      reason: 'Sign in first',
    });
    gateway.exposure(sampleView());
    expect(await asked(socket, 'doors', {})).toBeDefined();
    expect(told).toEqual([]);
  });
});
