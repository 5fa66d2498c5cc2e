/** The keys, always shown at the bottom. */

import type { Texts } from "./texts";

export interface Shortcut {
  key: string;
  label: keyof Texts;
}

export const SHORTCUTS: Shortcut[] = [
  { key: "F2", label: "key_new" },
  { key: "F4", label: "key_units" },
  { key: "F6", label: "key_boxes" },
  { key: "F7", label: "key_queue" },
  { key: "F8", label: "key_sales" },
  { key: "F9", label: "key_day" },
  { key: "F10", label: "key_language" },
  { key: "Escape", label: "key_back" },
  { key: "Enter", label: "key_next" },
];

/** How a key is written on its cap. */
export function cap(key: string): string {
  return key === "Escape" ? "Esc" : key;
}
