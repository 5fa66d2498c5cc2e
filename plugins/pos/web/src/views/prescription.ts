/** Left: the one field, and the prescription it opened. */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import type { KopuroCounter } from "../counter";
import type { Found, Sale } from "../contract";
import type { Step } from "../dispensing";
import { day, dayOf, fill, moment } from "../format";
import type { House } from "../house";
import type { Asked } from "../opening";
import type { Texts } from "../texts";
import { badge, dose, notice, onEnter, shape, strength, type Shape, type Shown } from "./parts";

const ASK: Record<Asked, keyof Texts> = { number: "ask_number", pin: "ask_pin", family_name: "ask_family_name" };
const HINT: Record<Asked, keyof Texts> = { number: "hint_number", pin: "hint_pin", family_name: "hint_family_name" };
const STATE: Record<string, Shape> = {
  issued: "good", "partially-dispensed": "good", dispensed: "info", expired: "error", cancelled: "error",
};
const DAY = 86_400_000;

export function prescription(counter: KopuroCounter): TemplateResult {
  const { dispensing, house } = counter;
  const { texts } = house;
  const { found, busy, opening, step } = dispensing;
  const { asked } = opening;
  const waiting = busy === "lookup";
  return html`<section class="panel left" aria-label=${texts.prescription}>
    <label class="ask" for="field">${texts[ASK[asked]]}</label>
    <input id="field" class="field" .value=${live(opening.entry)} autocomplete="off" spellcheck="false"
      maxlength="512" aria-describedby="hint" aria-busy=${waiting}
      @input=${(event: Event) => opening.type((event.target as HTMLInputElement).value)}
      @keydown=${onEnter(() => void opening.accept({ text: opening.entry }, true))}>
    <p id="hint" class="hint">
      ${waiting ? html`<strong>${texts.looking_up}</strong>` : texts[HINT[asked]]}
      ${opening.complete && !waiting ? html`<br><strong>${texts.hint_again}</strong>` : nothing}
    </p>
    ${step === "start" ? notice(dispensing.notice, dispensing.notice_values, house) : nothing}
    ${found === null ? steps(counter, step) : card(found, dispensing.sale, house)}
  </section>`;
}

/** Where one is on the way. */
function steps(counter: KopuroCounter, step: Step): TemplateResult {
  const { dispensing: { opening }, house } = counter;
  const { texts } = house;
  const number = opening.number.replace(/(\d{4})(?=\d)/g, "$1 ");
  return html`<ol class="steps">
    <li class=${number === "" ? (opening.asked === "number" ? "now" : "") : "past"}>
      ${texts.step_1}${number === "" ? nothing : html`<b class="number">${number}</b>`}
    </li>
    <li class=${opening.pinGiven ? "past" : opening.asked === "number" ? "" : "now"}>${texts.step_2}</li>
    <li class=${step === "offers" ? "now" : ""}>${texts.step_3}</li>
    <li>${texts.step_4}</li>
  </ol>`;
}

/** The prescription as it was found; once `made` stands, as the sale leaves it. */
function card(found: Found, made: Sale | null, house: House): TemplateResult {
  const { texts } = house;
  const { medicine, hold } = found;
  const [state, remaining] = after(found, made);
  return html`<div class="card">
    <div class="head"><b class="number">${found.display_number}</b>
      ${badge(STATE[state] ?? "info", texts[`state_${state}` as keyof Texts] ?? state)}</div>
    ${hold === null ? nothing : held(hold, house)}
    <dl>
      <dt>${texts.ordered}</dt>
      <dd><b>${medicine.inn}</b> ${dose(found.dose, found.dose_unit, texts)}
        <span class="also below">${medicine.trade_name}, ${medicine.form} ${strength(medicine, texts)}</span></dd>
      ${found.directions === null ? nothing : html`<dt>${texts.directions}</dt><dd>${found.directions}</dd>`}
      <dt>${texts.remaining}</dt>
      <dd><b>${fill(texts.of_ordered, { remaining, ordered: found.ordered_units })}</b></dd>
    </dl>
    <dl class="days">
      <div><dt>${texts.issued_on}</dt><dd>${day(found.issued_on)}</dd></div>
      <div><dt>${texts.last_day}</dt><dd><b>${day(found.last_day)}</b></dd><dd class="also">
        ${remaining === 0 ? nothing : left(found, texts)}</dd></div>
    </dl>
  </div>`;
}

function after(found: Found, made: Sale | null): [string, number] {
  const stands = made !== null && made.state !== "refused" && made.reversed_by === null;
  if (!stands || made.remaining_units === null) return [found.state, found.remaining_units];
  return [made.remaining_units === 0 ? "dispensed" : "partially-dispensed", made.remaining_units];
}

function left(found: Found, texts: Texts): string {
  const days = Math.round((Date.parse(found.last_day) - Date.parse(dayOf(new Date()))) / DAY);
  if (days < 0) return "";
  return days === 0 ? texts.last_day_today : fill(texts.days_left, { days });
}

function held(hold: NonNullable<Found["hold"]>, { texts }: House): Shown {
  const values = { since: moment(hold.since), until: moment(hold.until) };
  if (hold.holder === "self") return html`<p class="held self">${shape("good")}${fill(texts.held_self, values)}</p>`;
  return html`<div class="held other" role="alert">${shape("error")}
    <p><strong>${fill(texts.held_other, values)}.</strong> ${texts.held_other_help}</p></div>`;
}
