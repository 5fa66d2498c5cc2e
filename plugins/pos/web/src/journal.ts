/**
 * What must outlive a refresh of the page: the quote and the one key under which it may become a sale. No ПИН: that
 * never leaves the memory of the page, and only until the look-up is answered.
 */

import type { Found, Quote, SaleOrder } from "./contract";

const NAME = "kopuro-counter";

export interface Attempt {
  found: Found;
  /** Which offer was taken. */
  chosen: number;
  quote: Quote;
  boxes: string[];
  /** Made before the first try: whatever happens, the sale is recorded once. */
  key: string;
  /** What was sent under the key, and on which day; without it nothing was sent. */
  order: SaleOrder | null;
  day: string | null;
  /** The sale it has become, and how often its slip was printed. */
  sale: string | null;
  printed: number;
}

export function keep(attempt: Attempt): void {
  sessionStorage.setItem(NAME, JSON.stringify(attempt));
}

export function kept(): Attempt | null {
  const text = sessionStorage.getItem(NAME);
  return text === null ? null : (JSON.parse(text) as Attempt);
}

export function forget(): void {
  sessionStorage.removeItem(NAME);
}
