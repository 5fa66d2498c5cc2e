/** Day's end: the pharmacy, the gateway and the fund side by side. */

import type { Day, Problem } from "./contract";
import { dayOf, moved } from "./format";
import type { House } from "./house";
import { keepFile } from "./printing";

export class Closing {
  day = dayOf(new Date());
  told: Day | null = null;
  busy = false;
  problem: Problem | null = null;

  constructor(private readonly house: House) {}

  async open(day = dayOf(new Date())): Promise<void> {
    this.day = day;
    this.told = this.problem = null;
    this.house.go("day", "day");
    await this.check();
  }

  async check(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.house.draw();
    try {
      this.told = await this.house.agent.day(this.day);
      this.problem = null;
      const { day_balanced, day_unknown, difference } = this.house.texts;
      const unknown = this.told.gateway === null;
      this.house.announcement = this.told.balanced ? day_balanced : unknown ? day_unknown : difference;
    } catch (error) {
      this.problem = this.house.missed(error);
    }
    this.busy = false;
    this.house.focus = "day";
    this.house.draw();
  }

  async turn(days: number): Promise<void> {
    const day = moved(this.day, days);
    if (day <= dayOf(new Date())) await this.open(day);
  }

  async keep(format: "csv" | "xlsx"): Promise<void> {
    const { agent } = this.house;
    try {
      keepFile(await agent.file(agent.exportPath(this.day, format)), `${this.day}.${format}`);
    } catch (error) {
      this.problem = this.house.missed(error);
    }
    this.house.draw();
  }
}
