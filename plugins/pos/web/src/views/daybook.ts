/** F8: the sales of a day; a copy of a slip; taking one back in two steps. */

import { html, nothing, type TemplateResult } from "lit";

import type { Sale } from "../contract";
import type { KopuroCounter } from "../counter";
import { REASONS, type Daybook } from "../daybook";
import { day, fill, grouped, som, time } from "../format";
import type { House } from "../house";
import type { Texts } from "../texts";
import { result } from "./done";
import { badge, findings, onArrows, onEnter, pharmacist, problem, shape, strength, type Shown } from "./parts";

export function daybook(counter: KopuroCounter): TemplateResult {
  const { daybook: book, house } = counter;
  return html`${list(book, house)}
    <section class="panel right" aria-label=${house.texts.reverse_title}>${side(book, house)}</section>`;
}

/** A day, and the way to those beside it. */
export function days(title: string, on: string, turn: (days: number) => void, texts: Texts): TemplateResult {
  return html`<div class="head"><h2>${title}</h2><span class="days">
    <button class="small" @click=${() => turn(-1)}><kbd>PgUp</kbd> ← <span class="aside">${texts.day_before}</span></button>
    <b>${day(on)}</b>
    <button class="small" @click=${() => turn(1)}><span class="aside">${texts.day_after}</span> → <kbd>PgDn</kbd></button>
  </span></div>`;
}

/** Page up and down go through the days. */
export function onPages(turn: (days: number) => void, otherwise: (event: KeyboardEvent) => void) {
  return (event: KeyboardEvent): void => {
    if (event.key !== "PageUp" && event.key !== "PageDown") {
      otherwise(event);
      return;
    }
    event.preventDefault();
    turn(event.key === "PageUp" ? -1 : 1);
  };
}

function list(book: Daybook, house: House): TemplateResult {
  const { texts } = house;
  const turn = (count: number): void => void book.turn(count);
  const arrows = onArrows(book.chosen, (index) => book.choose(index), book.items.length);
  const enter = onEnter(() => void book.next());
  const press = onPages(turn, (event) => (event.key === "Enter" ? enter(event) : arrows(event)));
  return html`<section class="panel middle" aria-label=${texts.sales_of}>
    ${days(texts.sales_of, book.day, turn, texts)}
    <div class="columns sales" aria-hidden="true"><span>${texts.column_time}</span><span>${texts.column_receipt}</span>
      <span>${texts.column_medicine}</span><span>${texts.column_units}</span><span>${texts.column_patient}</span>
      <span>${texts.column_state}</span></div>
    <div id="sales" class="offers sales" role="listbox" tabindex="0" aria-label=${texts.sales_of}
      aria-activedescendant=${book.items.length === 0 ? nothing : `sale-${book.chosen}`} @keydown=${press}>
      ${book.items.length === 0
        ? html`<div class="empty" role="option" aria-selected="false">${shape("info")}<p>${texts.sales_none}</p></div>`
        : book.items.map((sale, index) => row(book, sale, index, texts))}
    </div>
    <p class="help">${texts.reverse_choose}</p>
  </section>`;
}

function row(book: Daybook, sale: Sale, index: number, texts: Texts): TemplateResult {
  const chosen = index === book.chosen;
  const back = sale.reversal_of !== null;
  return html`<div id="sale-${index}" role="option" aria-selected=${chosen}
    class="offer ${chosen ? "chosen" : ""} ${back || sale.reversed_by !== null ? "past" : ""}"
    @click=${() => book.choose(index)}>
    <span>${time(sale.at)}</span><span class="receipt">${sale.receipt_number}</span>
    <span class="name"><b>${sale.medicine.trade_name}</b> <span class="also">${strength(sale.medicine, texts)}</span></span>
    <span class="sum">${grouped(sale.units)}</span><span class="sum">${som(sale.patient)}</span>
    <span class="marks">${state(sale, texts)}
      ${sale.made_offline ? badge("error", texts.offline_mark) : nothing}</span>
  </div>`;
}

function state(sale: Sale, texts: Texts): TemplateResult {
  if (sale.state === "refused") return badge("error", texts.refused);
  if (sale.state === "waiting") return badge("wait", texts.waiting);
  if (sale.reversed_by !== null) return badge("info", texts.reversed);
  return badge("good", sale.reversal_of === null ? texts.recorded : texts.reversal);
}

