/** The agent's JSON, as kopuro_pos/agent/contract.py has it; a test compares both. Sums are som as text: "240.00". */

export type Severity = "error" | "warning" | "info";
export type Retry = "never" | "after-correction" | "same-key-later" | "not-needed";
export type ScanKind = "prescription" | "box" | "pin" | "unknown";
export type SaleState = "waiting" | "recorded" | "refused";
export type FundState = "under-way" | "taken" | "refused";
export type ReversalReason = "returned" | "wrong-medicine" | "wrong-quantity" | "wrong-price" | "not-handed-over";

export interface Finding {
  code: string;
  severity: Severity;
  path: string | null;
  clause: string | null;
  message: string;
  action: string | null;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  retry: Retry;
  findings: Finding[];
}

export interface TerminalState {
  enrolled: boolean;
  client: string | null;
  pharmacy: string | null;
  pharmacy_name: string | null;
  key_changed_at: string | null;
  must_enrol_again: boolean;
}

export interface GatewayState {
  origin: string | null;
  reachable: boolean | null;
  last_answer_at: string | null;
  offline_since: string | null;
}

export interface ClockState {
  offset_seconds: number | null;
  blocked: boolean;
}

export interface QueueState {
  waiting: number;
  oldest_at: string | null;
  refused: number;
  under_hold: number;
}

export interface AgentState {
  version: string;
  terminal: TerminalState;
  gateway: GatewayState;
  clock: ClockState;
  queue: QueueState;
  stock_rows: number;
  stock_at: string | null;
  disk_full: boolean;
}

export interface Enter {
  code: string;
}

export interface Scan {
  text: string;
  caps_lock?: boolean;
}

export interface Scanned {
  kind: ScanKind;
  number: string | null;
  code: string | null;
  gtin: string | null;
  serial: string | null;
  medicine: string | null;
}

export interface LookUp {
  pin: string;
  number: string;
  family_name?: string | null;
}

export interface Medicine {
  code: string;
  inn: string;
  trade_name: string;
  form: string;
  strength: string;
  strength_unit: string;
  pack_size: number;
  manufacturer: string;
  country: string;
  gtin: string | null;
}

export interface HoldState {
  id: string | null;
  holder: "self" | "other";
  since: string;
  until: string;
}

export interface Offer {
  medicine: Medicine;
  prescribed: boolean;
  in_stock: boolean;
  pack_price: string | null;
  packs: number | null;
  units: number | null;
  retail: string | null;
  compensation: string | null;
  patient: string | null;
}

export interface Found {
  lookup: string;
  prescription: string;
  number: string;
  display_number: string;
  state: string;
  issued_on: string;
  last_day: string;
  medicine: Medicine;
  dose: string;
  dose_unit: string;
  directions: string | null;
  ordered_units: number;
  remaining_units: number;
  hold: HoldState | null;
  offers: Offer[];
  findings: Finding[];
}

export interface QuoteOrder {
  lookup: string;
  medicine: string;
  units: number;
  pack_price: string;
  shelf_price?: string | null;
  boxes?: string[];
  hold?: boolean;
}

export interface Quote {
  quote: string;
  lookup: string;
  medicine: Medicine;
  units: number;
  max_units: number;
  extra_units: number;
  pack_price: string;
  retail: string;
  compensation: string;
  patient: string;
  remaining_units: number;
  last_day: string;
  expires_at: string;
  hold: HoldState | null;
  receipt_suggestion: string | null;
  findings: Finding[];
}

export interface Release {
  lookup: string;
}

export interface SaleOrder {
  key: string;
  quote: string;
  pharmacist: string;
  receipt_number: string;
  receipt_amount: string;
}

export interface Sale {
  id: string;
  key: string;
  sequence: number;
  state: SaleState;
  made_offline: boolean;
  at: string;
  on: string;
  pharmacist: string;
  medicine: Medicine;
  prescription: string;
  display_number: string;
  units: number;
  pack_price: string;
  retail: string;
  compensation: string;
  patient: string;
  remaining_units: number | null;
  last_day: string;
  receipt_number: string;
  receipt_amount: string;
  reversal_of: string | null;
  reversed_by: string | null;
  reason: string | null;
  dispense: string | null;
  recorded_at: string | null;
  fund: FundState | null;
  fund_record: string | null;
  findings: Finding[];
}

export interface ReversalOrder {
  key: string;
  reason: ReversalReason;
  note?: string | null;
  pharmacist: string;
}

export interface SalePage {
  day: string;
  items: Sale[];
}

export interface Seen {
  pharmacist: string;
}

export interface DayColumn {
  sales: number;
  reversals: number;
  retail: string;
  compensation: string;
  patient: string;
}

export interface DayDifference {
  sale: string | null;
  dispense: string | null;
  receipt_number: string | null;
  kind: "not-at-gateway" | "not-here" | "sums-differ" | "fund-under-way" | "fund-refused" | "refused";
  agent: string | null;
  gateway: string | null;
  fund: string | null;
  message: string;
}

export interface Day {
  day: string;
  agent: DayColumn;
  gateway: DayColumn | null;
  fund: DayColumn | null;
  balanced: boolean;
  differences: DayDifference[];
  checked_at: string;
}

export interface QueueEntry {
  sale: string;
  sequence: number;
  kind: "dispense" | "reversal";
  made_offline: boolean;
  at: string;
  tries: number;
  last_problem: string | null;
}

export interface QueueView {
  waiting: QueueEntry[];
  refused: Sale[];
}
