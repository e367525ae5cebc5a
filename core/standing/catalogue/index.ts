import type { Catalogue, SentenceKey } from './catalogue.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';

/** Languages of the standing page. To add one: a file beside, a line here, its habits in locale.ts. */
export const LANGUAGES = ['en', 'de', 'es', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
};

export const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, de, es, fr };

/** A sentence with its placeholders filled. */
export function sentence(
  language: Language,
  key: SentenceKey,
  values: Readonly<Record<string, string>> = {},
): string {
  return CATALOGUES[language][key].replaceAll(
    /\{(\w+)\}/g,
    (whole, name: string) => values[name] ?? whole,
  );
}

/** What a rule is called; one that the catalogue does not know goes by its own name. */
export function ruleName(language: Language, kind: string): string {
  const names: Readonly<Record<string, string>> = CATALOGUES[language];
  return names[`rule.${kind}`] ?? kind;
}

/** The first language of a browser's wish (RFC 9110, 12.5.4) that there is; weights are passed over. */
export function languageFor(accepted: string): Language {
  for (const wish of accepted.slice(0, 200).toLowerCase().split(',')) {
    const [tag = ''] = wish.trim().split(/[-;]/);
    const known = LANGUAGES.find((language) => language === tag);
    if (known) return known;
  }
  return 'en';
}
