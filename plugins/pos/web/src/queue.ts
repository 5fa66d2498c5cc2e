/** What waits for the gateway, and what it refused after the goods were handed over. */

import type { Problem, QueueEntry, Sale } from "./contract";
import type { House } from "./house";

export class Queue {
  waiting: QueueEntry[] = [];
  refused: Sale[] = [];
  problem: Problem | null = null;

  constructor(private readonly house: House) {}

  async open(): Promise<void> {
    this.house.go("queue", "queue");
    await this.load();
    if (this.refused.length > 0) this.house.go("queue", "seen");
  }

  async load(): Promise<void> {
    try {
      const { waiting, refused } = await this.house.agent.queue();
      this.waiting = waiting;
      this.refused = refused;
      this.problem = null;
    } catch (error) {
      this.problem = this.house.missed(error);
    }
    this.house.draw();
  }

  async seen(sale: Sale): Promise<void> {
    const pharmacist = this.house.pharmacist.trim();
    if (pharmacist === "") {
      this.house.go("queue", "pharmacist");
      return;
    }
    try {
      await this.house.agent.seen(sale.id, { pharmacist });
      await this.house.look();
      await this.load();
    } catch (error) {
      this.problem = this.house.missed(error);
    }
    this.house.go("queue", this.refused.length > 0 ? "seen" : "queue");
  }
}
