/** From a quote to a sale: recorded once, whatever breaks in between. */

import type { Problem, Sale } from "./contract";
import type { Dispensing } from "./dispensing";
import { dayOf, readSom, som } from "./format";
import { codeOf, type Control, type House } from "./house";
import * as journal from "./journal";
import type { Texts } from "./texts";

/** After these the sums may be others: they are reckoned again before anything is sold. */
const RECKON_AGAIN = new Set(["QUOTE_GONE", "QUOTE_EXPIRED", "QUOTE_CHANGED", "AMOUNT_MISMATCH"]);
const ASK_AGAIN_AFTER = 1_500;

export class Selling {
  #key = "";
  #order: journal.Attempt["order"] = null;
  #day: string | null = null;

  constructor(
    private readonly desk: Dispensing,
    private readonly house: House,
  ) {}

  /** Makes the key under which this quote may become a sale, before anything is sent. */
  renew(): void {
    this.#key = crypto.randomUUID();
    this.#order = this.#day = null;
    this.write();
  }

  write(): void {
    const { found, chosen, quote, boxes, printed } = this.desk;
    if (found === null || quote === null) return;
    const sale = this.desk.sale?.id ?? null;
    journal.keep({ found, chosen, quote, boxes, key: this.#key, order: this.#order, day: this.#day, sale, printed });
  }


  /** What is missing before it can be dispensed, and where to type it. */
  #missing(): [keyof Texts, Control] | null {
    if (this.desk.boxes.length > 0 && !this.desk.boxesComplete) {
      return [this.desk.boxes.length > this.desk.boxesNeeded ? "box_too_many" : "boxes_missing", "boxes"];
    }
    if (this.desk.receipt.trim() === "") return ["receipt_required", "receipt"];
    if (readSom(this.desk.amount) === null) return ["amount_required", "amount"];
    if (this.house.pharmacist.trim() === "") return ["pharmacist_required", "pharmacist"];
    return null;
  }

  async sell(): Promise<void> {
    if (this.desk.busy !== null || this.desk.step !== "sale") return;
    if (this.desk.quote === null || this.desk.stale) {
      if (await this.desk.reckon()) this.desk.say("sums_changed", {}, "receipt");
      return;
    }
    const missing = this.#missing();
    if (missing !== null) {
      const count = String(Math.max(this.desk.boxesNeeded - this.desk.boxes.length, 0));
      this.desk.say(missing[0], { count }, missing[1]);
      return;
    }
    this.#order = {
      key: this.#key,
      quote: this.desk.quote.quote,
      pharmacist: this.house.pharmacist.trim(),
      receipt_number: this.desk.receipt.trim(),
      receipt_amount: readSom(this.desk.amount) ?? "0.00",
    };
    this.#day = dayOf(new Date());
    this.write();
    this.desk.work("sale");
    try {
      this.#done(await this.house.agent.sell(this.#order));
    } catch (error) {
      await this.#unsold(this.house.missed(error));
    }
    this.desk.rest();
  }

  async #unsold(problem: Problem | null): Promise<void> {
    this.desk.problem = problem;
    this.house.focus = "dispense";
    if (problem === null) return this.resolve();
    if (problem.code === "KEY_REUSED") {
      await this.resolve();
      if (this.desk.sale !== null) this.desk.notice = "already_recorded";
      return;
    }
    // Refused for good under this key; what may still come of it keeps the key.
    if (problem.retry !== "same-key-later" && problem.status < 500) this.renew();
    if (!RECKON_AGAIN.has(codeOf(problem))) return;
    this.desk.busy = null;
    if (await this.desk.reckon("receipt")) this.desk.say("sums_changed", {}, "receipt");
  }

  /** Nobody knows what became of the sale: the agent is asked until it answers. */
  async resolve(): Promise<void> {
    this.desk.work("resolving");
    while (this.desk.busy === "resolving") {
      try {
        const sold = await this.#own();
        if (sold === undefined) this.desk.say("not_sent", {}, "dispense");
        else if (sold.state === "refused") this.#turnedDown(sold);
        else this.#done(sold);
        this.house.lost = false;
        break;
      } catch (error) {
        if (this.house.missed(error) !== null) break;
        this.house.draw();
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
      }
    }
    this.desk.rest();
  }

  /** The gateway refused it before the goods were handed over: it is corrected and tried under a new key. */
  #turnedDown(sale: Sale): void {
    const title = this.house.texts.sale_refused;
    const { findings } = sale;
    const retry = "after-correction";
    this.desk.problem = { type: "about:blank", title, status: 422, detail: "", code: "GATEWAY_REFUSED", retry, findings };
    this.house.focus = "dispense";
    this.renew();
  }

  async #own(): Promise<Sale | undefined> {
    for (const day of new Set([this.#day ?? dayOf(new Date()), dayOf(new Date())])) {
      const { items } = await this.house.agent.sales(day);
      const own = items.find((sale) => sale.key === this.#key);
      if (own !== undefined) return own;
    }
    return undefined;
  }

  /** After a refresh: the quote as it was, and what became of it if it was sent. */
  async restore(): Promise<void> {
    const attempt = journal.kept();
    if (attempt === null) return;
    const { found, chosen, quote, boxes, key, order, day, sale, printed } = attempt;
    this.desk.found = found;
    this.desk.chosen = chosen;
    this.desk.quote = quote;
    this.desk.boxes = boxes;
    this.#key = key;
    this.#order = order;
    this.#day = day;
    this.desk.opening.number = found.number;
    this.desk.units = String(quote.units);
    this.desk.price = quote.pack_price;
    this.desk.receipt = order?.receipt_number ?? quote.receipt_suggestion ?? "";
    this.desk.amount = som(order?.receipt_amount ?? quote.patient);
    this.desk.step = "sale";
    this.house.focus = order === null ? "receipt" : "dispense";
    if (sale !== null) await this.#presentAgain(sale, printed);
    else if (order !== null) await this.resolve();
    this.house.draw();
  }

  async #presentAgain(sale: string, printed: number): Promise<void> {
    try {
      this.#present(await this.house.agent.sale(sale), printed);
    } catch (error) {
      this.desk.problem = this.house.missed(error);
    }
  }

  #done(sale: Sale): void {
    this.#present(sale, 0);
    this.house.tell("kopuro-sale", sale);
    void this.house.look();
  }

  #present(sale: Sale, printed: number): void {
    this.desk.sale = sale;
    this.desk.step = "done";
    this.desk.printed = printed;
    this.write();
    this.desk.problem = null;
    this.desk.notice = null;
    this.desk.opening.asked = "number";
    this.desk.opening.entry = "";
    this.house.announcement = this.house.texts[sale.state === "recorded" ? "sale_recorded" : "sale_waiting"];
    this.house.focus = "print";
    void this.desk.showSlip();
  }
}
