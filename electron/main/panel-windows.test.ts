import { describe, expect, it } from 'vitest';
import { panelWindowOf } from './panel-windows.ts';

describe('a window for a panel', () => {
  it('is opened for an address of our own page that names one panel alone', () => {
    const url = 'app://propdesk/#/exposure/symbol/EURUSD?in=alone';
    expect(panelWindowOf(url)).toEqual({ panel: 'exposure', url });
  });

  it.each([
    ['another page', 'https://example.com/#/exposure?in=alone'],
    ['another host of our scheme', 'app://other/#/exposure?in=alone'],
    ['a host that only begins like ours', 'app://propdesk.example/#/exposure?in=alone'],
    ['another file', 'app://propdesk/main.js#/exposure?in=alone'],
    ['a query', 'app://propdesk/?x=1#/exposure?in=alone'],
    ['the whole window again', 'app://propdesk/#/exposure'],
    ['a name that is a path', 'app://propdesk/#/..%2Fwindow?in=alone'],
    ['no panel', 'app://propdesk/#/?in=alone'],
  ])('is refused for %s', (_name, url) => {
    expect(panelWindowOf(url)).toBeNull();
  });
});
