/** Small parts that every view uses. */

import { html, nothing, svg, type TemplateResult } from "lit";

import type { Finding, Medicine, Problem, Severity } from "../contract";
import { fill, som } from "../format";
import type { House } from "../house";
import type { Texts } from "../texts";

export type Shown = TemplateResult | typeof nothing;

const SHAPES = {
  error: svg`<path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z"/><path class="in" d="M5.5 5.5l5 5m0-5l-5 5"/>`,
  warning: svg`<path d="M8 1l7.4 13.5H.6z"/><path class="in" d="M8 6v4m0 1.8v.4"/>`,
  info: svg`<circle cx="8" cy="8" r="7"/><path class="in" d="M8 7.2V12M8 4v.6"/>`,
  good: svg`<circle cx="8" cy="8" r="7"/><path class="in" d="M4.8 8.2l2.3 2.4 4.2-5"/>`,
  wait: svg`<circle cx="8" cy="8" r="7"/><path class="in" d="M8 4v4.3l2.8 1.6"/>`,
} as const;

export type Shape = keyof typeof SHAPES;

/** A state has a word, a colour and a shape. */
export function shape(name: Shape): TemplateResult {
  return html`<svg class="shape ${name}" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[name]}</svg>`;
}

export function badge(name: Shape, text: string): TemplateResult {
  return html`<span class="badge ${name}">${shape(name)}${text}</span>`;
}

/** A cap of the keyboard. */
export function cap(key: string): TemplateResult {
  return html`<kbd>${key}</kbd>`;
}

/** An amount of medicine with its unit in words: 12,5 мг. */
export function dose(amount: string, unit: string, texts: Texts): string {
  return `${amount.replace(".", ",")} ${texts[`dose_${unit}` as keyof Texts] ?? unit}`;
}

export function strength(medicine: Medicine, texts: Texts): string {
  return dose(medicine.strength, medicine.strength_unit, texts);
}

/** A sum with its currency, or a dash where there is none. */
export function money(sum: string | null, texts: Texts): TemplateResult {
  return sum === null ? html`<span class="none">–</span>` : html`${som(sum)}<small>${texts.som}</small>`;
}

const WORDS: Record<Severity, keyof Texts> = {
  error: "finding_error",
  warning: "finding_warning",
  info: "finding_info",
};
const ORDER: Severity[] = ["error", "warning", "info"];

/** What was found, the gravest first: what, what to do, and by which clause. */
export function findings(found: Finding[], house: House): Shown {
  if (found.length === 0) return nothing;
  const { texts } = house;
  const sorted = ORDER.flatMap((severity) => found.filter((one) => one.severity === severity));
  return html`<ul class="findings" aria-label=${texts.findings}>
    ${sorted.map(
      (one) => html`<li class=${one.severity}>
        ${shape(one.severity)}
        <div>
          <p><strong>${texts[WORDS[one.severity]]}.</strong> ${one.message}</p>
          ${one.action === null ? nothing : html`<p class="action"><b>${texts.what_to_do}:</b> ${one.action}</p>`}
          ${one.clause === null ? nothing : html`<p class="clause">${one.clause}</p>`}
        </div>
      </li>`,
    )}
  </ul>`;
}

/** A refusal: its findings, or its own words where it has none. */
export function problem(told: Problem | null, house: House): Shown {
  if (told === null) return nothing;
  const { title, detail, findings: found } = told;
  const own = { code: told.code, severity: "error" as const, path: null, clause: null, message: title, action: detail };
  return html`<div role="alert">${findings(found.length > 0 ? found : [own], house)}</div>`;
}

/** A remark of the page itself. */
export function notice(text: keyof Texts | null, values: Record<string, string>, house: House): Shown {
  if (text === null) return nothing;
  const calm = text === "released" || text === "already_recorded";
  const name = calm ? "info" : "warning";
  return html`<p class="notice ${name}" role="status">${shape(name)}<span>${fill(house.texts[text], values)}</span></p>`;
}

/** Who stands at the counter. */
export function pharmacist(house: House, enter: () => void): TemplateResult {
  const { texts } = house;
  return html`<label class="line" for="pharmacist"><span>${texts.pharmacist}</span>
    <input id="pharmacist" maxlength="128" autocomplete="off" spellcheck="false" .value=${house.pharmacist}
      @input=${(event: Event) => house.name((event.target as HTMLInputElement).value)} @keydown=${onEnter(enter)}>
  </label>`;
}

/** Does it when Enter is pressed in a field. */
export function onEnter(work: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    work();
  };
}

/** Arrows, ends and digits in a list of `count` things. */
export function onArrows(chosen: number, choose: (index: number) => void, count: number): (event: KeyboardEvent) => void {
  const moves: Record<string, number> = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: count - 1 };
  return (event) => {
    const digit = /^[1-9]$/.test(event.key) && Number(event.key) <= count ? Number(event.key) - 1 : undefined;
    const index = moves[event.key] ?? digit;
    if (index === undefined || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    choose(index);
  };
}
