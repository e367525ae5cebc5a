import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, launch, stop } from './launch.ts';

const script = (text: string) => ({
  name: 'child',
  command: process.execPath,
  args: ['-e', text],
  env: {},
});

describe('a launched program', () => {
  it('is heard line by line and stops when asked', async () => {
    const ready = Promise.withResolvers<string>();
    const child = launch(
      script(`
        process.on('SIGTERM', () => process.exit(7));
        setInterval(() => {}, 1000);
        console.log('ready');
      `),
      ready.resolve,
    );
    expect(await ready.promise).toBe('ready');
    await stop(child);
    expect(await child.ended).toBe(7);
  });

  it('that is missing ends with a code instead of an exception', async () => {
    const child = launch({ ...script(''), command: 'no-such-program' });
    expect(await child.ended).toBe(1);
  });
});

describe('a free port', () => {
  it('is above one that is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    expect(await freePort(port)).toBeGreaterThan(port);
    await new Promise((resolve) => taken.close(resolve));
  });
});
