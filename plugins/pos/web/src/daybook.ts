/** The sales of a day: looking them up, printing a copy of the slip, taking one back. */

import type { Problem, ReversalReason, Sale } from "./contract";
import { dayOf, moved } from "./format";
import type { House } from "./house";
import { keepFile, printSlip } from "./printing";

export const REASONS: ReversalReason[] = [
  "returned", "wrong-medicine", "wrong-quantity", "wrong-price", "not-handed-over",
];

/** Choosing a sale; the reason; «are you sure?»; what became of it. */
export type Stage = "list" | "reason" | "sure" | "done";

export class Daybook {
  day = dayOf(new Date());
  items: Sale[] = [];
  chosen = 0;
  stage: Stage = "list";
  reason: ReversalReason = "returned";
  note = "";
  busy = false;
  problem: Problem | null = null;
  reversal: Sale | null = null;

  #key = "";

  constructor(private readonly house: House) {}

  get sale(): Sale | undefined {
    return this.items[this.chosen];
  }

  async open(day = dayOf(new Date())): Promise<void> {
    this.day = day;
    this.stage = "list";
    this.items = [];
    this.problem = null;
    this.house.go("sales", "sales");
    await this.load();
  }

  async load(): Promise<void> {
    try {
      const chosen = this.sale?.id;
      const { items } = await this.house.agent.sales(this.day);
      this.items = items;
      this.chosen = Math.max(items.findIndex(({ id }) => id === chosen), 0);
    } catch (error) {
      this.problem = this.house.missed(error);
    }
    this.house.draw();
  }

  async turn(days: number): Promise<void> {
    const day = moved(this.day, days);
    if (this.stage === "list" && day <= dayOf(new Date())) await this.open(day);
  }

  choose(index: number): void {
    if (this.stage !== "list") return;
    this.chosen = Math.min(Math.max(index, 0), Math.max(this.items.length - 1, 0));
    this.problem = null;
    this.house.draw();
  }

  /** Whether it is a sale that still stands. */
  get reversible(): boolean {
    const sale = this.sale;
    return sale !== undefined && sale.reversal_of === null && sale.reversed_by === null && sale.state !== "refused";
  }

  /** On to the reason, to the question, and to the deed: two steps after the choice. */
  async next(): Promise<void> {
    if (this.busy) return;
    if (this.stage === "list" && this.reversible) {
      this.#key = crypto.randomUUID();
      this.reason = "returned";
      this.note = "";
      this.#to("reason", "reason");
    } else if (this.stage === "reason") this.#to("sure", this.house.pharmacist.trim() === "" ? "pharmacist" : "confirm");
    else if (this.stage === "sure") await this.#reverse();
    else if (this.stage === "done") await this.open(this.day);
  }

  #to(stage: Stage, focus: "reason" | "confirm" | "pharmacist" | "sales" | "next"): void {
    this.stage = stage;
    this.problem = null;
    this.house.go("sales", focus);
  }

  /** One step back; `false` at the list, where there is none. */
  back(): boolean {
    if (this.busy) return true;
    if (this.stage === "list") return false;
    if (this.stage === "done") void this.open(this.day);
    else this.#to(this.stage === "sure" ? "reason" : "list", this.stage === "sure" ? "reason" : "sales");
    return true;
  }

  touch(): void {
    this.house.draw();
  }

  async #reverse(): Promise<void> {
    const sale = this.sale;
    const pharmacist = this.house.pharmacist.trim();
    if (sale === undefined || pharmacist === "") {
      this.house.go("sales", "pharmacist");
      return;
    }
    this.busy = true;
    this.house.draw();
    const { reason } = this;
    const note = this.note.trim() || null;
    try {
      this.reversal = await this.house.agent.reverse(sale.id, { key: this.#key, reason, note, pharmacist });
      this.house.tell("kopuro-reversal", this.reversal);
      const { reversal_recorded, reversal_waiting } = this.house.texts;
      this.house.announcement = this.reversal.state === "recorded" ? reversal_recorded : reversal_waiting;
      this.#to("done", "next");
      void this.load();
    } catch (error) {
      this.problem = this.house.missed(error); // the same key again, whatever it was: it is reversed once
      this.house.focus = "confirm";
    }
    this.busy = false;
    this.house.draw();
    void this.house.look();
  }

  /** Prints the slip of the chosen sale, marked as a copy. */
  async copy(): Promise<void> {
    await this.#with((sale) => this.house.agent.slip(sale.id, true).then(printSlip));
  }

  async pdf(): Promise<void> {
    await this.#with(async (sale) => {
      const { agent } = this.house;
      keepFile(await agent.file(agent.slipPath(sale.id, true, "pdf")), `${sale.receipt_number}.pdf`);
    });
  }

  async #with(work: (sale: Sale) => Promise<void>): Promise<void> {
    if (this.sale === undefined) return;
    try {
      await work(this.sale);
    } catch (error) {
      this.problem = this.house.missed(error);
    }
    this.house.draw();
  }
}
