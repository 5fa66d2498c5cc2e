/** Middle: every trade name of the group, in stock first, then by what the patient pays (clause 36). */

import { html, nothing, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";

import type { Offer } from "../contract";
import type { KopuroCounter } from "../counter";
import { fill, som } from "../format";
import type { Texts } from "../texts";
import { badge, findings, onArrows, onEnter, problem, shape, strength, type Shown } from "./parts";

export function offers(counter: KopuroCounter): TemplateResult {
  const { dispensing, house } = counter;
  const { texts } = house;
  const { found, step } = dispensing;
  const refusal = step === "sale" ? null : dispensing.problem;
  return html`<section class="panel middle" aria-label=${texts.offers}>
    <h2>${texts.offers}</h2>
    ${problem(refusal, house)}
    ${found === null
      ? refusal !== null ? nothing : html`<div class="empty">${shape("info")}<p>${texts.offers_none}</p></div>`
      : found.offers.length === 0
        ? html`<div class="empty">${shape("error")}<p><strong>${texts.offers_empty}</strong></p></div>`
        : list(counter, found.offers)}
    ${found === null ? nothing : findings([...found.findings, ...(dispensing.quote?.findings ?? [])], house)}
  </section>`;
}

function list(counter: KopuroCounter, all: Offer[]): TemplateResult {
  const { dispensing, house } = counter;
  const { texts } = house;
  const { chosen } = dispensing;
  const arrows = onArrows(chosen, (index) => dispensing.choose(index), all.length);
  const enter = onEnter(() => void dispensing.take());
  const there = all.filter((offer) => offer.in_stock).length;
  return html`<div class="columns" aria-hidden="true">
      <span></span><span>${texts.column_medicine}</span><span>${texts.column_price}</span>
      <span>${texts.column_fund}</span><span>${texts.column_patient}</span>
    </div>
    <div id="offers" class="offers" role="listbox" tabindex="0" aria-label=${texts.offers}
      aria-activedescendant="offer-${chosen}"
      @keydown=${(event: KeyboardEvent) => (event.key === "Enter" ? enter(event) : arrows(event))}>
      ${all.map((offer, index) => html`
        ${index === there ? html`<p class="divider" role="presentation">${texts.not_in_stock}</p>` : nothing}
        ${row(counter, offer, index)}`)}
    </div>
    <p class="help">${texts.choose_help}</p>`;
}

function row(counter: KopuroCounter, offer: Offer, index: number): TemplateResult {
  const { dispensing, house } = counter;
  const { texts } = house;
  const { medicine } = offer;
  const chosen = index === dispensing.chosen;
  return html`<div id="offer-${index}" role="option" aria-selected=${chosen}
    class=${classMap({ offer: true, chosen, absent: !offer.in_stock })}
    @click=${() => dispensing.choose(index)} @dblclick=${() => void dispensing.take()}>
    <span class="digit" aria-hidden="true">${index < 9 ? index + 1 : ""}</span>
    <span class="name">
      <span class="first"><b>${medicine.trade_name}</b> ${marks(offer, dispensing.refused.has(index), texts)}</span>
      <span class="also maker">${medicine.form} ${strength(medicine, texts)} №${medicine.pack_size} ·
        ${medicine.manufacturer}, ${medicine.country}</span>
    </span>
    <span class="sum">${sum(offer.pack_price)}
      ${offer.packs === null ? nothing : html`<span class="also">${fill(texts.packs_left, { packs: offer.packs })}</span>`}
    </span>
    <span class="sum">${sum(offer.compensation)}</span>
    <span class="sum patient">${sum(offer.patient)}</span>
  </div>`;
}

function sum(amount: string | null): Shown {
  return amount === null ? html`<span class="none">–</span>` : html`${som(amount)}`;
}

function marks(offer: Offer, refused: boolean, texts: Texts): Shown {
  const { packs, units, medicine } = offer;
  const enough = packs === null || units === null || packs * medicine.pack_size >= units;
  return html`
    <span class="mark ${offer.prescribed ? "same" : "other"}">
      ${offer.prescribed ? texts.as_prescribed : texts.substitution}</span>
    ${enough ? nothing : badge("warning", fill(texts.too_few_packs, { units: packs * medicine.pack_size }))}
    ${refused ? badge("error", texts.refused_offer) : nothing}`;
}