function side(book: Daybook, house: House): Shown {
  const { texts } = house;
  const { sale, stage } = book;
  if (sale === undefined) return html`<h2>${texts.reverse_title}</h2>${problem(book.problem, house)}`;
  if (stage === "done" && book.reversal !== null) {
    return html`${result(book.reversal, house)}
      <button id="next" class="main quiet" @click=${() => void book.next()}>${texts.back} <kbd>Enter</kbd></button>`;
  }
  return html`<h2>${texts.reverse_title} <span class="also">${sale.receipt_number}</span></h2>
    ${summary(sale, texts)}
    ${stage === "list" ? choice(book, sale, house) : stage === "reason" ? reason(book, texts) : sure(book, sale, house)}
    ${problem(book.problem, house)}`;
}

function summary(sale: Sale, texts: Texts): TemplateResult {
  return html`<p class="what"><b>${sale.medicine.trade_name}</b> ${strength(sale.medicine, texts)} · ${grouped(sale.units)}
      ${texts.units} · ${day(sale.on)} ${time(sale.at)}</p>
    <dl class="sums small"><div class="patient"><dt>${texts.patient_pays}</dt><dd>${som(sale.patient)}</dd></div>
      <div><dt>${texts.fund_pays}</dt><dd>${som(sale.compensation)}</dd></div>
      <div><dt>${texts.pharmacist}</dt><dd class="text">${sale.pharmacist}</dd></div></dl>`;
}

function choice(book: Daybook, sale: Sale, house: House): TemplateResult {
  const { texts } = house;
  return html`${book.reversible
      ? html`<button class="main danger" @click=${() => void book.next()}>${texts.reverse} <kbd>Enter</kbd></button>`
      : html`<p class="notice info">${shape("info")}<span>${texts.reverse_impossible}</span></p>`}
    <div class="actions"><button @click=${() => void book.copy()}>${texts.slip_copy}</button>
      <button @click=${() => void book.pdf()}>${texts.pdf}</button></div>
    ${findings(sale.findings, house)}`;
}

function reason(book: Daybook, texts: Texts): TemplateResult {
  const index = REASONS.indexOf(book.reason);
  const pick = (next: number): void => {
    book.reason = REASONS[Math.min(Math.max(next, 0), REASONS.length - 1)] ?? book.reason;
    book.touch();
  };
  const arrows = onArrows(index, pick, REASONS.length);
  const enter = onEnter(() => void book.next());
  return html`<p class="label" id="reason-label">${texts.reason}</p>
    <div id="reason" class="reasons" role="listbox" tabindex="0" aria-labelledby="reason-label"
      aria-activedescendant="reason-${index}"
      @keydown=${(event: KeyboardEvent) => (event.key === "Enter" ? enter(event) : arrows(event))}>
      ${REASONS.map((one, at) => html`<div id="reason-${at}" role="option" aria-selected=${at === index}
        class=${at === index ? "chosen" : ""} @click=${() => pick(at)}>
        <span class="digit" aria-hidden="true">${at + 1}</span>${texts[`reason_${one}`]}</div>`)}
    </div>
    <label class="line" for="note"><span>${texts.note} <small>${texts.note_hint}</small></span>
      <input id="note" maxlength="255" autocomplete="off" .value=${book.note} @keydown=${enter}
        @input=${(event: Event) => (book.note = (event.target as HTMLInputElement).value)}></label>
    <button class="main danger" @click=${() => void book.next()}>${texts.reverse} <kbd>Enter</kbd></button>`;
}

function sure(book: Daybook, sale: Sale, house: House): TemplateResult {
  const { texts } = house;
  const confirm = (): void => void book.next();
  return html`<div class="sure" role="alert">${shape("warning")}<div><strong>${texts.reverse_sure}</strong>
      <p>${texts.reason}: ${texts[`reason_${book.reason}`]}</p>
      <p>${fill(texts.reverse_money, { sum: som(sale.receipt_amount) })}</p></div></div>
    ${pharmacist(house, confirm)}
    <button id="confirm" class="main danger" aria-disabled=${book.busy} @click=${confirm}>
      ${book.busy ? texts.reversing : texts.reverse_confirm} <kbd>Enter</kbd></button>
    <button @click=${() => book.back()}>${texts.back} <kbd>Esc</kbd></button>`;
}
