import { en } from "./en";
import { ky } from "./ky";
import { ru } from "./ru";

/** Every text there is; a language that lacks one does not compile. */
export type Texts = Record<keyof typeof ru, string>;
export type Language = "ky" | "ru" | "en";

export const TEXTS: Record<Language, Texts> = { ky, ru, en };

/** F10 goes round them. */
export const NEXT: Record<Language, Language> = { ru: "ky", ky: "en", en: "ru" };

export function isLanguage(text: string | null): text is Language {
  return text !== null && text in TEXTS;
}
