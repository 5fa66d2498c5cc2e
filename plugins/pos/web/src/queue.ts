/** What waits for the gateway, and what it refused after the goods were handed over. */

import type { Problem, QueueEntry, Sale } from "./contract";
import { dayOf, moved } from "./format";
import type { House } from "./house";

/** Days on which a sale that was refused later can have been made: a hold is good for 72 hours. */
const DAYS_BACK = 4;

export class Queue {
  waiting: QueueEntry[] = [];
  refused: Sale[] = [];
  problem: Problem | null = null;

  #seen = new Set<string>();

  constructor(private readonly house: House) {}

  async open(): Promise<void> {
    this.house.go("queue", "queue");
    await this.load();
    if (this.refused.length > 0) this.house.go("queue", "seen");
  }

  async load(): Promise<void> {
    try {
      this.waiting = (await this.house.agent.queue()).waiting;
      this.refused = await this.#refused();
      this.problem = null;
    } catch (error) {
      this.problem = this.house.missed(error);
    }
    this.house.draw();
  }

  async #refused(): Promise<Sale[]> {
    if ((this.house.state?.queue.refused ?? 0) === 0) return [];
    const today = dayOf(new Date());
    const days = await Promise.all(
      Array.from({ length: DAYS_BACK }, (_, back) => this.house.agent.sales(moved(today, -back))),
    );
    return days.flatMap(({ items }) => items).filter(({ id, state }) => state === "refused" && !this.#seen.has(id));
  }

  async seen(sale: Sale): Promise<void> {
    const pharmacist = this.house.pharmacist.trim();
    if (pharmacist === "") {
      this.house.go("queue", "pharmacist");
      return;
    }
    try {
      await this.house.agent.seen(sale.id, { pharmacist });
      this.#seen.add(sale.id);
      await this.house.look();
      await this.load();
    } catch (error) {
      this.problem = this.house.missed(error);
    }
    this.house.go("queue", this.refused.length > 0 ? "seen" : "queue");
  }
}
