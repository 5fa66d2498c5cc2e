/** F9: day's end, three columns and what differs. */

import { html, nothing, type TemplateResult } from "lit";

import type { Day, DayColumn, DayDifference } from "../contract";
import type { KopuroCounter } from "../counter";
import { fill, grouped, som, time } from "../format";
import type { Texts } from "../texts";
import { days, onPages } from "./daybook";
import { problem, shape, type Shown } from "./parts";

export function closing(counter: KopuroCounter): TemplateResult {
  const { closing: room, house } = counter;
  const { texts } = house;
  const turn = (count: number): void => void room.turn(count);
  return html`<section class="panel wide" aria-label=${texts.day_end}
    @keydown=${onPages(turn, () => undefined)}>
    ${days(texts.day_end, room.day, turn, texts)}
    ${problem(room.problem, house)}
    ${room.told === null ? nothing : told(room.told, texts)}
    <div class="actions">
      <button id="day" class="main" aria-disabled=${room.busy} @click=${() => void room.check()}>
        ${texts.day_check_again} <kbd>Enter</kbd></button>
      <button @click=${() => void room.keep("csv")}>${texts.csv}</button>
      <button @click=${() => void room.keep("xlsx")}>${texts.xlsx}</button>
      ${room.told === null ? nothing
        : html`<span class="also">${fill(texts.day_checked, { time: time(room.told.checked_at) })}</span>`}
    </div>
  </section>`;
}

function told(of: Day, texts: Texts): TemplateResult {
  const { agent, gateway, fund } = of;
  const columns = [agent, gateway, fund];
  const counts = (name: "sales" | "reversals", label: string): TemplateResult =>
    line(label, columns, (column) => grouped(column[name]));
  const sums = (name: "retail" | "compensation" | "patient", label: string): TemplateResult =>
    line(label, columns, (column) => som(column[name]));
  return html`${verdict(of, texts)}
    <div class="scroll"><table class="day">
      <thead><tr><td></td><th scope="col">${texts.day_agent}</th><th scope="col">${texts.day_gateway}</th>
        <th scope="col">${texts.day_fund}</th></tr></thead>
      <tbody>
        ${counts("sales", texts.day_sales)}${counts("reversals", texts.day_reversals)}
        ${sums("retail", texts.retail)}${sums("compensation", texts.fund_pays)}${sums("patient", texts.patient_pays)}
      </tbody></table></div>
    ${of.differences.length === 0 ? nothing : differences(of.differences, texts)}`;
}

function verdict(of: Day, texts: Texts): TemplateResult {
  const [name, text] = of.balanced
    ? (["good", texts.day_balanced] as const)
    : of.gateway === null
      ? (["error", texts.day_unknown] as const)
      : (["warning", fill(texts.day_differs, { count: of.differences.length })] as const);
  return html`<p class="verdict ${name}" role="status">${shape(name)}<strong>${text}</strong></p>`;
}

function line(label: string, columns: (DayColumn | null)[], shown: (column: DayColumn) => string): TemplateResult {
  const [first] = columns;
  const own = first === null || first === undefined ? "" : shown(first);
  return html`<tr><th scope="row">${label}</th>${columns.map((column) => {
    const text = column === null ? "–" : shown(column);
    return html`<td class=${text === own ? "" : "differs"}>${text}</td>`;
  })}</tr>`;
}

function differences(all: DayDifference[], texts: Texts): TemplateResult {
  const share = (sum: string | null): Shown => html`${sum === null ? "–" : som(sum)}`;
  return html`<h3>${texts.difference} <small>${texts.share_hint}</small></h3>
    <div class="scroll"><table class="differences">
      <thead><tr><th scope="col">${texts.column_receipt}</th><th scope="col">${texts.column_what}</th>
        <th scope="col">${texts.day_agent}</th><th scope="col">${texts.day_gateway}</th>
        <th scope="col">${texts.day_fund}</th><th scope="col">${texts.what_to_do}</th></tr></thead>
      <tbody>${all.map((one) => html`<tr><td>${one.receipt_number ?? "–"}</td>
        <td><strong>${texts[`difference_${one.kind}`]}</strong></td>
        <td class="sum">${share(one.agent)}</td><td class="sum">${share(one.gateway)}</td>
        <td class="sum">${share(one.fund)}</td><td>${one.message}</td></tr>`)}</tbody></table></div>`;
}
