import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, placeIn } from './place.ts';

describe('a place in the address', () => {
  it('names the view and where it stands within itself', () => {
    expect(placeIn('#/programs/ftmo-2-step-100k/versions')).toEqual({
      parts: ['programs', 'ftmo-2-step-100k', 'versions'],
      workspace: 'programs',
    });
  });

  it('names the workspace where a panel is docked in another than its own', () => {
    expect(placeIn('#/exposure/symbol/EURUSD?in=risk')).toEqual({
      parts: ['exposure', 'symbol', 'EURUSD'],
      workspace: 'risk',
    });
  });

  it.each(['', '#', '#/', '#?'])('is the risk desk for %j', (hash) => {
    expect(placeIn(hash)).toEqual({ parts: ['risk'], workspace: 'risk' });
  });

  it('takes what is no address as it stands', () => {
    expect(placeIn('#/cases/%E0%A4%A').parts).toEqual(['cases', '%E0%A4%A']);
  });

  it('is read as it was written, whatever stands in it', () => {
    const part = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), part, (parts, workspace) => {
        expect(placeIn(addressOf(parts, workspace))).toEqual({ parts, workspace });
      }),
    );
  });
});
