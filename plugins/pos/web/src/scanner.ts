/** Tells a scanner from a person: it types a whole code in a blink and ends with Enter or Tab. */

import type { Scan } from "./contract";

/** A scanner's keys come within milliseconds of each other; the quickest typist needs about 60. */
const QUICK = 35;
const SHORTEST = 8;
/** Ends a GTIN's variable fields in GS1 codes. Keyboard wedges send it as Ctrl+] or F8. */
const GROUP_SEPARATOR = "\u001d";

/** What a key adds to a code: itself, a group separator, or nothing (`null`: no part of any code). */
function piece(event: KeyboardEvent, begun: boolean): string | null {
  if (event.ctrlKey && event.code === "BracketRight") return GROUP_SEPARATOR;
  if (event.key === "F8" && begun) return GROUP_SEPARATOR;
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  return event.key.length === 1 ? event.key : null;
}

export class Scanner {
  #text = "";
  #capsLock = false;
  #first = 0;
  #last = 0;
  #undo: () => void = () => undefined;

  /** `remember` notes how things are before a code begins and returns what puts them back. */
  constructor(private readonly remember: () => () => void) {}

  /**
   * Looks at every key pressed on the page. A code, once complete: everything its keys did meanwhile is undone, and
   * the key is taken. `true`: the key belongs to a code that is not complete and must do nothing else.
   */
  press(event: KeyboardEvent): Scan | boolean {
    const now = event.timeStamp;
    if (now - this.#last > QUICK) this.#text = "";
    if (event.key === "Enter" || event.key === "Tab") return this.#end(now, event);
    const part = piece(event, this.#text.length >= SHORTEST);
    if (part === null) {
      if (event.key.length === 1) this.#text = "";
      return false;
    }
    if (this.#text === "") {
      this.#first = now;
      this.#undo = this.remember();
    }
    this.#text += part;
    this.#capsLock = event.getModifierState("CapsLock");
    this.#last = now;
    if (part !== GROUP_SEPARATOR) return false;
    event.preventDefault();
    return true;
  }

  #end(now: number, event: KeyboardEvent): Scan | boolean {
    const text = this.#text;
    this.#text = "";
    if (text.length < SHORTEST || (now - this.#first) / text.length > QUICK) return false;
    event.preventDefault();
    this.#undo();
    return { text, caps_lock: this.#capsLock };
  }
}
