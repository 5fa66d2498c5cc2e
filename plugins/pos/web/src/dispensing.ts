/** From the number on the sheet to the slip: what the counter is there for. */

import type { Slip } from "./agent";
import type { Found, Offer, Problem, Quote, Sale } from "./contract";
import { fill, readCount, readSom, som } from "./format";
import type { Control, House } from "./house";
import { forget } from "./journal";
import { Opening } from "./opening";
import { Selling } from "./selling";
import type { Texts } from "./texts";

export type Step = "start" | "offers" | "sale" | "done";
export type Busy = "lookup" | "quote" | "sale" | "resolving";


export class Dispensing {
  step: Step = "start";
  busy: Busy | null = null;
  found: Found | null = null;
  /** Which offer is chosen. */
  chosen = 0;
  /** Offers the gateway refused to reckon in this look-up. */
  refused = new Set<number>();
  units = "";
  price = "";
  boxes: string[] = [];
  receipt = "";
  amount = "";
  quote: Quote | null = null;
  /** Something the quote depends on was changed since. */
  stale = false;
  problem: Problem | null = null;
  /** A remark of the page itself. */
  notice: keyof Texts | null = null;
  notice_values: Record<string, string> = {};
  sale: Sale | null = null;
  slip: Slip | null = null;
  /** How often the slip was printed; a reprint is marked as a copy. */
  printed = 0;

  readonly opening: Opening;
  readonly selling: Selling;

  #waiting: (() => void)[] = [];

  constructor(private readonly house: House) {
    this.opening = new Opening(this, house);
    this.selling = new Selling(this, house);
  }

  get offer(): Offer | undefined {
    return this.found?.offers[this.chosen];
  }

  /** How many boxes make up the quantity. */
  get boxesNeeded(): number {
    const size = this.offer?.medicine.pack_size ?? 1;
    return Math.ceil((readCount(this.units) ?? 0) / size);
  }

  // ------------------------------------------------------------------------------------------- offer and quote

  choose(index: number): void {
    const count = this.found?.offers.length ?? 0;
    if (count === 0 || this.busy !== null) return;
    this.chosen = Math.min(Math.max(index, 0), count - 1);
    this.problem = null;
    this.house.draw();
  }

  /** Takes the chosen offer: all that remains of the course, or as much as lies on the shelf. */
  async take(): Promise<void> {
    const offer = this.offer;
    if (offer === undefined || this.busy !== null) return;
    const most = offer.units ?? 0;
    const there = offer.packs === null ? most : Math.min(most, offer.packs * offer.medicine.pack_size);
    this.units = String(there > 0 ? there : most);
    this.price = offer.pack_price ?? "";
    this.boxes = [];
    this.receipt = this.amount = "";
    this.step = "sale";
    if (this.price === "") this.say("price_needed", {}, "price");
    else await this.reckon();
  }

