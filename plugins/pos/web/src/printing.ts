/** Putting a slip on paper and a file on the disk. */

import type { Slip } from "./agent";

const FRAME = "kopuro-slip-to-print";

/** Prints nothing but the slip. Its frame has no address and its style is set by script: any page's policy allows it. */
export function printSlip(slip: Slip): void {
  document.querySelector(`.${FRAME}`)?.remove();
  const frame = document.createElement("iframe");
  frame.className = FRAME;
  frame.style.cssText = "position: fixed; right: 100%; width: 80mm; height: 100mm; border: 0"; // hidden, it prints empty
  document.body.append(frame);
  const view = frame.contentWindow;
  const page = frame.contentDocument;
  if (view === null || page === null) return;
  page.body.append(page.importNode(slip.body, true));
  const sheet = new (view as unknown as typeof globalThis).CSSStyleSheet();
  sheet.replaceSync(slip.style);
  page.adoptedStyleSheets = [sheet];
  view.print();
}

/** Saves a file where the browser saves files. */
export function keepFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
