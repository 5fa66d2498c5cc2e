/** Right: what is sold, who pays what, the receipt. */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import type { Offer, Quote } from "../contract";
import type { KopuroCounter } from "../counter";
import type { Dispensing } from "../dispensing";
import { day, fill, moment, readCount, readSom, som } from "../format";
import type { Control, House } from "../house";
import type { Texts } from "../texts";
import { badge, money, notice, onEnter, pharmacist, problem, shape, strength, type Shown } from "./parts";

/** How long after it began a hold lets a sale be made without a line (the agent's rule), in milliseconds. */
const OFFLINE_UNDER_HOLD = 72 * 3_600_000;

export function sale(counter: KopuroCounter): TemplateResult {
  const { dispensing, house } = counter;
  const { texts } = house;
  const { offer, step } = dispensing;
  return html`<section class="panel right" aria-label=${texts.sale}>
    ${offer === undefined
      ? html`<h2>${texts.sale}</h2><div class="empty">${shape("info")}<p>${texts.sale_none}</p></div>`
      : html`${title(offer, texts)}${step === "sale" ? form(counter, offer) : preview(offer, texts)}`}
  </section>`;
}

function title({ medicine }: Offer, texts: Texts): TemplateResult {
  return html`<h2>${medicine.trade_name} <span class="also">${strength(medicine, texts)} №${medicine.pack_size}</span></h2>`;
}

/** Before it is taken: what all that remains would cost. */
function preview(offer: Offer, texts: Texts): TemplateResult {
  return html`<p class="facts">${offer.units === null ? "–" : `${offer.units} ${texts.units}`}
      ${offer.units === null ? nothing : packs(offer.units, offer, texts)}</p>
    ${sums(offer, texts, false)}
    <p class="help">Enter – ${texts.key_next.toLowerCase()}</p>`;
}

function form(counter: KopuroCounter, offer: Offer): TemplateResult {
  const { dispensing, house } = counter;
  const { texts } = house;
  const { quote, stale, busy } = dispensing;
  const go = (control: Control) => () => counter.move(control);
  const named = house.pharmacist.trim() !== "";
  const sells = quote !== null && !stale;
  return html`<div class="course">
      ${said(counter)}
      <div class="pair">
        ${input(dispensing, "units", texts.units_label, "F4", () => void dispensing.reckon())}
        ${input(dispensing, "price", texts.price_label, "", () => void dispensing.reckon())}
      </div>
      <p class="facts">${quantity(dispensing, offer, texts)}</p>
      ${sums(quote ?? offer, texts, stale || quote === null)}
      ${quote === null ? nothing : html`<p class="rest">${rest(quote, texts)}</p>`}
      ${boxes(counter, offer)}
    </div>
    <div class="pair">
      ${input(dispensing, "receipt", texts.receipt_number, "", go("amount"))}
      ${input(dispensing, "amount", texts.receipt_amount, "", go(named ? "dispense" : "pharmacist"))}
    </div>
    ${pharmacist(house, go("dispense"))}
    <button id="dispense" class="main" aria-disabled=${busy !== null} @click=${() => void dispensing.selling.sell()}>
      ${busy === "sale" ? texts.dispensing : busy === "quote" ? texts.quoting : busy === "resolving" ? texts.resolving
        : sells || quote === null ? texts.dispense : texts.requote}
      ${busy === null ? html`<kbd>Enter</kbd>` : nothing}
    </button>`;
}

function input(
  dispensing: Dispensing, name: "units" | "price" | "receipt" | "amount", label: string, key: string, enter: () => void,
): TemplateResult {
  const typed = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    if (name === "units" || name === "price") dispensing.change(name, value);
    else dispensing.fillIn(name, value);
  };
  const value = name === "price" ? dispensing.price.replace(".", ",") : dispensing[name];
  return html`<label for=${name}><span>${label}${key === "" ? nothing : html` <kbd>${key}</kbd>`}</span>
    <input id=${name} class=${name} .value=${live(value)} autocomplete="off" spellcheck="false" maxlength="64"
      inputmode=${name === "receipt" ? "text" : "decimal"} @input=${typed} @keydown=${onEnter(enter)}></label>`;
}

