const TYPES: Readonly<Record<string, string>> = { '.csv': 'text/csv', '.html': 'text/html' };

/** Saves a text as a file of the person's choice. */
export function saveText(name: string, text: string): void {
  const ending = name.slice(name.lastIndexOf('.'));
  const type = TYPES[ending] ?? 'application/json';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
