const FIRST = [
  'Amara', 'Bjorn', 'Carmen', 'Dimitri', 'Elif', 'Farid', 'Grace', 'Hiro', 'Ines', 'Jakub', 'Kofi', 'Lena',
  'Mateo', 'Nadia', 'Oskar', 'Priya', 'Quentin', 'Rosa', 'Samir', 'Tomas', 'Uma', 'Viktor', 'Wei', 'Yara', 'Zoe',
];
const LAST = [
  'Abara', 'Bianchi', 'Castro', 'Dvorak', 'Eriksen', 'Fontaine', 'Gupta', 'Hansen', 'Ibrahim', 'Jansen', 'Kowalski',
  'Lopez', 'Meyer', 'Novak', 'Okafor', 'Petrov',
  'Quinn', 'Rossi', 'Santos', 'Tanaka', 'Ueda', 'Varga', 'Weber', 'Yilmaz',
];

/** A name for the trader of this number: the same every time, no two alike before 600. */
export function traderName(number: number): string {
  const first = FIRST[number % FIRST.length] ?? '';
  const last = LAST[Math.floor(number / FIRST.length + number * 7) % LAST.length] ?? '';
  return `${first} ${last}`;
}
