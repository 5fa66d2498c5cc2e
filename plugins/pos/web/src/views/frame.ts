/** What is always there: who we are, what is wrong, the keys, the line, the queue, the clock. */

import { html, nothing, type TemplateResult } from "lit";

import type { AgentState } from "../contract";
import type { KopuroCounter } from "../counter";
import { fill, grouped, moment } from "../format";
import type { House } from "../house";
import { cap as write, SHORTCUTS } from "../keys";
import { TEXTS, type Language, type Texts } from "../texts";
import { badge, cap, shape, type Shown } from "./parts";

/** Seconds from which on the clock's error is worth a word; from 300 on nothing is sold. */
const CLOCK_WORTH_TELLING = 30;

export function top({ house }: KopuroCounter): TemplateResult {
  const { texts, state } = house;
  const { pharmacy, pharmacy_name } = state?.terminal ?? {};
  return html`<header class="top">
    <h1><span class="brand">Көпүрө</span> ${pharmacy_name ?? texts.title}</h1>
    ${pharmacy === null || pharmacy === undefined ? nothing : html`<span class="also">${pharmacy}</span>`}
    <div class="languages" role="group" aria-label="Тил · Язык · Language">
      ${(["ky", "ru", "en"] as Language[]).map((one) => html`<button class="small" lang=${one}
        aria-pressed=${one === house.language} @click=${() => house.speak(one)}>${TEXTS[one].language_name}</button>`)}
    </div>
  </header>`;
}

/** What stops or threatens selling, in red, with what to do. */
export function alarms(house: House): Shown {
  const { state, texts } = house;
  const all: [boolean, string, string][] = [
    [house.lost, texts.agent_lost, texts.agent_lost_help],
    ...(state === null ? [] : troubles(state, texts)),
  ];
  const shown = all.filter(([holds]) => holds);
  return html`<div class="alarms" role="alert">${shown.map(
    ([, what, help]) => html`<p>${shape("error")}<span><strong>${what}.</strong> ${help}</span></p>`,
  )}</div>`;
}

function troubles({ terminal, clock, disk_full, gateway }: AgentState, texts: Texts): [boolean, string, string][] {
  const since = gateway.offline_since;
  const offline = since === null ? texts.gateway_offline_short : fill(texts.gateway_offline, { since: moment(since) });
  return [
    [terminal.must_enrol_again, texts.must_enrol, texts.must_enrol_help],
    [!terminal.enrolled && !terminal.must_enrol_again, texts.not_enrolled, texts.not_enrolled_help],
    [clock.blocked, texts.clock_blocked, texts.clock_blocked_help],
    [disk_full, texts.disk_full, texts.disk_full_help],
    [gateway.reachable === false, offline, texts.offline_help],
  ];
}

export function keys(counter: KopuroCounter): TemplateResult {
  const { texts } = counter.house;
  return html`<nav class="keys" aria-label="F2 … Esc">
    ${SHORTCUTS.map(({ key, label }) =>
      key === "Enter"
        ? html`<span>${cap(write(key))} ${texts[label]}</span>`
        : html`<button tabindex="-1" @mousedown=${(event: Event) => event.preventDefault()}
            @click=${() => counter.shortcut(key)}>${cap(write(key))} ${texts[label]}</button>`,
    )}
  </nav>`;
}

export function status({ house }: KopuroCounter): TemplateResult {
  const { state, texts } = house;
  return html`<footer class="status">${state === null || house.lost
    ? badge("error", texts.agent_lost)
    : html`${line(state, texts)}${waiting(state, texts)}${clock(state, texts)}
      <span class="quiet">${state.stock_rows === 0
        ? texts.stock_none : fill(texts.stock_state, { rows: grouped(state.stock_rows) })}</span>
      <span class="quiet end">${texts.terminal} ${state.terminal.client ?? "–"} · ${state.version}</span>`}
  </footer>`;
}

function line({ gateway }: AgentState, texts: Texts): TemplateResult {
  if (gateway.reachable === null) return badge("wait", texts.gateway_unknown);
  return gateway.reachable ? badge("good", texts.gateway_reachable) : badge("error", texts.gateway_offline_short);
}

function waiting({ queue }: AgentState, texts: Texts): TemplateResult {
  const { oldest_at } = queue;
  return html`${oldest_at === null
      ? badge("good", texts.queue_state_empty)
      : badge("wait", fill(texts.queue_state, { count: grouped(queue.waiting), since: moment(oldest_at) }))}
    ${queue.under_hold === 0 ? nothing : badge("error", fill(texts.under_hold, { count: grouped(queue.under_hold) }))}
    ${queue.refused === 0 ? nothing : badge("error", fill(texts.refused_state, { count: grouped(queue.refused) }))}`;
}

function clock({ clock: { offset_seconds, blocked } }: AgentState, texts: Texts): Shown {
  if (offset_seconds === null) return nothing;
  const seconds = `${offset_seconds > 0 ? "+" : "−"}${grouped(Math.abs(Math.round(offset_seconds)))}`;
  if (blocked) return badge("error", fill(texts.clock_off, { seconds }));
  if (Math.abs(offset_seconds) < CLOCK_WORTH_TELLING) return badge("good", texts.clock_good);
  return badge("warning", fill(texts.clock_off, { seconds }));
}