  /** Asks for the sums, and keeps the prescription for this pharmacy meanwhile. */
  async reckon(then: Control = "receipt"): Promise<boolean> {
    const units = readCount(this.units);
    const price = readSom(this.price);
    if (this.found === null || this.offer === undefined || this.busy !== null) return false;
    if (price === null) return this.say("price_wrong", {}, "price");
    if (units === null) return this.say("units_wrong", {}, "units");
    this.work("quote");
    try {
      const { lookup } = this.found;
      const medicine = this.offer.medicine.code;
      const boxes = this.boxesComplete ? this.boxes : [];
      this.#quoted(
        await this.house.agent.quote({ lookup, medicine, units, pack_price: price, shelf_price: price, boxes, hold: true }),
      );
      this.house.focus = then;
    } catch (error) {
      this.problem = this.house.missed(error);
      if (this.problem?.retry === "after-correction") this.refused.add(this.chosen);
      this.house.focus = "units";
    }
    this.rest();
    return this.problem === null && !this.house.lost;
  }

  #quoted(quote: Quote): void {
    this.quote = quote;
    this.stale = false;
    this.refused.delete(this.chosen);
    this.amount = som(quote.patient);
    this.receipt ||= quote.receipt_suggestion ?? "";
    this.selling.renew();
    const values = { patient: som(quote.patient), fund: som(quote.compensation) };
    this.house.announcement = fill(this.house.texts.announce_quote, values);
  }

  change(what: "units" | "price", text: string): void {
    this[what] = text;
    this.stale = this.quote !== null;
    this.notice = null;
    this.house.draw();
  }

  fillIn(what: "receipt" | "amount", text: string): void {
    this[what] = text;
    this.notice = null;
    this.house.draw();
  }

  // ------------------------------------------------------------------------------------------- boxes

  get boxesComplete(): boolean {
    return this.boxes.length > 0 && this.boxes.length === this.boxesNeeded;
  }

  box(code: string, medicine: string | null): void {
    if (this.step === "offers") {
      const index = this.found?.offers.findIndex((offer) => offer.medicine.code === medicine) ?? -1;
      if (index >= 0) this.choose(index);
      else this.say("scan_unknown", {}, "offers");
    } else if (this.step === "sale") this.#addBox(code, medicine);
    else this.say("scan_first", {}, "field");
  }

  #addBox(code: string, medicine: string | null): void {
    if (medicine !== this.offer?.medicine.code) {
      const other = this.found?.offers.find((offer) => offer.medicine.code === medicine)?.medicine.trade_name;
      this.say(other === undefined ? "box_other_unknown" : "box_other", { medicine: other ?? "" }, this.house.focus);
      return;
    }
    if (this.boxes.includes(code)) {
      this.say("box_repeated", {}, this.house.focus);
      return;
    }
    this.boxes = [...this.boxes, code];
    this.#boxesChanged();
  }

  removeBox(): void {
    if (this.busy !== null || this.boxes.length === 0) return;
    this.boxes = this.boxes.slice(0, -1);
    this.#boxesChanged();
  }

  /** The gateway is asked anew once the boxes make up the quantity, or when there are none again. */
  #boxesChanged(): void {
    this.stale = this.quote !== null;
    this.notice = this.boxes.length > this.boxesNeeded ? "box_too_many" : null;
    this.notice_values = {};
    if (this.boxesComplete || this.boxes.length === 0) void this.reckon();
    else this.house.draw();
  }

  // ------------------------------------------------------------------------------------------- after it

  /** The slip is on paper: from now on it is a copy. */
  async slipPrinted(): Promise<void> {
    this.printed += 1;
    this.selling.write();
    await this.showSlip();
  }

  async showSlip(): Promise<void> {
    if (this.sale === null) return;
    const { id } = this.sale;
    try {
      const slip = await this.house.agent.slip(id, this.printed > 0);
      if (this.sale?.id === id) this.slip = slip;
    } catch (error) {
      this.house.missed(error);
      this.slip = null;
    }
    this.house.draw();
  }

  /** What the gateway or the fund has said since. */
  async refresh(): Promise<void> {
    if (this.sale === null) return;
    try {
      const sale = await this.house.agent.sale(this.sale.id);
      if (this.sale?.id !== sale.id) return;
      const told = sale.state !== this.sale.state;
      this.sale = sale;
      if (told && this.printed === 0) await this.showSlip();
    } catch (error) {
      this.house.missed(error);
    }
    this.house.draw();
  }

  /** Makes room for the next patient; a prescription that was held and not sold is free again. */
  async leave(): Promise<void> {
    const held = this.step !== "done" && this.quote !== null ? this.found : null;
    forget();
    this.step = "start";
    this.found = this.quote = this.sale = this.slip = null;
    this.stale = false;
    this.boxes = [];
    this.receipt = this.amount = "";
    this.opening.clear();
    if (held === null) return;
    try {
      await this.house.agent.release(held.lookup);
      this.say("released", {}, "field");
    } catch (error) {
      this.house.missed(error); // it ends by itself
    }
  }

  /** One step back. */
  async back(): Promise<void> {
    if (this.busy !== null && this.busy !== "resolving") return;
    if (this.step === "sale" && this.busy === null) {
      this.step = "offers";
      this.problem = null;
      this.notice = null;
      this.house.focus = "offers";
      this.house.draw();
    } else if (this.busy === null) await this.leave();
  }

  work(busy: Busy): void {
    this.busy = busy;
    this.problem = null;
    this.notice = null;
    this.house.draw();
  }

  /** Waits until the sums that are being reckoned are there. */
  reckoned(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  rest(): void {
    this.busy = null;
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.house.draw();
  }

  say(notice: keyof Texts, values: Record<string, string>, focus: Control | null): false {
    this.notice = notice;
    this.notice_values = values;
    this.house.focus = focus;
    this.house.announcement = fill(this.house.texts[notice], values);
    this.house.draw();
    return false;
  }
}
