import { describe, expect, it } from 'vitest';
import { readStartOptions } from './options.ts';

describe('the options of npm start', () => {
  it('have usual values', () => {
    expect(readStartOptions([], {})).toEqual({
      data: '.propdesk',
      serverPort: 7410,
      deskPort: 7420,
      browser: false,
      forServer: [],
    });
  });

  it('keep their own and leave the rest to the server, in order', () => {
    const args = ['--accounts', '500', '--port=9000', '--data', 'x', '--seed=7', '--browser'];
    expect(
      readStartOptions(args, { PROPDESK_DESK_PORT: '1', PROPDESK_SERVER_PORT: '8000' }),
    ).toEqual({
      data: 'x',
      serverPort: 8000,
      deskPort: 9000,
      browser: true,
      forServer: ['--accounts', '500', '--seed=7'],
    });
  });

  it.each([['--port', 'many'], ['--port', '0'], ['--data']])('refuse %s %s', (...args) => {
    expect(() => readStartOptions(args, {})).toThrow(args[0]);
  });
});
