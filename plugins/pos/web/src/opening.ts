/** Opening a prescription: its number and the patient's ПИН, scanned or typed in any order (clause 34). */

import type { Problem, Scan } from "./contract";
import type { Dispensing } from "./dispensing";
import { fill } from "./format";
import { codeOf, type House } from "./house";
import type { Texts } from "./texts";

export type Asked = "number" | "pin" | "family_name";

const PIN = /^\d{14}$/;

export class Opening {
  /** What the one field asks for. */
  asked: Asked = "number";
  /** What stands in it. */
  entry = "";
  number = "";

  /** Kept until the look-up is answered, and nowhere but here. */
  #pin = "";
  #familyName: string | null = null;

  constructor(
    private readonly desk: Dispensing,
    private readonly house: House,
  ) {}

  get pinGiven(): boolean {
    return this.#pin !== "";
  }

  /** Whether number and ПИН are both there and only the answer is missing. */
  get complete(): boolean {
    return this.number !== "" && this.pinGiven;
  }

  type(text: string): void {
    this.entry = text;
    if (this.desk.notice === null) return;
    this.desk.notice = null;
    this.house.draw();
  }

  /** Nothing is known of the next prescription yet. */
  clear(): void {
    this.number = this.#pin = "";
    this.#familyName = null;
    this.ask("number");
  }

  /** Takes what was scanned or typed. `typed`: into the one field, so whatever it is was meant. */
  async accept(scan: Scan, typed: boolean): Promise<boolean> {
    const plain = scan.text.trim();
    if (this.desk.busy === "quote") await this.desk.reckoned(); // a box may well be scanned while sums are reckoned
    if (this.desk.busy !== null) return true;
    if (typed && this.asked === "family_name" && plain !== "") {
      this.#familyName = plain;
      await this.#lookUp();
      return true;
    }
    if (plain === "") {
      if (this.complete) await this.#lookUp();
      return true;
    }
    const digits = plain.replace(/\s/g, "");
    if (this.asked === "pin" && PIN.test(digits)) {
      this.#pin = digits;
      await this.#lookUp();
      return true;
    }
    return this.#sort(scan, digits, typed);
  }

  /** Lets the agent say what a code is, and does what it is for. */
  async #sort(scan: Scan, digits: string, typed: boolean): Promise<boolean> {
    try {
      const scanned = await this.house.agent.scan(scan);
      if (scanned.kind === "prescription" && scanned.number !== null) await this.#begin(scanned.number);
      else if (scanned.kind === "pin") await this.#show(digits);
      else if (scanned.kind === "box") this.desk.box(scanned.code ?? scan.text, scanned.medicine);
      else if (!typed) return false;
      else this.desk.say(this.#wrong(), {}, "field");
    } catch (error) {
      this.desk.problem = this.house.missed(error);
    }
    this.house.draw();
    return true;
  }

  #wrong(): keyof Texts {
    return this.asked === "pin" ? "pin_wrong" : "number_wrong";
  }

  async #begin(number: string): Promise<void> {
    const pin = this.desk.step === "start" ? this.#pin : "";
    await this.desk.leave();
    this.number = number;
    this.#pin = pin;
    this.ask("pin");
    if (pin !== "") await this.#lookUp();
  }

  async #show(pin: string): Promise<void> {
    if (this.desk.step !== "start") await this.desk.leave();
    this.#pin = pin;
    this.ask("number");
    if (this.number !== "") await this.#lookUp();
  }

  ask(asked: Asked): void {
    this.asked = asked;
    this.entry = "";
    this.desk.notice = null;
    this.desk.problem = null;
    this.house.go("dispensing", "field");
  }

  async #lookUp(): Promise<void> {
    this.desk.work("lookup");
    const order = { pin: this.#pin, number: this.number, family_name: this.#familyName };
    try {
      this.desk.found = await this.house.agent.lookUp(order);
      this.#pin = "";
      this.#familyName = null;
      this.entry = "";
      this.desk.step = "offers";
      this.desk.chosen = 0;
      this.desk.refused.clear();
      this.house.announcement = fill(this.house.texts.announce_found, { count: this.desk.found.offers.length });
      this.house.focus = this.desk.found.offers.length > 0 ? "offers" : "field";
      this.asked = "number";
    } catch (error) {
      this.desk.problem = this.house.missed(error);
      this.#notFound(this.desk.problem);
    }
    this.desk.rest();
  }

  /** What to ask for next: where it was the line the same is tried again, else the ПИН is typed anew. */
  #notFound(problem: Problem | null): void {
    this.house.focus = "field";
    this.entry = "";
    if (problem === null || problem.retry === "same-key-later" || problem.code === "CLOCK_WRONG") return;
    if (codeOf(problem) === "LOOKUP_FACTOR_REQUIRED") {
      this.asked = "family_name";
      return;
    }
    this.#pin = "";
    this.#familyName = null;
    this.asked = this.number === "" ? "number" : "pin";
  }
}
