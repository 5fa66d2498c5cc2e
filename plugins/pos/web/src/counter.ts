/** `<kopuro-counter>`: the whole counter as one element, on the agent's own page or in a till's. */

import { LitElement, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";

import { Agent } from "./agent";
import { Closing } from "./closing";
import type { Scan } from "./contract";
import { Daybook } from "./daybook";
import { Dispensing } from "./dispensing";
import { House, type Control } from "./house";
import { SHORTCUTS } from "./keys";
import { printSlip } from "./printing";
import { Queue } from "./queue";
import { Scanner } from "./scanner";
import base from "./styles/base.css?inline";
import layout from "./styles/layout.css?inline";
import parts from "./styles/parts.css?inline";
import rooms from "./styles/rooms.css?inline";
import { NEXT } from "./texts";
import { screen } from "./views/screen";

export class KopuroCounter extends LitElement {
  static override styles = [base, layout, parts, rooms].map((css) => unsafeCSS(css));
  static override properties = { agent: {}, token: {}, language: {} };

  /** Origin of the agent; nothing on the agent's own page. */
  declare agent: string | undefined;
  /** The installation's token; nothing on the agent's own page, where a cookie lets in. */
  declare token: string | undefined;
  /** `ky`, `ru` or `en`, until F10 is pressed. */
  declare language: string | undefined;

  house!: House;
  dispensing!: Dispensing;
  daybook!: Daybook;
  closing!: Closing;
  queue!: Queue;

  #scanner = new Scanner(() => this.#remember());
  #stop: () => void = () => undefined;
  #chosen: Element | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    const agent = new Agent(this.agent ?? "", this.token ?? null);
    const tell = (name: string, detail: unknown): boolean =>
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    this.house = new House(agent, this.language ?? null, () => this.requestUpdate(), tell);
    this.dispensing = new Dispensing(this.house);
    this.daybook = new Daybook(this.house);
    this.closing = new Closing(this.house);
    this.queue = new Queue(this.house);
    window.addEventListener("keydown", this.#press, { capture: true });
    void this.#start(agent);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#press, { capture: true });
    this.#stop();
  }

  async #start(agent: Agent): Promise<void> {
    const code = /^#enter=(.+)$/.exec(location.hash)?.[1];
    if (this.token === undefined && code !== undefined) {
      history.replaceState(null, "", location.pathname);
      await this.enter(decodeURIComponent(code));
    } else await this.house.look();
    if (!this.isConnected) return;
    this.#stop = agent.listen((kind) => void this.#changed(kind));
    if (this.house.room === "dispensing") await this.dispensing.selling.restore();
  }

  /** Lets this page in by a one-time code. */
  async enter(code: string): Promise<void> {
    try {
      await this.house.agent.enter({ code });
      this.house.go("dispensing", "field");
    } catch (error) {
      this.dispensing.problem = this.house.missed(error);
      this.house.go("entry", "code");
      return;
    }
    await this.house.look();
  }

  async #changed(kind: "state" | "queue" | "sale"): Promise<void> {
    await this.house.look();
    if (kind === "state") return;
    if (kind === "sale" && this.dispensing.step === "done") await this.dispensing.refresh();
    if (this.house.room === "queue") await this.queue.load();
    if (this.house.room === "sales" && this.daybook.stage === "list") await this.daybook.load();
  }

  // ------------------------------------------------------------------------------------------- keys

  #press = (event: KeyboardEvent): void => {
    if (event.isComposing || !this.#ours()) return;
    if (event.key === "Enter" && event.repeat) {
      event.preventDefault(); // held down, it would run through every step
      event.stopPropagation();
      return;
    }
    if (this.house.room !== "entry") {
      const scanned = this.#scanner.press(event);
      if (typeof scanned === "object") void this.#scanned(scanned);
      if (scanned !== false) {
        event.stopPropagation();
        return;
      }
    }
    if (this.focused === null) this.move(this.usual);
    if (SHORTCUTS.some(({ key }) => key === event.key && key !== "Enter") && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      this.shortcut(event.key);
    }
  };

  /** A code was scanned: it goes where it belongs, whatever has the focus; what is no code of ours stays as typed. */
  async #scanned(scan: Scan): Promise<void> {
    const into = this.focused;
    const field = into instanceof HTMLInputElement && into.id !== "field" ? into : null;
    if (this.house.room !== "dispensing") this.house.go("dispensing", "field");
    if ((await this.dispensing.opening.accept(scan, field === null)) || field === null) return;
    field.value = scan.text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  #remember(): () => void {
    const field = this.focused instanceof HTMLInputElement ? this.focused : null;
    const { chosen } = this.dispensing;
    const value = field?.value ?? "";
    return () => {
      if (this.dispensing.step === "offers") this.dispensing.choose(chosen);
      if (field === null) return;
      field.value = value;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    };
  }

  /** What a key of the bottom row does; clicking it there does the same. */
  shortcut(key: string): void {
    if (this.house.room === "entry" && key !== "F10") return;
    if (key === "F2") this.#fresh();
    else if (key === "F4") this.#toSale("units");
    else if (key === "F6") this.#toSale("boxes");
    else if (key === "F7") void this.queue.open();
    else if (key === "F8") void this.daybook.open();
    else if (key === "F9") void this.closing.open();
    else if (key === "F10") this.#nextLanguage();
    else if (key === "Escape") this.back();
  }

  #fresh(): void {
    const { busy } = this.dispensing;
    if (busy === "sale" || busy === "resolving") return;
    this.house.room = "dispensing";
    void this.dispensing.leave();
  }

  #toSale(control: Control): void {
    if (this.dispensing.step !== "sale") return;
    this.house.go("dispensing", control);
  }

  #nextLanguage(): void {
    const { dispensing, house } = this;
    house.speak(NEXT[house.language]);
    if (house.room === "day") void this.closing.check();
    else if (dispensing.step === "sale" && dispensing.quote !== null && !dispensing.stale) void dispensing.reckon();
    else if (dispensing.step === "done") void dispensing.showSlip();
  }

  back(): void {
    const { house } = this;
    if (house.room === "sales" && this.daybook.back()) return;
    if (house.room === "dispensing") void this.dispensing.back();
    else house.go("dispensing", this.usualOfStep);
  }

  print(): void {
    const { slip } = this.dispensing;
    if (slip === null) return;
    printSlip(slip);
    this.house.focus = "next";
    void this.dispensing.slipPrinted();
  }

  // ------------------------------------------------------------------------------------------- focus

  /** What has the focus here; `null` when it is lost. */
  get focused(): HTMLElement | null {
    const active = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
    return active instanceof HTMLElement ? active : null;
  }

  get usualOfStep(): Control {
    const { step, found } = this.dispensing;
    if (step === "sale") return "receipt";
    if (step === "done") return "print";
    return step === "offers" && found !== null && found.offers.length > 0 ? "offers" : "field";
  }

  /** Where the focus belongs when nothing says otherwise. */
  get usual(): Control {
    const { room } = this.house;
    if (room === "entry") return "code";
    if (room === "dispensing") return this.usualOfStep;
    return room;
  }

  /** Whether the keyboard is ours: in a till's page only while the focus is in here or nowhere. */
  #ours(): boolean {
    const active = document.activeElement;
    return active === this || active === null || active === document.body;
  }

  /** Puts the focus there, and what stands in a field under the next key. */
  move(control: Control): void {
    const found = this.renderRoot.querySelector<HTMLElement>(`#${control}`);
    found?.focus({ preventScroll: true });
    if (found instanceof HTMLInputElement) found.select();
  }

  /** Scrolls to what was chosen anew: on every key it would keep a slow computer from keeping up with a scanner. */
  #showChosen(): void {
    const chosen = this.renderRoot.querySelector("[role=listbox] .chosen");
    if (chosen !== this.#chosen) chosen?.scrollIntoView({ block: "nearest" });
    this.#chosen = chosen;
  }

  protected override render(): TemplateResult {
    return screen(this);
  }

  protected override updated(_changed: PropertyValues): void {
    const { focus } = this.house;
    this.house.focus = null;
    if (this.token === undefined) document.documentElement.lang = this.house.language;
    if (!this.#ours()) return;
    if (focus !== null) this.move(focus);
    if (this.focused === null) this.move(this.usual);
    this.#showChosen();
  }
}

customElements.define("kopuro-counter", KopuroCounter);
