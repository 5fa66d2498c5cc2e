/** `<kopuro-paper>`: the slip as it will be on paper, in the slip's own style. */

import { LitElement, css, html, type PropertyValues, type TemplateResult } from "lit";

import type { Slip } from "../agent";

export class KopuroPaper extends LitElement {
  static override properties = { slip: { attribute: false } };
  static override styles = css`
    :host { display: block; overflow: auto; min-height: 10rem; flex: 1; background: #eef1f4; border-radius: .375rem; }
    :host(:focus-visible) { outline: 3px solid #e07b00; outline-offset: -3px; }
    .paper { width: fit-content; max-width: 100%; box-sizing: border-box; margin: .5rem auto; padding: 3mm 4mm;
      background: #fff; color: #000; box-shadow: 0 1px 5px #0003; }
  `;

  declare slip: Slip;

  protected override render(): TemplateResult {
    return html`<div class="paper"><div class="body"></div></div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const root = this.renderRoot as ShadowRoot;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(this.slip.style.replace(/(^|[\s,}])body(?=[\s,{])/g, "$1.body"));
    root.adoptedStyleSheets = [...root.adoptedStyleSheets.slice(0, 1), sheet];
    root.querySelector(".body")?.replaceChildren(document.importNode(this.slip.body, true));
  }
}

customElements.define("kopuro-paper", KopuroPaper);
