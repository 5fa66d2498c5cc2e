/** The whole screen: the frame, and in it the room one is in. */

import { html, type TemplateResult } from "lit";

import type { KopuroCounter } from "../counter";
import { closing } from "./closing";
import { daybook } from "./daybook";
import { outcome, paper } from "./done";
import { alarms, keys, status, top } from "./frame";
import { offers } from "./offers";
import { onEnter, problem, shape } from "./parts";
import { prescription } from "./prescription";
import { queue } from "./queue";
import { sale } from "./sale";

export function screen(counter: KopuroCounter): TemplateResult {
  const { house } = counter;
  return html`<div class="counter" lang=${house.language}>
    ${top(counter)}
    <main class="floor ${house.room}">${alarms(house)}<div class="rooms">${room(counter)}</div></main>
    ${keys(counter)}
    ${status(counter)}
    <p class="aside" aria-live="polite">${house.announcement}</p>
  </div>`;
}

function room(counter: KopuroCounter): TemplateResult {
  switch (counter.house.room) {
    case "entry":
      return entry(counter);
    case "sales":
      return daybook(counter);
    case "day":
      return closing(counter);
    case "queue":
      return queue(counter);
    case "dispensing":
      return dispensing(counter);
  }
}

function dispensing(counter: KopuroCounter): TemplateResult {
  const { sale: made, step } = counter.dispensing;
  if (step === "done" && made !== null) {
    return html`${prescription(counter)}${outcome(counter, made)}${paper(counter, made)}`;
  }
  return html`${prescription(counter)}${offers(counter)}${sale(counter)}`;
}

function entry(counter: KopuroCounter): TemplateResult {
  const { dispensing: { problem: told }, house } = counter;
  const { texts } = house;
  const go = (): void => void counter.enter(counter.renderRoot.querySelector<HTMLInputElement>("#code")?.value.trim() ?? "");
  return html`<section class="panel door" aria-label=${texts.enter_title}>
    <h2>${shape("info")}${texts.enter_title}</h2>
    <p>${texts.enter_help}</p>
    <label for="code"><span>${texts.enter_code}</span>
      <input id="code" class="field" autocomplete="off" spellcheck="false" maxlength="64" @keydown=${onEnter(go)}></label>
    <button class="main" @click=${go}>${texts.enter_go} <kbd>Enter</kbd></button>
    ${told?.code === "TOKEN_REQUIRED" ? "" : problem(told, house)}
  </section>`;
}
