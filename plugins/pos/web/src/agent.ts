/** The agent's JSON API, as a page or a till's page calls it. */

import type * as contract from "./contract";
import type { Language } from "./texts";

/** The agent says no, and why. */
export class Refused extends Error {
  constructor(readonly problem: contract.Problem) {
    super(problem.code);
  }
}

/** The agent did not answer: it is not running, or nobody knows what became of the request. */
export class NoAnswer extends Error {}

/** Longest waits in milliseconds: the agent itself gives up a look-up after 2 s and a sale after 10 s. */
const PATIENCE = 15_000;
const PATIENCE_ASKING = 4_000;

/** A slip as the agent has it: its nodes, and its style sheet. */
export interface Slip {
  body: DocumentFragment;
  style: string;
}

/** Inline styles, which the page's content security policy would not let in as they are. */
const STYLES = /<style[^>]*>([^]*?)<\/style>/g;

type Listener = (kind: "state" | "queue" | "sale") => void;

export class Agent {
  language: Language = "ru";

  /** `origin` is empty on the agent's own page; there the cookie of `POST /api/enter` lets us in, elsewhere a token. */
  constructor(
    private readonly origin = "",
    private readonly token: string | null = null,
  ) {}

  enter(order: contract.Enter): Promise<void> {
    return this.post("/api/enter", order);
  }

  state(): Promise<contract.AgentState> {
    return this.get("/api/state");
  }

  scan(order: contract.Scan): Promise<contract.Scanned> {
    return this.post("/api/scan", order);
  }

  lookUp(order: contract.LookUp): Promise<contract.Found> {
    return this.post("/api/lookup", order);
  }

  quote(order: contract.QuoteOrder): Promise<contract.Quote> {
    return this.post("/api/quote", order);
  }

  release(lookup: string): Promise<void> {
    return this.post("/api/release", { lookup } satisfies contract.Release);
  }

  sell(order: contract.SaleOrder): Promise<contract.Sale> {
    return this.post("/api/sales", order);
  }

  reverse(sale: string, order: contract.ReversalOrder): Promise<contract.Sale> {
    return this.post(`/api/sales/${sale}/reversal`, order);
  }

  seen(sale: string, order: contract.Seen): Promise<void> {
    return this.post(`/api/sales/${sale}/seen`, order);
  }

  sale(id: string): Promise<contract.Sale> {
    return this.get(`/api/sales/${id}`);
  }

  sales(day: string): Promise<contract.SalePage> {
    return this.get(`/api/sales?day=${day}`);
  }

  day(day: string): Promise<contract.Day> {
    return this.get(`/api/day?day=${day}`);
  }

  queue(): Promise<contract.QueueView> {
    return this.get("/api/queue");
  }

  /** The slip as HTML, taken apart so that it can be shown and printed under any content security policy. */
  async slip(sale: string, copy: boolean): Promise<Slip> {
    const answer = await this.send("GET", this.slipPath(sale, copy, "html"), undefined, PATIENCE);
    const text = await answer.text();
    const style = [...text.matchAll(STYLES)].map(([, css]) => css).join("\n");
    const read = new DOMParser().parseFromString(text.replace(STYLES, ""), "text/html");
    const body = document.createDocumentFragment();
    body.append(...[...read.body.childNodes].map((node) => document.importNode(node, true)));
    return { body, style };
  }

  /** A file to keep: the slip as PDF, the day as CSV or XLSX. */
  async file(path: string): Promise<Blob> {
    return (await this.send("GET", path, undefined, PATIENCE)).blob();
  }

  slipPath(sale: string, copy: boolean, format: "html" | "pdf"): string {
    return `/api/sales/${sale}/slip?format=${format}&copy=${copy ? 1 : 0}&language=${this.language}`;
  }

  exportPath(day: string, format: "csv" | "xlsx"): string {
    return `/api/day/export?format=${format}&day=${day}&language=${this.language}`;
  }

  /** Tells of changes until the returned function is called: by events, or by asking where there are none. */
  listen(listener: Listener): () => void {
    const asking = setInterval(() => listener("state"), this.token === null ? 15_000 : 3_000);
    if (this.token !== null) return () => clearInterval(asking); // an EventSource cannot show a token
    const events = new EventSource(`${this.origin}/api/events`);
    for (const kind of ["state", "queue", "sale"] as const) events.addEventListener(kind, () => listener(kind));
    events.addEventListener("error", () => listener("state"));
    return () => {
      clearInterval(asking);
      events.close();
    };
  }

  private async get<T>(path: string): Promise<T> {
    return (await this.send("GET", path, undefined, PATIENCE_ASKING)).json() as Promise<T>;
  }

  private async post<T>(path: string, body: object): Promise<T> {
    const answer = await this.send("POST", path, JSON.stringify(body), PATIENCE);
    const text = await answer.text().catch(unanswered);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  private async send(method: string, path: string, body: string | undefined, patience: number): Promise<Response> {
    const headers: Record<string, string> = { "Accept-Language": this.language };
    if (this.token !== null) headers["Authorization"] = `Bearer ${this.token}`;
    else if (body !== undefined) headers["X-Kopuro-Counter"] = "1"; // no form of another page can send it
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(this.origin + path, {
      method,
      headers,
      body: body ?? null,
      credentials: this.token === null ? "same-origin" : "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
    }).catch(unanswered);
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => null)) as contract.Problem | null;
    if (problem?.code === undefined) throw new NoAnswer(); // not the agent's words
    throw new Refused(problem);
  }
}

function unanswered(): never {
  throw new NoAnswer();
}
