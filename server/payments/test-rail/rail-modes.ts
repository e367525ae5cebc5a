/** How the test rail treats a payment: what a firm must survive, to be tried before it happens. */
export const RAIL_MODES = {
  works: 'It is paid at once.',
  timesOutAfterWork: 'It is paid, and the answer never comes.',
  declines: 'It is refused, with a code.',
  answersTwice: 'It is paid, and told of twice under one event id.',
  answersLate: 'It is taken, and paid a while later.',
  echoesAnotherAmount: 'Another amount is paid than was ordered, and said so.',
  echoesAnotherPayee: 'Another account is paid than was ordered, and said so.',
} as const;
export type RailMode = keyof typeof RAIL_MODES;

/** Payees whose account ends so are treated so, as test cards are; all others are paid at once. */
export const MODE_OF_LAST4: ReadonlyMap<string, RailMode> = new Map([
  ['0002', 'timesOutAfterWork'],
  ['0003', 'declines'],
  ['0004', 'answersTwice'],
  ['0005', 'answersLate'],
  ['0006', 'echoesAnotherAmount'],
  ['0007', 'echoesAnotherPayee'],
]);
