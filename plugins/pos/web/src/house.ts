/** What every part of the counter shares: the agent, its state, the language, who stands at the counter. */

import { Agent, NoAnswer, Refused } from "./agent";
import type { AgentState, Finding, Problem } from "./contract";
import { isLanguage, TEXTS, type Language, type Texts } from "./texts";

export type Room = "entry" | "dispensing" | "sales" | "day" | "queue";

const LANGUAGE = "kopuro-language";
const PHARMACIST = "kopuro-pharmacist";

/** Ids of the controls that take the focus by themselves. */
export type Control =
  | "field" | "offers" | "price" | "units" | "boxes" | "receipt" | "amount" | "pharmacist" | "dispense"
  | "print" | "next" | "sales" | "reason" | "reverse" | "confirm" | "day" | "queue" | "code" | "seen";

export class House {
  room: Room = "dispensing";
  state: AgentState | null = null;
  /** Whether the agent itself answers. */
  lost = false;
  language: Language;
  pharmacist: string;
  /** Which control is to have the focus, once the screen is drawn. */
  focus: Control | null = "field";
  /** What is read out to those who do not see the screen. */
  announcement = "";

  constructor(
    readonly agent: Agent,
    language: string | null,
    private readonly changed: () => void,
    readonly tell: (event: string, detail: unknown) => void,
  ) {
    const remembered = localStorage.getItem(LANGUAGE) ?? language;
    this.language = isLanguage(remembered) ? remembered : "ru";
    this.agent.language = this.language;
    this.pharmacist = localStorage.getItem(PHARMACIST) ?? "";
  }

  get texts(): Texts {
    return TEXTS[this.language];
  }

  draw(): void {
    this.changed();
  }

  speak(language: Language): void {
    this.language = this.agent.language = language;
    localStorage.setItem(LANGUAGE, language);
    this.draw();
  }

  name(pharmacist: string): void {
    this.pharmacist = pharmacist;
    localStorage.setItem(PHARMACIST, pharmacist);
    this.draw();
  }

  go(room: Room, focus: Control): void {
    this.room = room;
    this.focus = focus;
    this.draw();
  }

  /** Asks the agent how it is; the page shows its last word until it answers again. */
  async look(): Promise<void> {
    try {
      this.state = await this.agent.state();
      this.lost = false;
    } catch (error) {
      this.missed(error);
    }
    this.draw();
  }

  /** Takes what went wrong with a request: the problem to show, or `null` when the agent did not answer at all. */
  missed(error: unknown): Problem | null {
    if (error instanceof NoAnswer) {
      this.lost = true;
      return null;
    }
    if (!(error instanceof Refused)) throw error;
    this.lost = false;
    if (error.problem.code === "TOKEN_REQUIRED") {
      this.room = "entry";
      this.focus = "code";
    }
    return error.problem;
  }
}

/** The code that says most: a refusal of the gateway comes under one code of the agent, with the gateway's findings. */
export function codeOf(problem: Problem): string {
  const own = problem.findings.find((finding: Finding) => finding.severity === "error");
  return problem.code === "GATEWAY_REFUSED" ? (own?.code ?? problem.code) : problem.code;
}
