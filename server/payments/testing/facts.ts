import type { Fact } from '#core/facts/registry.ts';
import type { PayingFirm } from './paying-firm.ts';

/** All facts of the firm's own stream, in order. */
export function firmFacts({ firm }: PayingFirm): Fact[] {
  return firm.store.stream(0, 'firm');
}
