/** Our own pictures, 24 by 24, drawn with a line of 1.6: one path each. */
export const ICONS = {
  risk: 'M4 19V5M4 19h16M8 16v-4M12 16V8M16 16v-6M8 8l4-3 4 3 4-3',
  exposure: 'M12 4a8 8 0 1 0 8 8h-8zM15 3.5A8 8 0 0 1 20.5 9H15z',
  shocks: 'M13 3 5 13h6l-1 8 9-11h-6z',
  alerts: 'M6 17h12l-1.5-2.5V11a4.5 4.5 0 0 0-9 0v3.5zM10 20h4M12 4v2',
  cases: 'M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15.5 15.5 20 20M9 11h4M11 9v4',
  approvals: 'M5 4h14v16H5zM8.5 12.5l2.5 2.5 5-6',
  programs: 'M6 4h9l4 4v12H6zM15 4v4h4M9 12h7M9 16h5',
  people:
    'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M3 20c0-4 2.5-6 6-6s6 2 6 6' +
    'M16 6a3 3 0 0 1 0 6M17.5 14.5c2.3.6 3.5 2.5 3.5 5.5',
  audit: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4.5',
  orders: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  work: 'M5 6h2M10 6h9M5 12h2M10 12h9M5 18h2M10 18h9',
  support: 'M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5',
  kpis: 'M4 19h16M5 15l4-5 4 3 6-8M15 5h4v4',
  own: 'M4 5h7v6H4zM13 5h7v14h-7zM4 13h7v6H4z',
  largest: 'M5 5h14v14H5z',
  restored: 'M8 4h12v12H8zM4 8v12h12',
  popOut: 'M13 5h6v6M19 5l-8 8M17 14v5H5V7h5',
  wide: 'M9 6l6 6-6 6',
  narrow: 'M15 6l-6 6 6 6',
} as const;
