/** How sums, numbers, days and times are written here: 1 240,50 · 02.01.2026 · 10:42, in Bishkek's time. */

const NO_BREAK = "\u00a0";

/** "1240.5" as 1 240,50. Text all the way: sums are never floating-point numbers. */
export function som(sum: string): string {
  const [, sign = "", whole = "", part = ""] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(sum) ?? [];
  return `${sign && "−"}${grouped(whole)},${part.padEnd(2, "0")}`;
}

/** 12400 as 12 400. */
export function grouped(whole: number | string): string {
  const text = String(whole).replace("-", "−");
  return text.replace(/\B(?=(\d{3})+$)/g, NO_BREAK);
}

/** What a person typed as a sum, in the contract's form; `null` when it is none. */
export function readSom(text: string): string | null {
  const plain = text.replace(/[\s\u00a0]/g, "").replace(",", ".");
  const [, whole, part = ""] = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(plain) ?? [];
  return whole === undefined ? null : `${whole.replace(/^0+(?=\d)/, "")}.${part.padEnd(2, "0")}`;
}

/** A whole number above zero; `null` when it is none. */
export function readCount(text: string): number | null {
  const plain = text.replace(/[\s\u00a0]/g, "");
  return /^[1-9]\d{0,5}$/.test(plain) ? Number(plain) : null;
}

/** 2026-01-02 as 02.01.2026. */
export function day(text: string): string {
  return text.split("-").reverse().join(".");
}

const TIME = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Bishkek", hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Asia/Bishkek", year: "numeric", month: "2-digit", day: "2-digit",
});

/** Bishkek's clock at an instant: 10:42. */
export function time(instant: string): string {
  return TIME.format(new Date(instant));
}

/** Bishkek's calendar day of an instant: 2026-01-02. */
export function dayOf(instant: Date): string {
  return DAY.format(instant);
}

/** Time, with the day before it when that is not today. */
export function moment(instant: string): string {
  const on = dayOf(new Date(instant));
  return on === dayOf(new Date()) ? time(instant) : `${day(on)} ${time(instant)}`;
}

/** The day so many days from another. */
export function moved(from: string, days: number): string {
  const moving = new Date(`${from}T00:00:00Z`);
  moving.setUTCDate(moving.getUTCDate() + days);
  return moving.toISOString().slice(0, 10);
}

/** Puts values into a text's {places}. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
