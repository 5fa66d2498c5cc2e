/** After the sale: what became of it, and the slip. */

import { html, nothing, type TemplateResult } from "lit";

import type { Sale } from "../contract";
import type { KopuroCounter } from "../counter";
import { day, fill, grouped, moment } from "../format";
import type { House } from "../house";
import { keepFile } from "../printing";
import type { Texts } from "../texts";
import { badge, findings, money, notice, shape, strength, type Shape, type Shown } from "./parts";
import "./paper";

const SHAPES: Record<Sale["state"], Shape> = { recorded: "good", waiting: "wait", refused: "error" };

export function outcome(counter: KopuroCounter, sale: Sale): TemplateResult {
  const { house, dispensing } = counter;
  return html`<section class="panel middle outcome" aria-label=${house.texts.sale}>
    ${result(sale, house)}
    ${notice(dispensing.notice, dispensing.notice_values, house)}
    <div class="foot"><button id="next" class="main quiet" @click=${() => void dispensing.leave()}>
      ${house.texts.next_patient} <kbd>F2</kbd></button></div>
  </section>`;
}

/** The state of a sale or reversal in a word, its sums, and what it is called elsewhere. */
export function result(sale: Sale, house: House): TemplateResult {
  const { texts } = house;
  const { medicine } = sale;
  const back = sale.reversal_of !== null;
  const sum = (amount: string): TemplateResult => money(back ? amount.replace("-", "") : amount, texts);
  return html`<h2 class="state ${sale.state}">${shape(SHAPES[sale.state])}${word(sale, back, texts)}</h2>
    ${sale.state === "waiting" ? html`<p class="notice ${sale.made_offline ? "error" : "warning"}">
      ${shape(sale.made_offline ? "error" : "warning")}
      <span>${sale.made_offline ? texts.sale_waiting_held : texts.sale_waiting_help}</span></p>` : nothing}
    <p class="what"><b>${medicine.trade_name}</b> ${medicine.form}, ${strength(medicine, texts)} №${medicine.pack_size}
      · ${grouped(sale.units)} ${texts.units}</p>
    <dl class="sums">
      <div class="patient"><dt>${back ? texts.patient_back : texts.patient_pays}</dt><dd>${sum(sale.patient)}</dd></div>
      <div><dt>${back ? texts.fund_back : texts.fund_pays}</dt><dd>${sum(sale.compensation)}</dd></div>
      <div><dt>${texts.retail}</dt><dd>${sum(sale.retail)}</dd></div>
    </dl>
    <p class="marks">${back || sale.remaining_units === null ? nothing : html`<span>${sale.remaining_units === 0
        ? texts.rest_none
        : fill(texts.rest, { units: sale.remaining_units, last_day: day(sale.last_day) })}</span>`}
      ${fund(sale, texts)}</p>
    <dl class="ids">
      <dt>${texts.column_receipt}</dt><dd>${sale.receipt_number}</dd>
      <dt>${texts.local_number}</dt><dd>${sale.sequence} · ${moment(sale.at)}</dd>
      <dt>${texts.pharmacist}</dt><dd>${sale.pharmacist}</dd>
      ${sale.dispense === null ? nothing : html`<dt>${texts.gateway_number}</dt><dd class="id">${sale.dispense}</dd>`}
      ${sale.fund_record === null ? nothing : html`<dt>${texts.fund_number}</dt><dd class="id">${sale.fund_record}</dd>`}
    </dl>
    ${findings(sale.findings, house)}`;
}

function word(sale: Sale, back: boolean, texts: Texts): string {
  if (sale.state === "refused") return texts.sale_refused;
  if (sale.state === "recorded") return back ? texts.reversal_recorded : texts.sale_recorded;
  return back ? texts.reversal_waiting : texts.sale_waiting;
}

const FUND: Record<NonNullable<Sale["fund"]>, Shape> = { "under-way": "wait", taken: "good", refused: "error" };

function fund(sale: Sale, texts: Texts): Shown {
  return sale.fund === null ? nothing : badge(FUND[sale.fund], texts[`fund_${sale.fund}`]);
}

export function paper(counter: KopuroCounter, sale: Sale): TemplateResult {
  const { dispensing, house } = counter;
  const { agent, texts } = house;
  const pdf = async (): Promise<void> => {
    try {
      const copy = dispensing.printed > 0;
      keepFile(await agent.file(agent.slipPath(sale.id, copy, "pdf")), `${sale.receipt_number}.pdf`);
    } catch (error) {
      house.missed(error);
    }
    house.draw();
  };
  return html`<section class="panel right" aria-label=${texts.slip}>
    <h2>${texts.slip}</h2>
    <div class="actions">
      <button id="print" class="main" aria-disabled=${dispensing.slip === null} @click=${() => counter.print()}>
        ${dispensing.printed > 0 ? texts.print_copy : texts.print} <kbd>Enter</kbd></button>
      <button @click=${() => void pdf()}>${texts.pdf}</button>
    </div>
    ${dispensing.slip === null
      ? html`<p class="help">${texts.slip_unavailable}</p>`
      : html`<kopuro-paper tabindex="0" role="group" aria-label=${texts.slip} .slip=${dispensing.slip}></kopuro-paper>`}
  </section>`;
}
