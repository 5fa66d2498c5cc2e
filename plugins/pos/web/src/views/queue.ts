/** F7: what waits, and what was refused after the goods were handed over. */

import { html, nothing, type TemplateResult } from "lit";

import type { QueueEntry, Sale } from "../contract";
import type { KopuroCounter } from "../counter";
import { fill, grouped, moment, som } from "../format";
import type { House } from "../house";
import type { Texts } from "../texts";
import { badge, findings, pharmacist, problem, shape, strength, type Shown } from "./parts";

/** So many of what waits are listed; of the rest the number is told. */
const LISTED = 100;

export function queue(counter: KopuroCounter): TemplateResult {
  const { queue: room, house } = counter;
  const { texts } = house;
  return html`<section class="panel wide" aria-label=${texts.queue}>
    <h2>${texts.queue}</h2>
    ${problem(room.problem, house)}
    ${room.refused.length === 0 ? nothing : refusals(counter, room.refused)}
    <div id="queue" tabindex="0" class="waiting" role="group" aria-label=${texts.queue}>
      ${room.waiting.length === 0
        ? html`<p class="verdict good">${shape("good")}<strong>${texts.queue_empty}</strong></p>`
        : waiting(room.waiting, texts)}
    </div>
  </section>`;
}

function waiting(entries: QueueEntry[], texts: Texts): TemplateResult {
  return html`<p class="verdict wait">${shape("wait")}
      <span><strong>${fill(texts.queue_waiting, { count: grouped(entries.length) })}.</strong> ${texts.queue_help}</span></p>
    <table>
      <thead><tr><th scope="col">№</th><th scope="col">${texts.column_what}</th>
        <th scope="col">${texts.column_since}</th><th scope="col">${texts.column_tries}</th>
        <th scope="col">${texts.column_problem}</th></tr></thead>
      <tbody>${entries.slice(0, LISTED).map((one) => html`<tr><td>${one.sequence}</td>
        <td>${texts[`kind_${one.kind}`]} ${one.made_offline ? badge("error", texts.offline_mark) : nothing}</td>
        <td>${moment(one.at)}</td><td>${grouped(one.tries)}</td>
        <td>${why(one.last_problem, texts)}</td></tr>`)}</tbody></table>
    ${entries.length > LISTED ? html`<p class="help">… + ${grouped(entries.length - LISTED)}</p>` : nothing}`;
}

const WHY: Record<string, keyof Texts> = {
  GATEWAY_UNREACHABLE: "gateway_offline_short",
  INTERNAL_ERROR: "gateway_failed",
  ENROL_AGAIN: "must_enrol",
  DISK_FULL: "disk_full",
};

/** In words where there are any: a code tells a pharmacist nothing. */
function why(code: string | null, texts: Texts): string {
  const words = code === null ? undefined : WHY[code];
  return words === undefined ? (code ?? "–") : texts[words];
}

function refusals(counter: KopuroCounter, refused: Sale[]): TemplateResult {
  const { queue: room, house } = counter;
  const { texts } = house;
  return html`<p class="verdict error">${shape("error")}<span><strong>${fill(texts.queue_refused, { count: refused.length })}.
      </strong> ${texts.queue_refused_help}</span></p>
    ${pharmacist(house, () => counter.move("seen"))}
    ${refused.map((sale, index) => refusal(sale, index === 0, () => void room.seen(sale), house))}`;
}

function refusal(sale: Sale, first: boolean, seen: () => void, house: House): Shown {
  const { texts } = house;
  return html`<article class="refusal">
    <div class="head"><p class="what"><b>${sale.medicine.trade_name}</b> ${strength(sale.medicine, texts)} ·
      ${grouped(sale.units)} ${texts.units} · ${texts.column_receipt} ${sale.receipt_number} · ${moment(sale.at)} ·
      ${texts.fund_pays}: ${som(sale.compensation)}</p>
      <button id=${first ? "seen" : nothing} @click=${seen}>${texts.seen}</button></div>
    ${findings(sale.findings, house)}
  </article>`;
}