/** Who pays what. The patient's sum is the largest thing on the screen. */
function sums(of: Offer | Quote, texts: Texts, uncertain: boolean): TemplateResult {
  return html`<dl class="sums ${uncertain && "quote" in of ? "uncertain" : ""}">
    <div class="patient"><dt>${texts.patient_pays}</dt><dd>${money(of.patient, texts)}</dd></div>
    <div><dt>${texts.fund_pays}</dt><dd>${money(of.compensation, texts)}</dd></div>
    <div><dt>${texts.retail}</dt><dd>${money(of.retail, texts)}</dd></div>
  </dl>`;
}

function packs(units: number, { medicine }: Offer, texts: Texts): string {
  const size = medicine.pack_size;
  return units % size === 0 ? fill(texts.units_packs, { packs: units / size, size }) : "";
}

function quantity(dispensing: Dispensing, offer: Offer, texts: Texts): Shown {
  const { quote } = dispensing;
  const units = readCount(dispensing.units);
  const max = quote?.max_units ?? offer.units;
  return html`${units === null ? nothing : packs(units, offer, texts)}
    ${max === null ? nothing : html`<span class="also">${fill(texts.units_most, { max })}</span>`}
    ${quote !== null && quote.extra_units > 0
      ? badge("warning", fill(texts.units_extra, { extra: quote.extra_units })) : nothing}`;
}

function rest(quote: Quote, texts: Texts): string {
  if (quote.remaining_units === 0) return texts.rest_nothing;
  return fill(texts.rest, { units: quote.remaining_units, last_day: day(quote.last_day) });
}

function boxes(counter: KopuroCounter, offer: Offer): TemplateResult {
  const { dispensing, house } = counter;
  const { texts } = house;
  const count = dispensing.boxes.length;
  const size = offer.medicine.pack_size;
  const wanted = readCount(dispensing.units) ?? 0;
  const missing = dispensing.boxesNeeded - count;
  const remove = (event: KeyboardEvent): void => {
    if (event.key === "Delete" || event.key === "Backspace") dispensing.removeBox();
  };
  return html`<div id="boxes" class="boxes" tabindex="0" role="group" aria-label=${texts.boxes} @keydown=${remove}>
    <span>${texts.boxes} <kbd>F6</kbd></span>
    ${count === 0
      ? html`<span class="also">${texts.boxes_none}</span>`
      : html`<span>${fill(texts.boxes_count, { boxes: count, size, units: Math.min(count * size, wanted), wanted })}</span>
        ${missing === 0 ? badge("good", texts.boxes_enough) : missing > 0
          ? badge("warning", fill(texts.boxes_missing, { count: missing })) : nothing}
        <button class="small" @click=${() => dispensing.removeBox()}>${texts.boxes_remove} <kbd>Del</kbd></button>`}
  </div>`;
}

/** What stands in the way, above all else; what else the gateway remarks has room below the offers. */
function said(counter: KopuroCounter): TemplateResult {
  const { dispensing, house } = counter;
  const { texts } = house;
  const { quote } = dispensing;
  const paid = readSom(dispensing.amount);
  const due = quote?.patient ?? null;
  const differs = paid !== null && due !== null && som(paid) !== som(due);
  return html`<div class="said">
    ${dispensing.busy === "resolving" ? notice("resolving", {}, house) : nothing}
    ${notice(dispensing.notice, dispensing.notice_values, house)}
    ${line(house, quote)}
    ${problem(dispensing.problem, house)}
    ${differs
      ? html`<p class="notice warning">${shape("warning")}<span>${fill(texts.amount_differs, { due: som(due) })}</span></p>`
      : nothing}
  </div>`;
}

/** Without a line: whether the hold that was taken before lets this be sold, and until when it must be sent. */
function line({ state, texts }: House, quote: Quote | null): Shown {
  if (state?.gateway.reachable !== false) return nothing;
  const hold = quote?.hold ?? null;
  if (hold === null) return html`<p class="notice error">${shape("error")}<span>${texts.offline_unheld}</span></p>`;
  const until = moment(new Date(Date.parse(hold.since) + OFFLINE_UNDER_HOLD).toISOString());
  return html`<p class="notice error">${shape("error")}<span>${fill(texts.offline_held, { until })}</span></p>`;
}
