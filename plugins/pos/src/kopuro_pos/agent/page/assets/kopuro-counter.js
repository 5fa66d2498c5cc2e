// node_modules/@lit/reactive-element/css-tag.js
var e = globalThis, t = e.ShadowRoot && (e.ShadyCSS === void 0 || e.ShadyCSS.nativeShadow) && "adoptedStyleSheets" in Document.prototype && "replace" in CSSStyleSheet.prototype, n = Symbol(), r = /* @__PURE__ */ new WeakMap(), i = class {
	constructor(e, t, r) {
		if (this._$cssResult$ = !0, r !== n) throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");
		this.cssText = e, this.t = t;
	}
	get styleSheet() {
		let e = this.o, n = this.t;
		if (t && e === void 0) {
			let t = n !== void 0 && n.length === 1;
			t && (e = r.get(n)), e === void 0 && ((this.o = e = new CSSStyleSheet()).replaceSync(this.cssText), t && r.set(n, e));
		}
		return e;
	}
	toString() {
		return this.cssText;
	}
}, a = (e) => new i(typeof e == "string" ? e : e + "", void 0, n), o = (e, ...t) => new i(e.length === 1 ? e[0] : t.reduce((t, n, r) => t + ((e) => {
	if (!0 === e._$cssResult$) return e.cssText;
	if (typeof e == "number") return e;
	throw Error("Value passed to 'css' function must be a 'css' function result: " + e + ". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.");
})(n) + e[r + 1], e[0]), e, n), s = (n, r) => {
	if (t) n.adoptedStyleSheets = r.map((e) => e instanceof CSSStyleSheet ? e : e.styleSheet);
	else for (let t of r) {
		let r = document.createElement("style"), i = e.litNonce;
		i !== void 0 && r.setAttribute("nonce", i), r.textContent = t.cssText, n.appendChild(r);
	}
}, c = t ? (e) => e : (e) => e instanceof CSSStyleSheet ? ((e) => {
	let t = "";
	for (let n of e.cssRules) t += n.cssText;
	return a(t);
})(e) : e, { is: l, defineProperty: u, getOwnPropertyDescriptor: ee, getOwnPropertyNames: te, getOwnPropertySymbols: ne, getPrototypeOf: re } = Object, d = globalThis, ie = d.trustedTypes, ae = ie ? ie.emptyScript : "", oe = d.reactiveElementPolyfillSupport, f = (e, t) => e, se = {
	toAttribute(e, t) {
		switch (t) {
			case Boolean:
				e = e ? ae : null;
				break;
			case Object:
			case Array: e = e == null ? e : JSON.stringify(e);
		}
		return e;
	},
	fromAttribute(e, t) {
		let n = e;
		switch (t) {
			case Boolean:
				n = e !== null;
				break;
			case Number:
				n = e === null ? null : Number(e);
				break;
			case Object:
			case Array: try {
				n = JSON.parse(e);
			} catch {
				n = null;
			}
		}
		return n;
	}
}, ce = (e, t) => !l(e, t), le = {
	attribute: !0,
	type: String,
	converter: se,
	reflect: !1,
	useDefault: !1,
	hasChanged: ce
};
Symbol.metadata ??= Symbol("metadata"), d.litPropertyMetadata ??= /* @__PURE__ */ new WeakMap();
var p = class extends HTMLElement {
	static addInitializer(e) {
		this._$Ei(), (this.l ??= []).push(e);
	}
	static get observedAttributes() {
		return this.finalize(), this._$Eh && [...this._$Eh.keys()];
	}
	static createProperty(e, t = le) {
		if (t.state && (t.attribute = !1), this._$Ei(), this.prototype.hasOwnProperty(e) && ((t = Object.create(t)).wrapped = !0), this.elementProperties.set(e, t), !t.noAccessor) {
			let n = Symbol(), r = this.getPropertyDescriptor(e, n, t);
			r !== void 0 && u(this.prototype, e, r);
		}
	}
	static getPropertyDescriptor(e, t, n) {
		let { get: r, set: i } = ee(this.prototype, e) ?? {
			get() {
				return this[t];
			},
			set(e) {
				this[t] = e;
			}
		};
		return {
			get: r,
			set(t) {
				let a = r?.call(this);
				i?.call(this, t), this.requestUpdate(e, a, n);
			},
			configurable: !0,
			enumerable: !0
		};
	}
	static getPropertyOptions(e) {
		return this.elementProperties.get(e) ?? le;
	}
	static _$Ei() {
		if (this.hasOwnProperty(f("elementProperties"))) return;
		let e = re(this);
		e.finalize(), e.l !== void 0 && (this.l = [...e.l]), this.elementProperties = new Map(e.elementProperties);
	}
	static finalize() {
		if (this.hasOwnProperty(f("finalized"))) return;
		if (this.finalized = !0, this._$Ei(), this.hasOwnProperty(f("properties"))) {
			let e = this.properties, t = [...te(e), ...ne(e)];
			for (let n of t) this.createProperty(n, e[n]);
		}
		let e = this[Symbol.metadata];
		if (e !== null) {
			let t = litPropertyMetadata.get(e);
			if (t !== void 0) for (let [e, n] of t) this.elementProperties.set(e, n);
		}
		this._$Eh = /* @__PURE__ */ new Map();
		for (let [e, t] of this.elementProperties) {
			let n = this._$Eu(e, t);
			n !== void 0 && this._$Eh.set(n, e);
		}
		this.elementStyles = this.finalizeStyles(this.styles);
	}
	static finalizeStyles(e) {
		let t = [];
		if (Array.isArray(e)) {
			let n = new Set(e.flat(1 / 0).reverse());
			for (let e of n) t.unshift(c(e));
		} else e !== void 0 && t.push(c(e));
		return t;
	}
	static _$Eu(e, t) {
		let n = t.attribute;
		return !1 === n ? void 0 : typeof n == "string" ? n : typeof e == "string" ? e.toLowerCase() : void 0;
	}
	constructor() {
		super(), this._$Ep = void 0, this.isUpdatePending = !1, this.hasUpdated = !1, this._$Em = null, this._$Ev();
	}
	_$Ev() {
		this._$ES = new Promise((e) => this.enableUpdating = e), this._$AL = /* @__PURE__ */ new Map(), this._$E_(), this.requestUpdate(), this.constructor.l?.forEach((e) => e(this));
	}
	addController(e) {
		(this._$EO ??= /* @__PURE__ */ new Set()).add(e), this.renderRoot !== void 0 && this.isConnected && e.hostConnected?.();
	}
	removeController(e) {
		this._$EO?.delete(e);
	}
	_$E_() {
		let e = /* @__PURE__ */ new Map(), t = this.constructor.elementProperties;
		for (let n of t.keys()) this.hasOwnProperty(n) && (e.set(n, this[n]), delete this[n]);
		e.size > 0 && (this._$Ep = e);
	}
	createRenderRoot() {
		let e = this.shadowRoot ?? this.attachShadow(this.constructor.shadowRootOptions);
		return s(e, this.constructor.elementStyles), e;
	}
	connectedCallback() {
		this.renderRoot ??= this.createRenderRoot(), this.enableUpdating(!0), this._$EO?.forEach((e) => e.hostConnected?.());
	}
	enableUpdating(e) {}
	disconnectedCallback() {
		this._$EO?.forEach((e) => e.hostDisconnected?.());
	}
	attributeChangedCallback(e, t, n) {
		this._$AK(e, n);
	}
	_$ET(e, t) {
		let n = this.constructor.elementProperties.get(e), r = this.constructor._$Eu(e, n);
		if (r !== void 0 && !0 === n.reflect) {
			let i = (n.converter?.toAttribute === void 0 ? se : n.converter).toAttribute(t, n.type);
			this._$Em = e, i == null ? this.removeAttribute(r) : this.setAttribute(r, i), this._$Em = null;
		}
	}
	_$AK(e, t) {
		let n = this.constructor, r = n._$Eh.get(e);
		if (r !== void 0 && this._$Em !== r) {
			let e = n.getPropertyOptions(r), i = typeof e.converter == "function" ? { fromAttribute: e.converter } : e.converter?.fromAttribute === void 0 ? se : e.converter;
			this._$Em = r;
			let a = i.fromAttribute(t, e.type);
			this[r] = a ?? this._$Ej?.get(r) ?? a, this._$Em = null;
		}
	}
	requestUpdate(e, t, n, r = !1, i) {
		if (e !== void 0) {
			let a = this.constructor;
			if (!1 === r && (i = this[e]), n ??= a.getPropertyOptions(e), !((n.hasChanged ?? ce)(i, t) || n.useDefault && n.reflect && i === this._$Ej?.get(e) && !this.hasAttribute(a._$Eu(e, n)))) return;
			this.C(e, t, n);
		}
		!1 === this.isUpdatePending && (this._$ES = this._$EP());
	}
	C(e, t, { useDefault: n, reflect: r, wrapped: i }, a) {
		n && !(this._$Ej ??= /* @__PURE__ */ new Map()).has(e) && (this._$Ej.set(e, a ?? t ?? this[e]), !0 !== i || a !== void 0) || (this._$AL.has(e) || (this.hasUpdated || n || (t = void 0), this._$AL.set(e, t)), !0 === r && this._$Em !== e && (this._$Eq ??= /* @__PURE__ */ new Set()).add(e));
	}
	async _$EP() {
		this.isUpdatePending = !0;
		try {
			await this._$ES;
		} catch (e) {
			Promise.reject(e);
		}
		let e = this.scheduleUpdate();
		return e != null && await e, !this.isUpdatePending;
	}
	scheduleUpdate() {
		return this.performUpdate();
	}
	performUpdate() {
		if (!this.isUpdatePending) return;
		if (!this.hasUpdated) {
			if (this.renderRoot ??= this.createRenderRoot(), this._$Ep) {
				for (let [e, t] of this._$Ep) this[e] = t;
				this._$Ep = void 0;
			}
			let e = this.constructor.elementProperties;
			if (e.size > 0) for (let [t, n] of e) {
				let { wrapped: e } = n, r = this[t];
				!0 !== e || this._$AL.has(t) || r === void 0 || this.C(t, void 0, n, r);
			}
		}
		let e = !1, t = this._$AL;
		try {
			e = this.shouldUpdate(t), e ? (this.willUpdate(t), this._$EO?.forEach((e) => e.hostUpdate?.()), this.update(t)) : this._$EM();
		} catch (t) {
			throw e = !1, this._$EM(), t;
		}
		e && this._$AE(t);
	}
	willUpdate(e) {}
	_$AE(e) {
		this._$EO?.forEach((e) => e.hostUpdated?.()), this.hasUpdated || (this.hasUpdated = !0, this.firstUpdated(e)), this.updated(e);
	}
	_$EM() {
		this._$AL = /* @__PURE__ */ new Map(), this.isUpdatePending = !1;
	}
	get updateComplete() {
		return this.getUpdateComplete();
	}
	getUpdateComplete() {
		return this._$ES;
	}
	shouldUpdate(e) {
		return !0;
	}
	update(e) {
		this._$Eq &&= this._$Eq.forEach((e) => this._$ET(e, this[e])), this._$EM();
	}
	updated(e) {}
	firstUpdated(e) {}
};
p.elementStyles = [], p.shadowRootOptions = { mode: "open" }, p[f("elementProperties")] = /* @__PURE__ */ new Map(), p[f("finalized")] = /* @__PURE__ */ new Map(), oe?.({ ReactiveElement: p }), (d.reactiveElementVersions ??= []).push("2.1.2");
// node_modules/lit-html/lit-html.js
var ue = globalThis, de = (e) => e, m = ue.trustedTypes, fe = m ? m.createPolicy("lit-html", { createHTML: (e) => e }) : void 0, pe = "$lit$", h = `lit$${Math.random().toFixed(9).slice(2)}$`, me = "?" + h, he = `<${me}>`, g = document, _ = () => g.createComment(""), v = (e) => e === null || typeof e != "object" && typeof e != "function", y = Array.isArray, ge = (e) => y(e) || typeof e?.[Symbol.iterator] == "function", _e = "[ 	\n\f\r]", b = /<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g, ve = /-->/g, ye = />/g, x = RegExp(`>|${_e}(?:([^\\s"'>=/]+)(${_e}*=${_e}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`, "g"), be = /'/g, xe = /"/g, Se = /^(?:script|style|textarea|title)$/i, Ce = (e) => (t, ...n) => ({
	_$litType$: e,
	strings: t,
	values: n
}), S = Ce(1), C = Ce(2), w = Symbol.for("lit-noChange"), T = Symbol.for("lit-nothing"), we = /* @__PURE__ */ new WeakMap(), E = g.createTreeWalker(g, 129);
function Te(e, t) {
	if (!y(e) || !e.hasOwnProperty("raw")) throw Error("invalid template strings array");
	return fe === void 0 ? t : fe.createHTML(t);
}
var Ee = (e, t) => {
	let n = e.length - 1, r = [], i, a = t === 2 ? "<svg>" : t === 3 ? "<math>" : "", o = b;
	for (let t = 0; t < n; t++) {
		let n = e[t], s, c, l = -1, u = 0;
		for (; u < n.length && (o.lastIndex = u, c = o.exec(n), c !== null);) u = o.lastIndex, o === b ? c[1] === "!--" ? o = ve : c[1] === void 0 ? c[2] === void 0 ? c[3] !== void 0 && (o = x) : (Se.test(c[2]) && (i = RegExp("</" + c[2], "g")), o = x) : o = ye : o === x ? c[0] === ">" ? (o = i ?? b, l = -1) : c[1] === void 0 ? l = -2 : (l = o.lastIndex - c[2].length, s = c[1], o = c[3] === void 0 ? x : c[3] === "\"" ? xe : be) : o === xe || o === be ? o = x : o === ve || o === ye ? o = b : (o = x, i = void 0);
		let ee = o === x && e[t + 1].startsWith("/>") ? " " : "";
		a += o === b ? n + he : l >= 0 ? (r.push(s), n.slice(0, l) + pe + n.slice(l) + h + ee) : n + h + (l === -2 ? t : ee);
	}
	return [Te(e, a + (e[n] || "<?>") + (t === 2 ? "</svg>" : t === 3 ? "</math>" : "")), r];
}, De = class e {
	constructor({ strings: t, _$litType$: n }, r) {
		let i;
		this.parts = [];
		let a = 0, o = 0, s = t.length - 1, c = this.parts, [l, u] = Ee(t, n);
		if (this.el = e.createElement(l, r), E.currentNode = this.el.content, n === 2 || n === 3) {
			let e = this.el.content.firstChild;
			e.replaceWith(...e.childNodes);
		}
		for (; (i = E.nextNode()) !== null && c.length < s;) {
			if (i.nodeType === 1) {
				if (i.hasAttributes()) for (let e of i.getAttributeNames()) if (e.endsWith(pe)) {
					let t = u[o++], n = i.getAttribute(e).split(h), r = /([.?@])?(.*)/.exec(t);
					c.push({
						type: 1,
						index: a,
						name: r[2],
						strings: n,
						ctor: r[1] === "." ? ke : r[1] === "?" ? Ae : r[1] === "@" ? je : k
					}), i.removeAttribute(e);
				} else e.startsWith(h) && (c.push({
					type: 6,
					index: a
				}), i.removeAttribute(e));
				if (Se.test(i.tagName)) {
					let e = i.textContent.split(h), t = e.length - 1;
					if (t > 0) {
						i.textContent = m ? m.emptyScript : "";
						for (let n = 0; n < t; n++) i.append(e[n], _()), E.nextNode(), c.push({
							type: 2,
							index: ++a
						});
						i.append(e[t], _());
					}
				}
			} else if (i.nodeType === 8) {
				if (i.data === me) c.push({
					type: 2,
					index: a
				});
				else {
					let e = -1;
					for (; (e = i.data.indexOf(h, e + 1)) !== -1;) c.push({
						type: 7,
						index: a
					}), e += h.length - 1;
				}
			}
			a++;
		}
	}
	static createElement(e, t) {
		let n = g.createElement("template");
		return n.innerHTML = e, n;
	}
};
function D(e, t, n = e, r) {
	if (t === w) return t;
	let i = r === void 0 ? n._$Cl : n._$Co?.[r], a = v(t) ? void 0 : t._$litDirective$;
	return i?.constructor !== a && (i?._$AO?.(!1), a === void 0 ? i = void 0 : (i = new a(e), i._$AT(e, n, r)), r === void 0 ? n._$Cl = i : (n._$Co ??= [])[r] = i), i !== void 0 && (t = D(e, i._$AS(e, t.values), i, r)), t;
}
var Oe = class {
	constructor(e, t) {
		this._$AV = [], this._$AN = void 0, this._$AD = e, this._$AM = t;
	}
	get parentNode() {
		return this._$AM.parentNode;
	}
	get _$AU() {
		return this._$AM._$AU;
	}
	u(e) {
		let { el: { content: t }, parts: n } = this._$AD, r = (e?.creationScope ?? g).importNode(t, !0);
		E.currentNode = r;
		let i = E.nextNode(), a = 0, o = 0, s = n[0];
		for (; s !== void 0;) {
			if (a === s.index) {
				let t;
				s.type === 2 ? t = new O(i, i.nextSibling, this, e) : s.type === 1 ? t = new s.ctor(i, s.name, s.strings, this, e) : s.type === 6 && (t = new Me(i, this, e)), this._$AV.push(t), s = n[++o];
			}
			a !== s?.index && (i = E.nextNode(), a++);
		}
		return E.currentNode = g, r;
	}
	p(e) {
		let t = 0;
		for (let n of this._$AV) n !== void 0 && (n.strings === void 0 ? n._$AI(e[t]) : (n._$AI(e, n, t), t += n.strings.length - 2)), t++;
	}
}, O = class e {
	get _$AU() {
		return this._$AM?._$AU ?? this._$Cv;
	}
	constructor(e, t, n, r) {
		this.type = 2, this._$AH = T, this._$AN = void 0, this._$AA = e, this._$AB = t, this._$AM = n, this.options = r, this._$Cv = r?.isConnected ?? !0;
	}
	get parentNode() {
		let e = this._$AA.parentNode, t = this._$AM;
		return t !== void 0 && e?.nodeType === 11 && (e = t.parentNode), e;
	}
	get startNode() {
		return this._$AA;
	}
	get endNode() {
		return this._$AB;
	}
	_$AI(e, t = this) {
		e = D(this, e, t), v(e) ? e === T || e == null || e === "" ? (this._$AH !== T && this._$AR(), this._$AH = T) : e !== this._$AH && e !== w && this._(e) : e._$litType$ === void 0 ? e.nodeType === void 0 ? ge(e) ? this.k(e) : this._(e) : this.T(e) : this.$(e);
	}
	O(e) {
		return this._$AA.parentNode.insertBefore(e, this._$AB);
	}
	T(e) {
		this._$AH !== e && (this._$AR(), this._$AH = this.O(e));
	}
	_(e) {
		this._$AH !== T && v(this._$AH) ? this._$AA.nextSibling.data = e : this.T(g.createTextNode(e)), this._$AH = e;
	}
	$(e) {
		let { values: t, _$litType$: n } = e, r = typeof n == "number" ? this._$AC(e) : (n.el === void 0 && (n.el = De.createElement(Te(n.h, n.h[0]), this.options)), n);
		if (this._$AH?._$AD === r) this._$AH.p(t);
		else {
			let e = new Oe(r, this), n = e.u(this.options);
			e.p(t), this.T(n), this._$AH = e;
		}
	}
	_$AC(e) {
		let t = we.get(e.strings);
		return t === void 0 && we.set(e.strings, t = new De(e)), t;
	}
	k(t) {
		y(this._$AH) || (this._$AH = [], this._$AR());
		let n = this._$AH, r, i = 0;
		for (let a of t) i === n.length ? n.push(r = new e(this.O(_()), this.O(_()), this, this.options)) : r = n[i], r._$AI(a), i++;
		i < n.length && (this._$AR(r && r._$AB.nextSibling, i), n.length = i);
	}
	_$AR(e = this._$AA.nextSibling, t) {
		for (this._$AP?.(!1, !0, t); e !== this._$AB;) {
			let t = de(e).nextSibling;
			de(e).remove(), e = t;
		}
	}
	setConnected(e) {
		this._$AM === void 0 && (this._$Cv = e, this._$AP?.(e));
	}
}, k = class {
	get tagName() {
		return this.element.tagName;
	}
	get _$AU() {
		return this._$AM._$AU;
	}
	constructor(e, t, n, r, i) {
		this.type = 1, this._$AH = T, this._$AN = void 0, this.element = e, this.name = t, this._$AM = r, this.options = i, n.length > 2 || n[0] !== "" || n[1] !== "" ? (this._$AH = Array(n.length - 1).fill(/* @__PURE__ */ new String()), this.strings = n) : this._$AH = T;
	}
	_$AI(e, t = this, n, r) {
		let i = this.strings, a = !1;
		if (i === void 0) e = D(this, e, t, 0), a = !v(e) || e !== this._$AH && e !== w, a && (this._$AH = e);
		else {
			let r = e, o, s;
			for (e = i[0], o = 0; o < i.length - 1; o++) s = D(this, r[n + o], t, o), s === w && (s = this._$AH[o]), a ||= !v(s) || s !== this._$AH[o], s === T ? e = T : e !== T && (e += (s ?? "") + i[o + 1]), this._$AH[o] = s;
		}
		a && !r && this.j(e);
	}
	j(e) {
		e === T ? this.element.removeAttribute(this.name) : this.element.setAttribute(this.name, e ?? "");
	}
}, ke = class extends k {
	constructor() {
		super(...arguments), this.type = 3;
	}
	j(e) {
		this.element[this.name] = e === T ? void 0 : e;
	}
}, Ae = class extends k {
	constructor() {
		super(...arguments), this.type = 4;
	}
	j(e) {
		this.element.toggleAttribute(this.name, !!e && e !== T);
	}
}, je = class extends k {
	constructor(e, t, n, r, i) {
		super(e, t, n, r, i), this.type = 5;
	}
	_$AI(e, t = this) {
		if ((e = D(this, e, t, 0) ?? T) === w) return;
		let n = this._$AH, r = e === T && n !== T || e.capture !== n.capture || e.once !== n.once || e.passive !== n.passive, i = e !== T && (n === T || r);
		r && this.element.removeEventListener(this.name, this, n), i && this.element.addEventListener(this.name, this, e), this._$AH = e;
	}
	handleEvent(e) {
		typeof this._$AH == "function" ? this._$AH.call(this.options?.host ?? this.element, e) : this._$AH.handleEvent(e);
	}
}, Me = class {
	constructor(e, t, n) {
		this.element = e, this.type = 6, this._$AN = void 0, this._$AM = t, this.options = n;
	}
	get _$AU() {
		return this._$AM._$AU;
	}
	_$AI(e) {
		D(this, e);
	}
}, Ne = {
	M: pe,
	P: h,
	A: me,
	C: 1,
	L: Ee,
	R: Oe,
	D: ge,
	V: D,
	I: O,
	H: k,
	N: Ae,
	U: je,
	B: ke,
	F: Me
}, Pe = ue.litHtmlPolyfillSupport;
Pe?.(De, O), (ue.litHtmlVersions ??= []).push("3.3.3");
var Fe = (e, t, n) => {
	let r = n?.renderBefore ?? t, i = r._$litPart$;
	if (i === void 0) {
		let e = n?.renderBefore ?? null;
		r._$litPart$ = i = new O(t.insertBefore(_(), e), e, void 0, n ?? {});
	}
	return i._$AI(e), i;
}, A = globalThis, j = class extends p {
	constructor() {
		super(...arguments), this.renderOptions = { host: this }, this._$Do = void 0;
	}
	createRenderRoot() {
		let e = super.createRenderRoot();
		return this.renderOptions.renderBefore ??= e.firstChild, e;
	}
	update(e) {
		let t = this.render();
		this.hasUpdated || (this.renderOptions.isConnected = this.isConnected), super.update(e), this._$Do = Fe(t, this.renderRoot, this.renderOptions);
	}
	connectedCallback() {
		super.connectedCallback(), this._$Do?.setConnected(!0);
	}
	disconnectedCallback() {
		super.disconnectedCallback(), this._$Do?.setConnected(!1);
	}
	render() {
		return w;
	}
};
j._$litElement$ = !0, j.finalized = !0, A.litElementHydrateSupport?.({ LitElement: j });
var Ie = A.litElementPolyfillSupport;
Ie?.({ LitElement: j }), (A.litElementVersions ??= []).push("4.2.2");
// src/agent.ts
var Le = class extends Error {
	constructor(e) {
		super(e.code), this.problem = e;
	}
}, Re = class extends Error {}, M = 15e3, ze = 4e3, Be = /<style[^>]*>([^]*?)<\/style>/g, Ve = class {
	constructor(e = "", t = null) {
		this.origin = e, this.token = t, this.language = "ru";
	}
	enter(e) {
		return this.post("/api/enter", e);
	}
	state() {
		return this.get("/api/state");
	}
	scan(e) {
		return this.post("/api/scan", e);
	}
	lookUp(e) {
		return this.post("/api/lookup", e);
	}
	quote(e) {
		return this.post("/api/quote", e);
	}
	release(e) {
		return this.post("/api/release", { lookup: e });
	}
	sell(e) {
		return this.post("/api/sales", e);
	}
	reverse(e, t) {
		return this.post(`/api/sales/${e}/reversal`, t);
	}
	seen(e, t) {
		return this.post(`/api/sales/${e}/seen`, t);
	}
	sale(e) {
		return this.get(`/api/sales/${e}`);
	}
	sales(e) {
		return this.get(`/api/sales?day=${e}`);
	}
	day(e) {
		return this.get(`/api/day?day=${e}`);
	}
	queue() {
		return this.get("/api/queue");
	}
	async slip(e, t) {
		let n = await (await this.send("GET", this.slipPath(e, t, "html"), void 0, M)).text(), r = [...n.matchAll(Be)].map(([, e]) => e).join("\n"), i = new DOMParser().parseFromString(n.replace(Be, ""), "text/html"), a = document.createDocumentFragment();
		return a.append(...[...i.body.childNodes].map((e) => document.importNode(e, !0))), {
			body: a,
			style: r
		};
	}
	async file(e) {
		return (await this.send("GET", e, void 0, M)).blob();
	}
	slipPath(e, t, n) {
		return `/api/sales/${e}/slip?format=${n}&copy=${+!!t}&language=${this.language}`;
	}
	exportPath(e, t) {
		return `/api/day/export?format=${t}&day=${e}&language=${this.language}`;
	}
	listen(e) {
		let t = setInterval(() => e("state"), this.token === null ? 15e3 : 3e3);
		if (this.token !== null) return () => clearInterval(t);
		let n = new EventSource(`${this.origin}/api/events`);
		for (let t of [
			"state",
			"queue",
			"sale"
		]) n.addEventListener(t, () => e(t));
		return n.addEventListener("error", () => e("state")), () => {
			clearInterval(t), n.close();
		};
	}
	async get(e) {
		return (await this.send("GET", e, void 0, ze)).json();
	}
	async post(e, t) {
		let n = await (await this.send("POST", e, JSON.stringify(t), M)).text().catch(He);
		return n === "" ? void 0 : JSON.parse(n);
	}
	async send(e, t, n, r) {
		let i = { "Accept-Language": this.language };
		this.token === null ? n !== void 0 && (i["X-Kopuro-Counter"] = "1") : i.Authorization = `Bearer ${this.token}`, n !== void 0 && (i["Content-Type"] = "application/json");
		let a = await fetch(this.origin + t, {
			method: e,
			headers: i,
			body: n ?? null,
			credentials: this.token === null ? "same-origin" : "omit",
			cache: "no-store",
			signal: AbortSignal.timeout(r)
		}).catch(He);
		if (a.ok) return a;
		let o = await a.json().catch(() => null);
		throw o?.code === void 0 ? new Re() : new Le(o);
	}
};
function He() {
	throw new Re();
}
// src/format.ts
var Ue = "\xA0";
function N(e) {
	let [, t = "", n = "", r = ""] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(e) ?? [];
	return `${t && "−"}${P(n)},${r.padEnd(2, "0")}`;
}
function P(e) {
	return String(e).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, Ue);
}
function F(e) {
	let t = e.replace(/[\s\u00a0]/g, "").replace(",", "."), [, n, r = ""] = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(t) ?? [];
	return n === void 0 ? null : `${n.replace(/^0+(?=\d)/, "")}.${r.padEnd(2, "0")}`;
}
function I(e) {
	let t = e.replace(/[\s\u00a0]/g, "");
	return /^[1-9]\d{0,5}$/.test(t) ? Number(t) : null;
}
function L(e) {
	return e.split("-").reverse().join(".");
}
var We = new Intl.DateTimeFormat("en-GB", {
	timeZone: "Asia/Bishkek",
	hour: "2-digit",
	minute: "2-digit"
}), Ge = new Intl.DateTimeFormat("en-CA", {
	timeZone: "Asia/Bishkek",
	year: "numeric",
	month: "2-digit",
	day: "2-digit"
});
function R(e) {
	return We.format(new Date(e));
}
function z(e) {
	return Ge.format(e);
}
function B(e) {
	let t = z(new Date(e));
	return t === z(/* @__PURE__ */ new Date()) ? R(e) : `${L(t)} ${R(e)}`;
}
function Ke(e, t) {
	let n = /* @__PURE__ */ new Date(`${e}T00:00:00Z`);
	return n.setUTCDate(n.getUTCDate() + t), n.toISOString().slice(0, 10);
}
function V(e, t) {
	return e.replace(/\{(\w+)\}/g, (e, n) => String(t[n] ?? e));
}
// src/printing.ts
var qe = "kopuro-slip-to-print";
function Je(e) {
	document.querySelector(`.${qe}`)?.remove();
	let t = document.createElement("iframe");
	t.className = qe, t.style.cssText = "position: fixed; right: 100%; width: 80mm; height: 100mm; border: 0", document.body.append(t);
	let n = t.contentWindow, r = t.contentDocument;
	if (n === null || r === null) return;
	r.body.append(r.importNode(e.body, !0));
	let i = new n.CSSStyleSheet();
	i.replaceSync(e.style), r.adoptedStyleSheets = [i], n.print();
}
function Ye(e, t) {
	let n = document.createElement("a");
	n.href = URL.createObjectURL(e), n.download = t, n.click(), setTimeout(() => URL.revokeObjectURL(n.href), 6e4);
}
// src/closing.ts
var Xe = class {
	constructor(e) {
		this.house = e, this.day = z(/* @__PURE__ */ new Date()), this.told = null, this.busy = !1, this.problem = null;
	}
	async open(e = z(/* @__PURE__ */ new Date())) {
		this.day = e, this.told = this.problem = null, this.house.go("day", "day"), await this.check();
	}
	async check() {
		if (!this.busy) {
			this.busy = !0, this.house.draw();
			try {
				this.told = await this.house.agent.day(this.day), this.problem = null;
				let { day_balanced: e, day_unknown: t, difference: n } = this.house.texts, r = this.told.gateway === null;
				this.house.announcement = this.told.balanced ? e : r ? t : n;
			} catch (e) {
				this.problem = this.house.missed(e);
			}
			this.busy = !1, this.house.focus = "day", this.house.draw();
		}
	}
	async turn(e) {
		let t = Ke(this.day, e);
		t <= z(/* @__PURE__ */ new Date()) && await this.open(t);
	}
	async keep(e) {
		let { agent: t } = this.house;
		try {
			Ye(await t.file(t.exportPath(this.day, e)), `${this.day}.${e}`);
		} catch (e) {
			this.problem = this.house.missed(e);
		}
		this.house.draw();
	}
}, H = [
	"returned",
	"wrong-medicine",
	"wrong-quantity",
	"wrong-price",
	"not-handed-over"
], Ze = class {
	#e;
	constructor(e) {
		this.house = e, this.day = z(/* @__PURE__ */ new Date()), this.items = [], this.chosen = 0, this.stage = "list", this.reason = "returned", this.note = "", this.busy = !1, this.problem = null, this.reversal = null, this.#e = "";
	}
	get sale() {
		return this.items[this.chosen];
	}
	async open(e = z(/* @__PURE__ */ new Date())) {
		this.day = e, this.stage = "list", this.items = [], this.problem = null, this.house.go("sales", "sales"), await this.load();
	}
	async load() {
		try {
			let e = this.sale?.id, { items: t } = await this.house.agent.sales(this.day);
			this.items = t, this.chosen = Math.max(t.findIndex(({ id: t }) => t === e), 0);
		} catch (e) {
			this.problem = this.house.missed(e);
		}
		this.house.draw();
	}
	async turn(e) {
		let t = Ke(this.day, e);
		this.stage === "list" && t <= z(/* @__PURE__ */ new Date()) && await this.open(t);
	}
	choose(e) {
		this.stage === "list" && (this.chosen = Math.min(Math.max(e, 0), Math.max(this.items.length - 1, 0)), this.problem = null, this.house.draw());
	}
	get reversible() {
		let e = this.sale;
		return e !== void 0 && e.reversal_of === null && e.reversed_by === null && e.state !== "refused";
	}
	async next() {
		this.busy || (this.stage === "list" && this.reversible ? (this.#e = crypto.randomUUID(), this.reason = "returned", this.note = "", this.#t("reason", "reason")) : this.stage === "reason" ? this.#t("sure", this.house.pharmacist.trim() === "" ? "pharmacist" : "confirm") : this.stage === "sure" ? await this.#n() : this.stage === "done" && await this.open(this.day));
	}
	#t(e, t) {
		this.stage = e, this.problem = null, this.house.go("sales", t);
	}
	back() {
		return this.busy ? !0 : this.stage !== "list" && (this.stage === "done" ? this.open(this.day) : this.#t(this.stage === "sure" ? "reason" : "list", this.stage === "sure" ? "reason" : "sales"), !0);
	}
	touch() {
		this.house.draw();
	}
	async #n() {
		let e = this.sale, t = this.house.pharmacist.trim();
		if (e === void 0 || t === "") {
			this.house.go("sales", "pharmacist");
			return;
		}
		this.busy = !0, this.house.draw();
		let { reason: n } = this, r = this.note.trim() || null;
		try {
			this.reversal = await this.house.agent.reverse(e.id, {
				key: this.#e,
				reason: n,
				note: r,
				pharmacist: t
			}), this.house.tell("kopuro-reversal", this.reversal);
			let { reversal_recorded: i, reversal_waiting: a } = this.house.texts;
			this.house.announcement = this.reversal.state === "recorded" ? i : a, this.#t("done", "next"), this.load();
		} catch (e) {
			this.problem = this.house.missed(e), this.house.focus = "confirm";
		}
		this.busy = !1, this.house.draw(), this.house.look();
	}
	async copy() {
		await this.#r((e) => this.house.agent.slip(e.id, !0).then(Je));
	}
	async pdf() {
		await this.#r(async (e) => {
			let { agent: t } = this.house;
			Ye(await t.file(t.slipPath(e.id, !0, "pdf")), `${e.receipt_number}.pdf`);
		});
	}
	async #r(e) {
		if (this.sale !== void 0) {
			try {
				await e(this.sale);
			} catch (e) {
				this.problem = this.house.missed(e);
			}
			this.house.draw();
		}
	}
}, Qe = "kopuro-counter";
function $e(e) {
	sessionStorage.setItem(Qe, JSON.stringify(e));
}
function et() {
	let e = sessionStorage.getItem(Qe);
	return e === null ? null : JSON.parse(e);
}
function tt() {
	sessionStorage.removeItem(Qe);
}
// src/texts/index.ts
var nt = {
	ky: {
		language_name: "Кыргызча",
		title: "Дарыкана · жеңилдетилген рецепттер",
		units: "даана",
		packs: "куту",
		som: "сом",
		dose_mcg: "мкг",
		dose_mg: "мг",
		dose_g: "г",
		dose_ml: "мл",
		dose_IU: "ЭБ",
		dose_dose: "доза",
		dose_piece: "даана",
		ask_number: "Рецепт: сканерлеңиз же 12 санды териңиз",
		ask_pin: "Пациенттин ИЖНи (ПИН): 14 сан",
		ask_family_name: "Пациенттин фамилиясы, паспорттогудай",
		hint_number: "Рецепттин барагындагы QR же штрихкод. Барак жок болсо, номерин пациент айтат.",
		hint_pin: "Паспорттон же ID-карттан. ПИН бул жерде сакталбайт.",
		hint_family_name: "Бул ПИН менен ийгиликсиз аракет өтө көп болду: фамилиясы да керек.",
		hint_next: "Enter – издөө",
		hint_again: "Enter – дагы бир жолу аракет кылуу",
		number_wrong: "Рецепттин номери мындай болбойт: 12 сан, акыркысы калганын текшерет. Барак менен салыштырыңыз.",
		pin_wrong: "ПИН 14 сандан турат. Паспорт менен салыштырыңыз.",
		scan_unknown: "Бул код рецептке да, дарынын кутусуна да тиешелүү эмес.",
		scan_first: "Бул куту. Адегенде рецептти ачыңыз.",
		prescription: "Рецепт",
		step_1: "Рецепттин номери",
		step_2: "Пациенттин ПИНи",
		step_3: "Дарыны тандоо",
		step_4: "Чек жана берүү",
		ordered: "Дайындалган",
		directions: "Кантип ичүү керек",
		remaining: "Курстан калганы",
		of_ordered: "{ordered} даанадан {remaining}",
		issued_on: "Жазылган күнү",
		last_day: "Акыркы күнү",
		days_left: "{days} күн калды",
		last_day_today: "бүгүн акыркы күн",
		state_issued: "Жарактуу",
		"state_partially-dispensed": "Бир бөлүгү берилген",
		state_dispensed: "Толук берилген",
		state_expired: "Мөөнөтү бүткөн",
		state_cancelled: "Жокко чыгарылган",
		held_self: "{until} чейин сизде кармалып турат",
		held_other: "{since} тартып {until} чейин башка дарыканада",
		held_other_help: "Ошол убакытка чейин күтүңүз же пациент ал дарыканадан рецептти бошотуусун сурансын.",
		offers: "Эмне берсе болот",
		offers_empty: "Бул рецепт боюнча бериле турган эч нерсе жок",
		offers_none: "Бул жерде топтун бардык соодалык аталыштары чыгат: адегенде сизде бары жана пациентке арзаны.",
		column_medicine: "Дары",
		column_price: "Куту баасы",
		column_fund: "Фонд төлөйт",
		column_patient: "Пациент төлөйт",
		as_prescribed: "жазылгандай",
		substitution: "алмаштыруу",
		in_stock: "Дарыканада бар",
		not_in_stock: "Дарыканада жок",
		packs_left: "{packs} куту",
		too_few_packs: "{units} даанага жетет",
		refused_offer: "баш тартылды",
		choose_help: "↑ ↓ же сан – тандоо, Enter – алуу",
		price_needed: "Баасы жок: витринадагы кутунун баасын териңиз.",
		sale: "Сатуу",
		sale_none: "Дарыны тандаңыз",
		units_label: "Саны, даана",
		units_most: "эң көбү {max}",
		units_extra: "курстан ашык {extra} даана: пациент төлөйт",
		units_packs: "= {packs} куту × {size}",
		units_wrong: "Саны нөлдөн чоң бүтүн сан болушу керек.",
		price_label: "Кутунун баасы, сом",
		price_wrong: "Баасын териңиз, мисалы 450,00.",
		patient_pays: "Пациент төлөйт",
		fund_pays: "Фонд төлөйт",
		patient_back: "Пациентке кайтарылат",
		fund_back: "Фондго кайтарылат",
		retail: "Баары",
		rest: "{units} даана калат, {last_day} чейин алуу керек",
		rest_nothing: "Курс толук берилет",
		rest_none: "Курс толук берилди",
		boxes: "Кутулар",
		boxes_none: "сканерлебесе да болот",
		boxes_count: "{boxes} × {size} = {wanted} даанадан {units}",
		boxes_missing: "Дагы сканерлеңиз: {count}",
		boxes_enough: "Кутулардын баары сканерленди",
		boxes_remove: "Акыркысын алып салуу",
		box_other: "Бул башка дары: {medicine}. Куту кошулган жок.",
		box_other_unknown: "Тандалган дары үчүн Маалымдамада мындай куту жок. Ал кошулган жок.",
		box_repeated: "Бул куту мурда сканерленген.",
		box_too_many: "Куту керегинен көп. Санын өзгөртүңүз (F4) же ашыгын алып салыңыз (F6).",
		receipt_number: "Чектин номери",
		receipt_amount: "Чектин суммасы, сом",
		receipt_required: "Товардык чектин номерин териңиз.",
		amount_required: "Чектин суммасын териңиз, мисалы 240,00.",
		amount_differs: "Чектин суммасы пациенттин үлүшүнөн ({due}) башка. Көп алынса, Фонд азыраак төлөйт.",
		pharmacist: "Фармацевт",
		pharmacist_required: "Фармацевттин фамилиясын жана инициалдарын териңиз.",
		dispense: "Берүү",
		dispensing: "Жазылып жатат…",
		quoting: "Эсептелип жатат…",
		looking_up: "Изделип жатат…",
		requote: "Кайра эсептөө",
		sums_changed: "Суммалар кайра эсептелди. Аларды жана чекти текшерип, дагы бир жолу бериңиз.",
		resolving: "Сатуу жазылганы белгисиз: агенттен сурап жатабыз…",
		not_sent: "Сатуу жазылган жок. «Берүүнү» дагы бир жолу басыңыз: ал эки жолу жазылбайт.",
		already_recorded: "Бул сатуу мурда жазылган. Төмөндө ал кандай жазылганы көрсөтүлдү.",
		offline_held: "Байланыш жок. Кармалган рецепт боюнча берсе болот; ал өзү жөнөтүлөт, {until} чейин.",
		offline_unheld: "Байланыш жок, рецепт кармалган эмес: байланыш калыбына келмейинче берүүгө болбойт.",
		released: "Рецепт бошотулду",
		findings: "Эскертүүлөр",
		finding_error: "Баш тартуу",
		finding_warning: "Көңүл буруңуз",
		finding_info: "Маалымат",
		what_to_do: "Эмне кылуу керек",
		sale_recorded: "Дары берүү жазылды",
		sale_waiting: "Дары берүү бул жерде жазылды, шлюзду күтүп турат",
		sale_waiting_held: "Байланышсыз, кармалган рецепт боюнча сатуу: байланыш калыбына келгенде өзү жөнөтүлөт.",
		sale_waiting_help: "Өзү жөнөтүлөт. Экинчи жолу бербеңиз.",
		sale_refused: "Шлюз баш тартты",
		reversal_recorded: "Кайтаруу жазылды",
		reversal_waiting: "Кайтаруу бул жерде жазылды, шлюзду күтүп турат",
		"fund_under-way": "Фонд: жөнөтүлүүдө",
		fund_taken: "Фонд: кабыл алды",
		fund_refused: "Фонд: баш тартты",
		local_number: "Бул жердеги №",
		gateway_number: "Шлюз",
		fund_number: "Фонддун жазуусу",
		slip: "Пациентке эскерме",
		print: "Басып чыгаруу",
		print_copy: "Көчүрмөсүн басуу",
		pdf: "PDF",
		next_patient: "Кийинки пациент",
		slip_unavailable: "Эскерме азырынча жок. Аны кийин басып чыгарса болот: F8.",
		sales_of: "Күндүн сатуулары",
		sales_none: "Бул күнү сатуу болгон жок",
		column_time: "Убакыт",
		column_receipt: "Чек",
		column_units: "Даана",
		column_state: "Абалы",
		waiting: "күтүүдө",
		recorded: "жазылды",
		refused: "баш тартылды",
		reversed: "кайтарылды",
		reversal: "кайтаруу",
		offline_mark: "байланышсыз",
		reverse_title: "Кайтаруу",
		reverse_choose: "Сатууну тандап, Enter басыңыз. Сатуу бүтүндөй кайтарылат.",
		reverse_impossible: "Бул жазууну кайтарууга болбойт.",
		reason: "Себеби",
		reason_returned: "Пациент дарыны кайтарып берди",
		"reason_wrong-medicine": "Башка дары берилген",
		"reason_wrong-quantity": "Саны туура эмес",
		"reason_wrong-price": "Баасы туура эмес",
		"reason_not-handed-over": "Дары колго берилген жок",
		note: "Эскертүү",
		note_hint: "пациенттин аты жазылбасын",
		reverse: "Кайтаруу…",
		reverse_sure: "Сатуу бүтүндөй кайтарылсынбы?",
		reverse_money: "Пациентке {sum} сом кайтарылат. Рецепттин калганы калыбына келет.",
		reverse_confirm: "Ооба, кайтаруу",
		reversing: "Кайтарылып жатат…",
		back: "Артка",
		day_before: "Мурунку күн",
		day_after: "Кийинки күн",
		slip_copy: "Эскерменин көчүрмөсү",
		day_end: "Күндүн жыйынтыгы",
		day_agent: "Ушул касса",
		day_gateway: "Шлюз",
		day_fund: "Фонд",
		day_sales: "Сатуулар",
		day_reversals: "Кайтаруулар",
		day_balanced: "Дал келет: айырма 0,00",
		day_differs: "Дал келбейт. Карап чыгуу керек: {count}",
		day_unknown: "Шлюз жооп бербейт: азырынча салыштырууга болбойт",
		day_checked: "{time} салыштырылды",
		day_check_again: "Дагы салыштыруу",
		difference: "Эмне дал келбейт",
		"difference_not-at-gateway": "Шлюзда жок",
		"difference_not-here": "Бул жерде жок",
		"difference_sums-differ": "Суммалар ар башка",
		"difference_fund-under-way": "Фондго жете элек",
		"difference_fund-refused": "Фонд баш тартты",
		difference_refused: "Шлюз баш тартты",
		share_hint: "Фонддун үлүшү, сом",
		csv: "CSV",
		xlsx: "Excel",
		queue: "Кезек",
		queue_empty: "Кезек бош: баары жөнөтүлдү",
		queue_waiting: "Жөнөтүүнү күтүүдө: {count}",
		queue_help: "Өзү, ирети менен жөнөтүлөт. Эч нерсе кылуу керек эмес; компьютерди көпкө өчүрбөңүз.",
		queue_refused: "Берилгенден кийин баш тартылды: {count}",
		queue_refused_help: "Дары пациентте, бирок шлюз баш тартты. Себебин тактап, көргөнүңүздү белгилеңиз.",
		column_what: "Эмне",
		column_since: "Качан",
		column_tries: "Аракет",
		column_problem: "Эмнеге күтүүдө",
		kind_dispense: "сатуу",
		kind_reversal: "кайтаруу",
		seen: "Көрдүм",
		gateway_reachable: "Шлюз байланышта",
		gateway_unknown: "Шлюз: текшерилүүдө",
		gateway_offline: "{since} тартып шлюз менен байланыш жок",
		gateway_offline_short: "Шлюз менен байланыш жок",
		gateway_failed: "Шлюз жаңылды: кайталап жатабыз",
		offline_help: "Жаңы жеңилдетилген дары – байланыш үзүлгөнгө чейин кармалган рецепт менен гана. Кайтаруулар жазылат.",
		queue_state: "Кезекте: {count}, {since} тартып",
		queue_state_empty: "Кезек бош",
		under_hold: "Байланышсыз, кармалган: {count}",
		refused_state: "Баш тартылды: {count} – F7",
		clock_good: "Саат туура",
		clock_off: "Саат: {seconds} с",
		clock_blocked: "Компьютердин сааты туура эмес: сатуу токтотулду",
		clock_blocked_help: "Күндү жана убакытты (Бишкек) тууралап, бир мүнөт күтүңүз. Жазылгандар өзү жөнөтүлөт.",
		disk_full: "Диск толду: сатуу токтотулду",
		disk_full_help: "Дисктен орун бошотуңуз. Жазылгандар жоголгон жок.",
		agent_lost: "Агент жооп бербейт",
		agent_lost_help: "Бул компьютерде kopuro-pos иштебей жатат же бош эмес. Барак күтүп туруп, өзү улантат.",
		must_enrol: "Шлюз бул терминалдын ачкычын тааныбай калды",
		must_enrol_help: "Оператордон жаңы код сурап, «kopuro-pos enrol КОД» буйругун аткарыңыз. Кезек сакталат.",
		not_enrolled: "Терминал шлюзга туташкан эмес",
		not_enrolled_help: "Шлюздун операторунан бир жолку код алып, «kopuro-pos enrol КОД» буйругун аткарыңыз.",
		terminal: "Терминал",
		stock_state: "Калдыктар: {rows}",
		stock_none: "Калдыктар жок: баалар кол менен терилет",
		enter_title: "Бул баракты программадан ачыңыз",
		enter_help: "«kopuro-pos counter» буйругун аткарыңыз: ал баракты бир жолку код менен ачат. Кодду ушул жерге терсе да болот.",
		enter_code: "Код",
		enter_go: "Кирүү",
		key_new: "Жаңы",
		key_units: "Саны",
		key_boxes: "Кутулар",
		key_queue: "Кезек",
		key_sales: "Кайтаруу",
		key_day: "Жыйынтык",
		key_language: "English",
		key_back: "Артка",
		key_next: "Улантуу",
		announce_found: "Рецепт табылды. Сунуштар: {count}.",
		announce_quote: "Пациент {patient} сом, Фонд {fund} сом төлөйт."
	},
	ru: {
		language_name: "Русский",
		title: "Аптека · льготные рецепты",
		units: "ед.",
		packs: "уп.",
		som: "сом",
		dose_mcg: "мкг",
		dose_mg: "мг",
		dose_g: "г",
		dose_ml: "мл",
		dose_IU: "МЕ",
		dose_dose: "доза",
		dose_piece: "шт.",
		ask_number: "Рецепт: сканируйте или наберите 12 цифр",
		ask_pin: "ПИН пациента: 14 цифр",
		ask_family_name: "Фамилия пациента, как в паспорте",
		hint_number: "QR или штрихкод на листе рецепта. Нет листа – номер назовёт пациент.",
		hint_pin: "Из паспорта или ID-карты. ПИН здесь не сохраняется.",
		hint_family_name: "Слишком много неудачных попыток с этим ПИН: нужна ещё фамилия.",
		hint_next: "Enter – найти",
		hint_again: "Enter – попробовать ещё раз",
		number_wrong: "Так номер рецепта не выглядит: нужно 12 цифр, последняя проверяет остальные. Сверьте с листом.",
		pin_wrong: "ПИН состоит из 14 цифр. Сверьте с паспортом.",
		scan_unknown: "Этот код не относится ни к рецепту, ни к упаковке лекарства.",
		scan_first: "Это упаковка. Сначала откройте рецепт.",
		prescription: "Рецепт",
		step_1: "Номер рецепта",
		step_2: "ПИН пациента",
		step_3: "Выбор лекарства",
		step_4: "Чек и отпуск",
		ordered: "Назначено",
		directions: "Как принимать",
		remaining: "Остаток по курсу",
		of_ordered: "{remaining} из {ordered} ед.",
		issued_on: "Выписан",
		last_day: "Действует до",
		days_left: "осталось дней: {days}",
		last_day_today: "последний день",
		state_issued: "Действует",
		"state_partially-dispensed": "Отпущен частично",
		state_dispensed: "Отпущен полностью",
		state_expired: "Истёк",
		state_cancelled: "Отменён",
		held_self: "За вами до {until}",
		held_other: "Занят другой аптекой с {since} до {until}",
		held_other_help: "Подождите до этого времени, или пусть пациент попросит ту аптеку освободить рецепт.",
		offers: "Что можно отпустить",
		offers_empty: "По этому рецепту отпустить нечего",
		offers_none: "Здесь появятся все торговые наименования группы: сначала то, что есть у вас, и что дешевле пациенту.",
		column_medicine: "Лекарство",
		column_price: "Цена уп.",
		column_fund: "Платит Фонд",
		column_patient: "Платит пациент",
		as_prescribed: "как выписано",
		substitution: "замена",
		in_stock: "Есть в аптеке",
		not_in_stock: "Нет в аптеке",
		packs_left: "{packs} уп.",
		too_few_packs: "хватит на {units} ед.",
		refused_offer: "отказано",
		choose_help: "↑ ↓ или цифра – выбрать, Enter – взять",
		price_needed: "Цены нет: наберите цену упаковки с витрины.",
		sale: "Продажа",
		sale_none: "Выберите лекарство",
		units_label: "Количество, ед.",
		units_most: "не больше {max}",
		units_extra: "сверх курса {extra} ед.: платит пациент",
		units_packs: "= {packs} уп. по {size}",
		units_wrong: "Количество – целое число больше нуля.",
		price_label: "Цена упаковки, сом",
		price_wrong: "Наберите цену, например 450,00.",
		patient_pays: "Платит пациент",
		fund_pays: "Платит Фонд",
		patient_back: "Вернуть пациенту",
		fund_back: "Вернётся Фонду",
		retail: "Всего",
		rest: "Останется {units} ед., получить до {last_day}",
		rest_nothing: "Курс будет отпущен полностью",
		rest_none: "Курс отпущен полностью",
		boxes: "Упаковки",
		boxes_none: "можно не сканировать",
		boxes_count: "{boxes} × {size} = {units} из {wanted} ед.",
		boxes_missing: "Отсканируйте ещё: {count}",
		boxes_enough: "Все упаковки отсканированы",
		boxes_remove: "Убрать последнюю",
		box_other: "Это другое лекарство: {medicine}. Упаковка не добавлена.",
		box_other_unknown: "Этой упаковки нет в Справочнике для выбранного лекарства. Она не добавлена.",
		box_repeated: "Эта упаковка уже отсканирована.",
		box_too_many: "Упаковок больше, чем нужно. Измените количество (F4) или уберите лишнюю (F6).",
		receipt_number: "Номер чека",
		receipt_amount: "Сумма чека, сом",
		receipt_required: "Наберите номер товарного чека.",
		amount_required: "Наберите сумму чека, например 240,00.",
		amount_differs: "Сумма чека отличается от доли пациента ({due}). Фонд возместит меньше, если взято больше.",
		pharmacist: "Фармацевт",
		pharmacist_required: "Наберите фамилию и инициалы фармацевта.",
		dispense: "Отпустить",
		dispensing: "Записывается…",
		quoting: "Считается…",
		looking_up: "Ищется…",
		requote: "Пересчитать",
		sums_changed: "Суммы пересчитаны. Сверьте их и чек, затем отпустите ещё раз.",
		resolving: "Неизвестно, записана ли продажа: спрашиваем агента…",
		not_sent: "Продажа не записана. Нажмите «Отпустить» ещё раз: дважды она не запишется.",
		already_recorded: "Эта продажа уже записана. Ниже – как она записана.",
		offline_held: "Нет связи. Отпуск возможен под удержанием; он передастся сам, не позже {until}.",
		offline_unheld: "Нет связи, и рецепт не удержан: отпустить нельзя, пока связь не вернётся.",
		released: "Рецепт освобождён",
		findings: "Замечания",
		finding_error: "Отказ",
		finding_warning: "Внимание",
		finding_info: "К сведению",
		what_to_do: "Что делать",
		sale_recorded: "Отпуск записан",
		sale_waiting: "Отпуск записан здесь и ждёт шлюза",
		sale_waiting_held: "Продажа без связи, под удержанием: передастся сама, когда связь вернётся.",
		sale_waiting_help: "Передастся сама. Второй раз не отпускайте.",
		sale_refused: "Шлюз отказал",
		reversal_recorded: "Возврат записан",
		reversal_waiting: "Возврат записан здесь и ждёт шлюза",
		"fund_under-way": "Фонд: передаётся",
		fund_taken: "Фонд: принято",
		fund_refused: "Фонд: отказ",
		local_number: "№ здесь",
		gateway_number: "Шлюз",
		fund_number: "Запись Фонда",
		slip: "Памятка пациенту",
		print: "Печать",
		print_copy: "Печать копии",
		pdf: "PDF",
		next_patient: "Следующий пациент",
		slip_unavailable: "Памятка пока недоступна. Её можно напечатать позже: F8.",
		sales_of: "Продажи за день",
		sales_none: "За этот день продаж нет",
		column_time: "Время",
		column_receipt: "Чек",
		column_units: "Ед.",
		column_state: "Состояние",
		waiting: "ждёт",
		recorded: "записано",
		refused: "отказ",
		reversed: "возвращено",
		reversal: "возврат",
		offline_mark: "без связи",
		reverse_title: "Возврат",
		reverse_choose: "Выберите продажу и нажмите Enter. Возвращается вся продажа целиком.",
		reverse_impossible: "Эту запись вернуть нельзя.",
		reason: "Причина",
		reason_returned: "Пациент вернул лекарство",
		"reason_wrong-medicine": "Отпущено не то лекарство",
		"reason_wrong-quantity": "Не то количество",
		"reason_wrong-price": "Не та цена",
		"reason_not-handed-over": "Лекарство не выдано",
		note: "Примечание",
		note_hint: "без имени пациента",
		reverse: "Вернуть…",
		reverse_sure: "Вернуть продажу целиком?",
		reverse_money: "Пациенту вернуть {sum} сом. Остаток по рецепту восстановится.",
		reverse_confirm: "Да, вернуть",
		reversing: "Возвращается…",
		back: "Назад",
		day_before: "День раньше",
		day_after: "День позже",
		slip_copy: "Копия памятки",
		day_end: "Конец дня",
		day_agent: "Эта касса",
		day_gateway: "Шлюз",
		day_fund: "Фонд",
		day_sales: "Продажи",
		day_reversals: "Возвраты",
		day_balanced: "Сходится: разница 0,00",
		day_differs: "Не сходится. Разобрать: {count}",
		day_unknown: "Шлюз не отвечает: сверить пока нельзя",
		day_checked: "Сверено в {time}",
		day_check_again: "Сверить ещё раз",
		difference: "Что не сходится",
		"difference_not-at-gateway": "Нет у шлюза",
		"difference_not-here": "Нет здесь",
		"difference_sums-differ": "Суммы разные",
		"difference_fund-under-way": "Ещё не дошло до Фонда",
		"difference_fund-refused": "Фонд отказал",
		difference_refused: "Шлюз отказал",
		share_hint: "доля Фонда, сом",
		csv: "CSV",
		xlsx: "Excel",
		queue: "Очередь",
		queue_empty: "Очередь пуста: всё передано",
		queue_waiting: "Ждут передачи: {count}",
		queue_help: "Передаются сами, по порядку. Делать ничего не нужно; компьютер не выключайте надолго.",
		queue_refused: "Отказано после отпуска: {count}",
		queue_refused_help: "Товар уже у пациента, но шлюз отказал. Разберитесь и отметьте, что видели.",
		column_what: "Что",
		column_since: "Когда",
		column_tries: "Попыток",
		column_problem: "Почему ждёт",
		kind_dispense: "продажа",
		kind_reversal: "возврат",
		seen: "Видел",
		gateway_reachable: "Шлюз на связи",
		gateway_unknown: "Шлюз: проверяется",
		gateway_offline: "Нет связи со шлюзом с {since}",
		gateway_offline_short: "Нет связи со шлюзом",
		gateway_failed: "Шлюз ошибся: повторяем",
		offline_help: "Новый льготный отпуск – только по рецепту, взятому под удержание до обрыва. Возвраты записываются.",
		queue_state: "Очередь: {count}, с {since}",
		queue_state_empty: "Очередь пуста",
		under_hold: "Без связи, под удержанием: {count}",
		refused_state: "Отказано: {count} – F7",
		clock_good: "Часы верны",
		clock_off: "Часы: {seconds} с",
		clock_blocked: "Часы компьютера неверны: продажа остановлена",
		clock_blocked_help: "Поставьте верные дату и время (Бишкек) и подождите минуту. Записанное передастся само.",
		disk_full: "Диск полон: продажа остановлена",
		disk_full_help: "Освободите место на диске. Записанное не пропало.",
		agent_lost: "Агент не отвечает",
		agent_lost_help: "Программа kopuro-pos на этом компьютере не запущена или занята. Страница подождёт и продолжит сама.",
		must_enrol: "Шлюз больше не знает ключ этого терминала",
		must_enrol_help: "Попросите у оператора новый код и выполните «kopuro-pos enrol КОД». Очередь сохраняется.",
		not_enrolled: "Терминал не подключён к шлюзу",
		not_enrolled_help: "Получите у оператора шлюза одноразовый код и выполните «kopuro-pos enrol КОД».",
		terminal: "Терминал",
		stock_state: "Остатки: {rows}",
		stock_none: "Остатков нет: цены набираются вручную",
		enter_title: "Откройте эту страницу из программы",
		enter_help: "Запустите «kopuro-pos counter»: она откроет страницу с одноразовым кодом. Код можно набрать и здесь.",
		enter_code: "Код",
		enter_go: "Войти",
		key_new: "Новый",
		key_units: "Количество",
		key_boxes: "Упаковки",
		key_queue: "Очередь",
		key_sales: "Возврат",
		key_day: "Конец дня",
		key_language: "Кыргызча",
		key_back: "Назад",
		key_next: "Дальше",
		announce_found: "Рецепт найден. Предложений: {count}.",
		announce_quote: "Пациент платит {patient} сом, Фонд {fund} сом."
	},
	en: {
		language_name: "English",
		title: "Pharmacy · subsidised prescriptions",
		units: "units",
		packs: "packs",
		som: "som",
		dose_mcg: "mcg",
		dose_mg: "mg",
		dose_g: "g",
		dose_ml: "ml",
		dose_IU: "IU",
		dose_dose: "dose",
		dose_piece: "piece",
		ask_number: "Prescription: scan it or type 12 digits",
		ask_pin: "Patient's ПИН: 14 digits",
		ask_family_name: "Patient's family name, as in the passport",
		hint_number: "QR or barcode of the sheet. Without a sheet the patient knows the number.",
		hint_pin: "From the passport or ID card. The ПИН is not kept here.",
		hint_family_name: "Too many failed attempts with this ПИН: the family name is needed too.",
		hint_next: "Enter – find",
		hint_again: "Enter – try again",
		number_wrong: "No prescription has such a number: 12 digits, the last one checks the others. Compare with the sheet.",
		pin_wrong: "A ПИН has 14 digits. Compare with the passport.",
		scan_unknown: "This code belongs neither to a prescription nor to a box of medicine.",
		scan_first: "This is a box. Open the prescription first.",
		prescription: "Prescription",
		step_1: "Prescription's number",
		step_2: "Patient's ПИН",
		step_3: "Choice of medicine",
		step_4: "Receipt and dispensing",
		ordered: "Ordered",
		directions: "How to take it",
		remaining: "Left of the course",
		of_ordered: "{remaining} of {ordered} units",
		issued_on: "Issued",
		last_day: "Valid until",
		days_left: "days left: {days}",
		last_day_today: "last day",
		state_issued: "Valid",
		"state_partially-dispensed": "Partly dispensed",
		state_dispensed: "Fully dispensed",
		state_expired: "Expired",
		state_cancelled: "Cancelled",
		held_self: "Yours until {until}",
		held_other: "Held by another pharmacy since {since} until {until}",
		held_other_help: "Wait until then, or let the patient ask that pharmacy to release the prescription.",
		offers: "What can be dispensed",
		offers_empty: "Nothing can be dispensed on this prescription",
		offers_none: "All trade names of the group appear here: what you have first, and what costs the patient least.",
		column_medicine: "Medicine",
		column_price: "Pack price",
		column_fund: "Fund pays",
		column_patient: "Patient pays",
		as_prescribed: "as prescribed",
		substitution: "substitution",
		in_stock: "In stock",
		not_in_stock: "Not in stock",
		packs_left: "{packs} packs",
		too_few_packs: "enough for {units} units",
		refused_offer: "refused",
		choose_help: "↑ ↓ or a digit – choose, Enter – take",
		price_needed: "There is no price: type the pack price of the showcase.",
		sale: "Sale",
		sale_none: "Choose a medicine",
		units_label: "Quantity, units",
		units_most: "at most {max}",
		units_extra: "{extra} units above the course: the patient pays",
		units_packs: "= {packs} packs of {size}",
		units_wrong: "The quantity is a whole number above zero.",
		price_label: "Pack price, som",
		price_wrong: "Type the price, for example 450.00.",
		patient_pays: "Patient pays",
		fund_pays: "Fund pays",
		patient_back: "Back to the patient",
		fund_back: "Back to the fund",
		retail: "Total",
		rest: "{units} units remain, to be had until {last_day}",
		rest_nothing: "The whole course will have been dispensed",
		rest_none: "The whole course is dispensed",
		boxes: "Boxes",
		boxes_none: "need not be scanned",
		boxes_count: "{boxes} × {size} = {units} of {wanted} units",
		boxes_missing: "Still to scan: {count}",
		boxes_enough: "All boxes are scanned",
		boxes_remove: "Remove the last one",
		box_other: "This is another medicine: {medicine}. The box was not added.",
		box_other_unknown: "The reference has no such box for the chosen medicine. It was not added.",
		box_repeated: "This box is scanned already.",
		box_too_many: "More boxes than needed. Change the quantity (F4) or remove one (F6).",
		receipt_number: "Receipt number",
		receipt_amount: "Receipt's sum, som",
		receipt_required: "Type the number of the receipt.",
		amount_required: "Type the receipt's sum, for example 240.00.",
		amount_differs: "The receipt's sum is not the patient's share ({due}). Charged more, the fund repays less.",
		pharmacist: "Pharmacist",
		pharmacist_required: "Type the pharmacist's family name and initials.",
		dispense: "Dispense",
		dispensing: "Being recorded…",
		quoting: "Being reckoned…",
		looking_up: "Looking up…",
		requote: "Reckon again",
		sums_changed: "The sums were reckoned again. Compare them with the receipt, then dispense once more.",
		resolving: "Nobody knows yet whether the sale was recorded: asking the agent…",
		not_sent: "The sale is not recorded. Press Dispense again: it cannot be recorded twice.",
		already_recorded: "This sale is recorded already. It is shown as it was recorded.",
		offline_held: "No line. It can be sold under the hold; it is sent by itself, at the latest {until}.",
		offline_unheld: "No line, and the prescription is not held: nothing can be sold until the line is back.",
		released: "Prescription released",
		findings: "Findings",
		finding_error: "Refused",
		finding_warning: "Warning",
		finding_info: "For information",
		what_to_do: "What to do",
		sale_recorded: "Dispense recorded",
		sale_waiting: "Dispense written down here, waiting for the gateway",
		sale_waiting_held: "Sold offline under a hold: sent by itself when the line is back.",
		sale_waiting_help: "Sent by itself. Do not dispense it again.",
		sale_refused: "The gateway refused",
		reversal_recorded: "Reversal recorded",
		reversal_waiting: "Reversal written down here, waiting for the gateway",
		"fund_under-way": "Fund: under way",
		fund_taken: "Fund: taken",
		fund_refused: "Fund: refused",
		local_number: "No. here",
		gateway_number: "Gateway",
		fund_number: "Fund's record",
		slip: "Slip for the patient",
		print: "Print",
		print_copy: "Print a copy",
		pdf: "PDF",
		next_patient: "Next patient",
		slip_unavailable: "The slip is not available yet. It can be printed later: F8.",
		sales_of: "Sales of the day",
		sales_none: "No sales on this day",
		column_time: "Time",
		column_receipt: "Receipt",
		column_units: "Units",
		column_state: "State",
		waiting: "waiting",
		recorded: "recorded",
		refused: "refused",
		reversed: "reversed",
		reversal: "reversal",
		offline_mark: "offline",
		reverse_title: "Reversal",
		reverse_choose: "Choose a sale and press Enter. A sale is taken back as a whole.",
		reverse_impossible: "This entry cannot be reversed.",
		reason: "Reason",
		reason_returned: "The patient returned the medicine",
		"reason_wrong-medicine": "Wrong medicine dispensed",
		"reason_wrong-quantity": "Wrong quantity",
		"reason_wrong-price": "Wrong price",
		"reason_not-handed-over": "Not handed over",
		note: "Note",
		note_hint: "without the patient's name",
		reverse: "Reverse…",
		reverse_sure: "Take the whole sale back?",
		reverse_money: "Pay {sum} som back to the patient. The prescription's remainder is restored.",
		reverse_confirm: "Yes, reverse",
		reversing: "Being reversed…",
		back: "Back",
		day_before: "Day before",
		day_after: "Day after",
		slip_copy: "Copy of the slip",
		day_end: "Day's end",
		day_agent: "This till",
		day_gateway: "Gateway",
		day_fund: "Fund",
		day_sales: "Sales",
		day_reversals: "Reversals",
		day_balanced: "Balanced: difference 0.00",
		day_differs: "Not balanced. To be looked at: {count}",
		day_unknown: "The gateway does not answer: nothing to compare with yet",
		day_checked: "Compared at {time}",
		day_check_again: "Compare again",
		difference: "What differs",
		"difference_not-at-gateway": "Not at the gateway",
		"difference_not-here": "Not here",
		"difference_sums-differ": "Sums differ",
		"difference_fund-under-way": "Not with the fund yet",
		"difference_fund-refused": "The fund refused",
		difference_refused: "The gateway refused",
		share_hint: "fund's share, som",
		csv: "CSV",
		xlsx: "Excel",
		queue: "Queue",
		queue_empty: "The queue is empty: all is sent",
		queue_waiting: "Waiting to be sent: {count}",
		queue_help: "Sent by itself, in order. Nothing has to be done; do not switch the computer off for long.",
		queue_refused: "Refused after handing over: {count}",
		queue_refused_help: "The goods are with the patient, but the gateway refused. Look into it and mark it as seen.",
		column_what: "What",
		column_since: "When",
		column_tries: "Tries",
		column_problem: "Why it waits",
		kind_dispense: "sale",
		kind_reversal: "reversal",
		seen: "Seen",
		gateway_reachable: "Gateway on line",
		gateway_unknown: "Gateway: being asked",
		gateway_offline: "No line to the gateway since {since}",
		gateway_offline_short: "No line to the gateway",
		gateway_failed: "The gateway failed: trying again",
		offline_help: "New subsidised sales only on a prescription held before the line broke. Reversals are written down.",
		queue_state: "Queue: {count}, since {since}",
		queue_state_empty: "Queue empty",
		under_hold: "Offline, under a hold: {count}",
		refused_state: "Refused: {count} – F7",
		clock_good: "Clock right",
		clock_off: "Clock: {seconds} s",
		clock_blocked: "This computer's clock is wrong: nothing is sold",
		clock_blocked_help: "Set the right date and time (Bishkek) and wait a minute. What is written down is sent by itself.",
		disk_full: "Disk full: nothing is sold",
		disk_full_help: "Make room on the disk. What is written down is not lost.",
		agent_lost: "The agent does not answer",
		agent_lost_help: "The program kopuro-pos on this computer is not running or busy. The page waits and goes on by itself.",
		must_enrol: "The gateway does not know this terminal's key any more",
		must_enrol_help: "Ask the operator for a new code and run «kopuro-pos enrol CODE». The queue is kept.",
		not_enrolled: "The terminal is not enrolled with the gateway",
		not_enrolled_help: "Get a one-time code from the gateway's operator and run «kopuro-pos enrol CODE».",
		terminal: "Terminal",
		stock_state: "Stock: {rows}",
		stock_none: "No stock: prices are typed",
		enter_title: "Open this page from the program",
		enter_help: "Run «kopuro-pos counter»: it opens the page with a one-time code. The code can be typed here too.",
		enter_code: "Code",
		enter_go: "Enter",
		key_new: "New",
		key_units: "Quantity",
		key_boxes: "Boxes",
		key_queue: "Queue",
		key_sales: "Reversal",
		key_day: "Day's end",
		key_language: "Русский",
		key_back: "Back",
		key_next: "Next",
		announce_found: "Prescription found. Offers: {count}.",
		announce_quote: "The patient pays {patient} som, the fund {fund} som."
	}
}, rt = {
	ru: "ky",
	ky: "en",
	en: "ru"
};
function it(e) {
	return e !== null && e in nt;
}
// src/house.ts
var at = "kopuro-language", ot = "kopuro-pharmacist", st = class {
	constructor(e, t, n, r) {
		this.agent = e, this.changed = n, this.tell = r, this.room = "dispensing", this.state = null, this.lost = !1, this.focus = "field", this.announcement = "";
		let i = localStorage.getItem(at) ?? t;
		this.language = it(i) ? i : "ru", this.agent.language = this.language, this.pharmacist = localStorage.getItem(ot) ?? "";
	}
	get texts() {
		return nt[this.language];
	}
	draw() {
		this.changed();
	}
	speak(e) {
		this.language = this.agent.language = e, localStorage.setItem(at, e), this.draw();
	}
	name(e) {
		this.pharmacist = e, localStorage.setItem(ot, e), this.draw();
	}
	go(e, t) {
		this.room = e, this.focus = t, this.draw();
	}
	async look() {
		try {
			this.state = await this.agent.state(), this.lost = !1;
		} catch (e) {
			this.missed(e);
		}
		this.draw();
	}
	missed(e) {
		if (e instanceof Re) return this.lost = !0, null;
		if (!(e instanceof Le)) throw e;
		return this.lost = !1, e.problem.code === "TOKEN_REQUIRED" && (this.room = "entry", this.focus = "code"), e.problem;
	}
};
function ct(e) {
	let t = e.findings.find((e) => e.severity === "error");
	return e.code === "GATEWAY_REFUSED" ? t?.code ?? e.code : e.code;
}
// src/opening.ts
var lt = /^\d{14}$/, ut = class {
	#e;
	#t;
	constructor(e, t) {
		this.desk = e, this.house = t, this.asked = "number", this.entry = "", this.number = "", this.#e = "", this.#t = null;
	}
	get pinGiven() {
		return this.#e !== "";
	}
	get complete() {
		return this.number !== "" && this.pinGiven;
	}
	type(e) {
		this.entry = e, this.desk.notice !== null && (this.desk.notice = null, this.house.draw());
	}
	clear() {
		this.number = this.#e = "", this.#t = null, this.ask("number");
	}
	async accept(e, t) {
		let n = e.text.trim();
		if (this.desk.busy === "quote" && await this.desk.reckoned(), this.desk.busy !== null) return !0;
		if (t && this.asked === "family_name" && n !== "") return this.#t = n, await this.#o(), !0;
		if (n === "") return this.complete && await this.#o(), !0;
		let r = n.replace(/\s/g, "");
		return this.asked === "pin" && lt.test(r) ? (this.#e = r, await this.#o(), !0) : this.#n(e, r, t);
	}
	async #n(e, t, n) {
		try {
			let r = await this.house.agent.scan(e);
			if (r.kind === "prescription" && r.number !== null) await this.#i(r.number);
			else if (r.kind === "pin") await this.#a(t);
			else if (r.kind === "box") this.desk.box(r.code ?? e.text, r.medicine);
			else if (n) this.desk.say(this.#r(), {}, "field");
			else return !1;
		} catch (e) {
			this.desk.problem = this.house.missed(e);
		}
		return this.house.draw(), !0;
	}
	#r() {
		return this.asked === "pin" ? "pin_wrong" : "number_wrong";
	}
	async #i(e) {
		let t = this.desk.step === "start" ? this.#e : "";
		await this.desk.leave(), this.number = e, this.#e = t, this.ask("pin"), t !== "" && await this.#o();
	}
	async #a(e) {
		this.desk.step !== "start" && await this.desk.leave(), this.#e = e, this.ask("number"), this.number !== "" && await this.#o();
	}
	ask(e) {
		this.asked = e, this.entry = "", this.desk.notice = null, this.desk.problem = null, this.house.go("dispensing", "field");
	}
	async #o() {
		this.desk.work("lookup");
		let e = {
			pin: this.#e,
			number: this.number,
			family_name: this.#t
		};
		try {
			this.desk.found = await this.house.agent.lookUp(e), this.#e = "", this.#t = null, this.entry = "", this.desk.step = "offers", this.desk.chosen = 0, this.desk.refused.clear(), this.house.announcement = V(this.house.texts.announce_found, { count: this.desk.found.offers.length }), this.house.focus = this.desk.found.offers.length > 0 ? "offers" : "field", this.asked = "number";
		} catch (e) {
			this.desk.problem = this.house.missed(e), this.#s(this.desk.problem);
		}
		this.desk.rest();
	}
	#s(e) {
		this.house.focus = "field", this.entry = "", e !== null && e.retry !== "same-key-later" && e.code !== "CLOCK_WRONG" && (ct(e) === "LOOKUP_FACTOR_REQUIRED" ? this.asked = "family_name" : (this.#e = "", this.#t = null, this.asked = this.number === "" ? "number" : "pin"));
	}
}, dt = /* @__PURE__ */ new Set([
	"QUOTE_GONE",
	"QUOTE_EXPIRED",
	"QUOTE_CHANGED",
	"AMOUNT_MISMATCH"
]), ft = 1500, pt = class {
	#e = "";
	#t = null;
	#n = null;
	constructor(e, t) {
		this.desk = e, this.house = t;
	}
	renew() {
		this.#e = crypto.randomUUID(), this.#t = this.#n = null, this.write();
	}
	write() {
		let { found: e, chosen: t, quote: n, boxes: r, printed: i } = this.desk;
		if (e === null || n === null) return;
		let a = this.desk.sale?.id ?? null;
		$e({
			found: e,
			chosen: t,
			quote: n,
			boxes: r,
			key: this.#e,
			order: this.#t,
			day: this.#n,
			sale: a,
			printed: i
		});
	}
	#r() {
		return this.desk.boxes.length > 0 && !this.desk.boxesComplete ? [this.desk.boxes.length > this.desk.boxesNeeded ? "box_too_many" : "boxes_missing", "boxes"] : this.desk.receipt.trim() === "" ? ["receipt_required", "receipt"] : F(this.desk.amount) === null ? ["amount_required", "amount"] : this.house.pharmacist.trim() === "" ? ["pharmacist_required", "pharmacist"] : null;
	}
	async sell() {
		if (this.desk.busy !== null || this.desk.step !== "sale") return;
		if (this.desk.quote === null || this.desk.stale) {
			await this.desk.reckon() && this.desk.say("sums_changed", {}, "receipt");
			return;
		}
		let e = this.#r();
		if (e !== null) {
			let t = String(Math.max(this.desk.boxesNeeded - this.desk.boxes.length, 0));
			this.desk.say(e[0], { count: t }, e[1]);
		} else {
			this.#t = {
				key: this.#e,
				quote: this.desk.quote.quote,
				pharmacist: this.house.pharmacist.trim(),
				receipt_number: this.desk.receipt.trim(),
				receipt_amount: F(this.desk.amount) ?? "0.00"
			}, this.#n = z(/* @__PURE__ */ new Date()), this.write(), this.desk.work("sale");
			try {
				this.#c(await this.house.agent.sell(this.#t));
			} catch (e) {
				await this.#i(this.house.missed(e));
			}
			this.desk.rest();
		}
	}
	async #i(e) {
		if (this.desk.problem = e, this.house.focus = "dispense", e === null) return this.resolve();
		e.code === "KEY_REUSED" ? (await this.resolve(), this.desk.sale !== null && (this.desk.notice = "already_recorded")) : (e.retry !== "same-key-later" && e.status < 500 && this.renew(), dt.has(ct(e)) && (this.desk.busy = null, await this.desk.reckon("receipt") && this.desk.say("sums_changed", {}, "receipt")));
	}
	async resolve() {
		for (this.desk.work("resolving"); this.desk.busy === "resolving";) try {
			let e = await this.#o();
			e === void 0 ? this.desk.say("not_sent", {}, "dispense") : e.state === "refused" ? this.#a(e) : this.#c(e), this.house.lost = !1;
			break;
		} catch (e) {
			if (this.house.missed(e) !== null) break;
			this.house.draw(), await new Promise((e) => setTimeout(e, ft));
		}
		this.desk.rest();
	}
	#a(e) {
		let t = this.house.texts.sale_refused, { findings: n } = e;
		this.desk.problem = {
			type: "about:blank",
			title: t,
			status: 422,
			detail: "",
			code: "GATEWAY_REFUSED",
			retry: "after-correction",
			findings: n
		}, this.house.focus = "dispense", this.renew();
	}
	async #o() {
		for (let e of /* @__PURE__ */ new Set([this.#n ?? z(/* @__PURE__ */ new Date()), z(/* @__PURE__ */ new Date())])) {
			let { items: t } = await this.house.agent.sales(e), n = t.find((e) => e.key === this.#e);
			if (n !== void 0) return n;
		}
	}
	async restore() {
		let e = et();
		if (e === null) return;
		let { found: t, chosen: n, quote: r, boxes: i, key: a, order: o, day: s, sale: c, printed: l } = e;
		this.desk.found = t, this.desk.chosen = n, this.desk.quote = r, this.desk.boxes = i, this.#e = a, this.#t = o, this.#n = s, this.desk.opening.number = t.number, this.desk.units = String(r.units), this.desk.price = r.pack_price, this.desk.receipt = o?.receipt_number ?? r.receipt_suggestion ?? "", this.desk.amount = N(o?.receipt_amount ?? r.patient), this.desk.step = "sale", this.house.focus = o === null ? "receipt" : "dispense", c === null ? o !== null && await this.resolve() : await this.#s(c, l), this.house.draw();
	}
	async #s(e, t) {
		try {
			this.#l(await this.house.agent.sale(e), t);
		} catch (e) {
			this.desk.problem = this.house.missed(e);
		}
	}
	#c(e) {
		this.#l(e, 0), this.house.tell("kopuro-sale", e), this.house.look();
	}
	#l(e, t) {
		this.desk.sale = e, this.desk.step = "done", this.desk.printed = t, this.write(), this.desk.problem = null, this.desk.notice = null, this.desk.opening.asked = "number", this.desk.opening.entry = "", this.house.announcement = this.house.texts[e.state === "recorded" ? "sale_recorded" : "sale_waiting"], this.house.focus = "print", this.desk.showSlip();
	}
}, mt = class {
	#e;
	constructor(e) {
		this.house = e, this.step = "start", this.busy = null, this.found = null, this.chosen = 0, this.refused = /* @__PURE__ */ new Set(), this.units = "", this.price = "", this.boxes = [], this.receipt = "", this.amount = "", this.quote = null, this.stale = !1, this.problem = null, this.notice = null, this.notice_values = {}, this.sale = null, this.slip = null, this.printed = 0, this.#e = [], this.opening = new ut(this, e), this.selling = new pt(this, e);
	}
	get offer() {
		return this.found?.offers[this.chosen];
	}
	get boxesNeeded() {
		let e = this.offer?.medicine.pack_size ?? 1;
		return Math.ceil((I(this.units) ?? 0) / e);
	}
	choose(e) {
		let t = this.found?.offers.length ?? 0;
		t !== 0 && this.busy === null && (this.chosen = Math.min(Math.max(e, 0), t - 1), this.problem = null, this.house.draw());
	}
	async take() {
		let e = this.offer;
		if (e === void 0 || this.busy !== null) return;
		let t = e.units ?? 0, n = e.packs === null ? t : Math.min(t, e.packs * e.medicine.pack_size);
		this.units = String(n > 0 ? n : t), this.price = e.pack_price ?? "", this.boxes = [], this.receipt = this.amount = "", this.step = "sale", this.price === "" ? this.say("price_needed", {}, "price") : await this.reckon();
	}
	async reckon(e = "receipt") {
		let t = I(this.units), n = F(this.price);
		if (this.found === null || this.offer === void 0 || this.busy !== null) return !1;
		if (n === null) return this.say("price_wrong", {}, "price");
		if (t === null) return this.say("units_wrong", {}, "units");
		this.work("quote");
		try {
			let { lookup: r } = this.found, i = this.offer.medicine.code, a = this.boxesComplete ? this.boxes : [];
			this.#t(await this.house.agent.quote({
				lookup: r,
				medicine: i,
				units: t,
				pack_price: n,
				shelf_price: n,
				boxes: a,
				hold: !0
			})), this.house.focus = e;
		} catch (e) {
			this.problem = this.house.missed(e), this.problem?.retry === "after-correction" && this.refused.add(this.chosen), this.house.focus = "units";
		}
		return this.rest(), this.problem === null && !this.house.lost;
	}
	#t(e) {
		this.quote = e, this.stale = !1, this.refused.delete(this.chosen), this.amount = N(e.patient), this.receipt ||= e.receipt_suggestion ?? "", this.selling.renew();
		let t = {
			patient: N(e.patient),
			fund: N(e.compensation)
		};
		this.house.announcement = V(this.house.texts.announce_quote, t);
	}
	change(e, t) {
		this[e] = t, this.stale = this.quote !== null, this.notice = null, this.house.draw();
	}
	fillIn(e, t) {
		this[e] = t, this.notice = null, this.house.draw();
	}
	get boxesComplete() {
		return this.boxes.length > 0 && this.boxes.length === this.boxesNeeded;
	}
	box(e, t) {
		if (this.step === "offers") {
			let e = this.found?.offers.findIndex((e) => e.medicine.code === t) ?? -1;
			e >= 0 ? this.choose(e) : this.say("scan_unknown", {}, "offers");
		} else this.step === "sale" ? this.#n(e, t) : this.say("scan_first", {}, "field");
	}
	#n(e, t) {
		if (t !== this.offer?.medicine.code) {
			let e = this.found?.offers.find((e) => e.medicine.code === t)?.medicine.trade_name;
			this.say(e === void 0 ? "box_other_unknown" : "box_other", { medicine: e ?? "" }, this.house.focus);
		} else this.boxes.includes(e) ? this.say("box_repeated", {}, this.house.focus) : (this.boxes = [...this.boxes, e], this.#r());
	}
	removeBox() {
		this.busy === null && this.boxes.length !== 0 && (this.boxes = this.boxes.slice(0, -1), this.#r());
	}
	#r() {
		this.stale = this.quote !== null, this.notice = this.boxes.length > this.boxesNeeded ? "box_too_many" : null, this.notice_values = {}, this.boxesComplete || this.boxes.length === 0 ? this.reckon() : this.house.draw();
	}
	async slipPrinted() {
		this.printed += 1, this.selling.write(), await this.showSlip();
	}
	async showSlip() {
		if (this.sale === null) return;
		let { id: e } = this.sale;
		try {
			let t = await this.house.agent.slip(e, this.printed > 0);
			this.sale?.id === e && (this.slip = t);
		} catch (e) {
			this.house.missed(e), this.slip = null;
		}
		this.house.draw();
	}
	async refresh() {
		if (this.sale !== null) {
			try {
				let e = await this.house.agent.sale(this.sale.id);
				if (this.sale?.id !== e.id) return;
				let t = e.state !== this.sale.state;
				this.sale = e, t && this.printed === 0 && await this.showSlip();
			} catch (e) {
				this.house.missed(e);
			}
			this.house.draw();
		}
	}
	async leave() {
		let e = this.step !== "done" && this.quote !== null ? this.found : null;
		if (tt(), this.step = "start", this.found = this.quote = this.sale = this.slip = null, this.stale = !1, this.boxes = [], this.receipt = this.amount = "", this.opening.clear(), e !== null) try {
			await this.house.agent.release(e.lookup), this.say("released", {}, "field");
		} catch (e) {
			this.house.missed(e);
		}
	}
	async back() {
		(this.busy === null || this.busy === "resolving") && (this.step === "sale" && this.busy === null ? (this.step = "offers", this.problem = null, this.notice = null, this.house.focus = "offers", this.house.draw()) : this.busy === null && await this.leave());
	}
	work(e) {
		this.busy = e, this.problem = null, this.notice = null, this.house.draw();
	}
	reckoned() {
		return new Promise((e) => this.#e.push(e));
	}
	rest() {
		this.busy = null;
		for (let e of this.#e.splice(0)) e();
		this.house.draw();
	}
	say(e, t, n) {
		return this.notice = e, this.notice_values = t, this.house.focus = n, this.house.announcement = V(this.house.texts[e], t), this.house.draw(), !1;
	}
}, ht = [
	{
		key: "F2",
		label: "key_new"
	},
	{
		key: "F4",
		label: "key_units"
	},
	{
		key: "F6",
		label: "key_boxes"
	},
	{
		key: "F7",
		label: "key_queue"
	},
	{
		key: "F8",
		label: "key_sales"
	},
	{
		key: "F9",
		label: "key_day"
	},
	{
		key: "F10",
		label: "key_language"
	},
	{
		key: "Escape",
		label: "key_back"
	},
	{
		key: "Enter",
		label: "key_next"
	}
];
function gt(e) {
	return e === "Escape" ? "Esc" : e;
}
// src/queue.ts
var _t = class {
	constructor(e) {
		this.house = e, this.waiting = [], this.refused = [], this.problem = null;
	}
	async open() {
		this.house.go("queue", "queue"), await this.load(), this.refused.length > 0 && this.house.go("queue", "seen");
	}
	async load() {
		try {
			let { waiting: e, refused: t } = await this.house.agent.queue();
			this.waiting = e, this.refused = t, this.problem = null;
		} catch (e) {
			this.problem = this.house.missed(e);
		}
		this.house.draw();
	}
	async seen(e) {
		let t = this.house.pharmacist.trim();
		if (t === "") this.house.go("queue", "pharmacist");
		else {
			try {
				await this.house.agent.seen(e.id, { pharmacist: t }), await this.house.look(), await this.load();
			} catch (e) {
				this.problem = this.house.missed(e);
			}
			this.house.go("queue", this.refused.length > 0 ? "seen" : "queue");
		}
	}
}, vt = 35, yt = 8, bt = "";
function xt(e, t) {
	return e.ctrlKey && e.code === "BracketRight" || e.key === "F8" && t ? bt : e.ctrlKey || e.altKey || e.metaKey ? null : e.key.length === 1 ? e.key : null;
}
var St = class {
	#e = "";
	#t = !1;
	#n = 0;
	#r = 0;
	#i = () => void 0;
	constructor(e) {
		this.remember = e;
	}
	press(e) {
		let t = e.timeStamp;
		if (t - this.#r > vt && (this.#e = ""), e.key === "Enter" || e.key === "Tab") return this.#a(t, e);
		let n = xt(e, this.#e.length >= yt);
		return n === null ? (e.key.length === 1 && (this.#e = ""), !1) : (this.#e === "" && (this.#n = t, this.#i = this.remember()), this.#e += n, this.#t = e.getModifierState("CapsLock"), this.#r = t, n === bt && (e.preventDefault(), !0));
	}
	#a(e, t) {
		let n = this.#e;
		return this.#e = "", n.length < yt || (e - this.#n) / n.length > vt ? !1 : (t.preventDefault(), this.#i(), {
			text: n,
			caps_lock: this.#t
		});
	}
}, Ct = ":host{--ink:#16202a;--soft:#4a5866;--line:#c9d1d9;--paper:#fff;--ground:#eaeef2;--accent:#0b5394;--accent-dark:#083d6e;--accent-pale:#e3eefa;--good:#14683a;--good-pale:#e3f4ea;--bad:#b01919;--bad-pale:#fdeaea;--warn:#7a4b00;--warn-mark:#c77700;--warn-pale:#fff3d9;--focus:#e07b00;--round:.375rem;color:var(--ink);--lightningcss-light:initial;--lightningcss-dark: ;color-scheme:light;font:.9375rem/1.35 Segoe UI,system-ui,Noto Sans,Ubuntu,DejaVu Sans,sans-serif;display:block}*,:before,:after{box-sizing:border-box}h1,h2,h3,p,dl,dd,dt,ol,ul{margin:0;padding:0}ul,ol{list-style:none}h2{font-size:1.0625rem;line-height:1.25}h3{margin-top:.5rem;font-size:.9375rem}small{color:var(--soft);font-size:.8em;font-weight:400}.also{color:var(--soft);font-size:.8125rem;font-weight:400}.none{color:var(--soft)}.number{font-variant-numeric:tabular-nums;letter-spacing:.02em}.id{overflow-wrap:anywhere;font-size:.75rem}.help,.hint{color:var(--soft);font-size:.8125rem}.quiet{color:var(--soft)}.aside{clip-path:inset(50%);width:1px;height:1px;position:absolute;overflow:hidden}input{width:100%;min-height:2.125rem;font:inherit;font-variant-numeric:tabular-nums;color:var(--ink);border-radius:var(--round);background:#fff;border:1px solid #6b7885;padding:.25rem .5rem}label>span,.label{color:var(--soft);margin-bottom:.125rem;font-size:.8125rem;display:block}button{min-height:2.125rem;font:inherit;color:var(--accent);border:1px solid var(--accent);border-radius:var(--round);cursor:pointer;background:#fff;padding:.25rem .75rem;font-weight:600}button:hover{background:var(--accent-pale)}button.main{color:#fff;background:var(--accent);min-height:2.75rem;font-size:1.0625rem}button.main:hover{background:var(--accent-dark)}button.main.danger{background:var(--bad);border-color:var(--bad)}button.main.danger:hover{background:#861010}button.main.quiet{color:var(--accent);background:#fff}button.main.quiet:hover{background:var(--accent-pale)}button.small{min-height:1.625rem;padding:0 .5rem;font-size:.8125rem;font-weight:400}button[aria-disabled=true]{color:#fff;cursor:progress;background:#5d6a76;border-color:#5d6a76}:focus-visible{outline:3px solid var(--focus);outline-offset:1px}kbd{text-align:center;min-width:1.6em;color:var(--ink);background:#f6f8fa;border:1px solid #8794a1;border-bottom-width:2px;border-radius:.2rem;padding:0 .3em;font-family:inherit;font-size:.75rem;font-weight:600;line-height:1.4;display:inline-block}", wt = ".counter{background:var(--ground);flex-direction:column;height:100%;min-height:100%;display:flex;position:relative}:host{height:100%;container-type:inline-size}.top{background:var(--paper);border-bottom:2px solid var(--accent);align-items:center;gap:.75rem;min-height:2.5rem;padding:0 .75rem;display:flex}.top h1{font-size:1rem;font-weight:600}.brand{color:var(--accent);letter-spacing:.01em;margin-right:.5rem;font-weight:700}.languages{gap:.25rem;margin-left:auto;display:flex}.languages button{color:var(--ink);border-color:#0000}.languages button[aria-pressed=true]{border-color:var(--accent);color:var(--accent);font-weight:600}.floor{flex-direction:column;flex:1;gap:.5rem;min-height:0;padding:.5rem;display:flex}.alarms{display:contents}.alarms p{color:var(--bad);background:var(--bad-pale);border:2px solid var(--bad);border-radius:var(--round);align-items:center;gap:.5rem;padding:.375rem .625rem;font-size:.875rem;display:flex}.alarms strong{font-size:.9375rem}.rooms{flex:1;grid-template-columns:18.5rem minmax(0,1fr) 23.5rem;gap:.5rem;min-height:0;display:grid}.sales .rooms{grid-template-columns:minmax(0,1fr) 26rem}.day .rooms,.queue .rooms{grid-template-columns:minmax(0,1fr)}.entry .rooms{grid-template-columns:minmax(0,32rem);place-content:center}.panel{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;flex-direction:column;gap:.5rem;min-height:0;padding:.625rem .75rem;display:flex;overflow:auto}.keys{border-top:1px solid var(--line);background:#dde4ea;gap:.25rem;padding:.25rem .5rem;display:flex}.keys button,.keys span{min-height:2rem;color:var(--ink);background:var(--paper);border:1px solid var(--line);white-space:nowrap;border-radius:.25rem;flex:auto;justify-content:center;align-items:center;gap:.375rem;padding:0 .375rem;font-size:.8125rem;font-weight:400;display:flex}.keys span{background:0 0;border-color:#0000}.keys button:hover{border-color:var(--accent)}.status{background:var(--paper);border-top:1px solid var(--line);flex-wrap:wrap;align-items:center;gap:.125rem 1rem;min-height:1.75rem;padding:.125rem .75rem;font-size:.8125rem;display:flex}.status .badge.badge{background:0 0;border:0;padding:0}.status .end{margin-left:auto}@container (width<60rem){.counter{height:auto}.rooms,.sales .rooms{grid-template-columns:minmax(0,1fr)}.panel{overflow:visible}.keys{flex-wrap:wrap;position:sticky;bottom:0}}", Tt = ".shape{fill:currentColor;vertical-align:-.2em;flex:none;width:1.125em;height:1.125em}.shape .in{fill:none;stroke:#fff;stroke-width:1.8px;stroke-linecap:round;stroke-linejoin:round}.shape.good{color:var(--good)}.shape.error{color:var(--bad)}.shape.warning{color:var(--warn-mark)}.shape.info{color:var(--accent)}.shape.wait{color:var(--warn-mark)}.badge{white-space:nowrap;border-radius:1rem;align-items:center;gap:.3em;padding:.0625rem .4rem;font-size:.8125rem;font-weight:600;display:inline-flex}.badge.good{color:var(--good);background:var(--good-pale)}.badge.error{color:var(--bad);background:var(--bad-pale)}.badge.warning,.badge.wait{color:var(--warn);background:var(--warn-pale)}.badge.info{color:var(--accent);background:var(--accent-pale)}.findings{gap:.375rem;display:grid}.findings li{border-left:4px solid;border-radius:.25rem;gap:.5rem;padding:.375rem .5rem;font-size:.875rem;display:flex}.findings .error{border-color:var(--bad);background:var(--bad-pale)}.findings .warning{border-color:var(--warn-mark);background:var(--warn-pale)}.findings .info{border-color:var(--accent);background:var(--accent-pale)}.findings .shape{margin-top:.1em}.findings .clause{color:var(--soft);margin-top:.125rem;font-size:.75rem}.findings .action{margin-top:.125rem}.notice{border-radius:.25rem;gap:.5rem;padding:.375rem .5rem;font-size:.875rem;display:flex}.notice .shape{margin-top:.1em}.notice.warning{background:var(--warn-pale)}.notice.info{background:var(--accent-pale)}.notice.error{color:var(--bad);background:var(--bad-pale);border:2px solid var(--bad);font-weight:600}.empty{color:var(--soft);border-radius:var(--round);background:#f5f7f9;gap:.625rem;padding:.75rem;display:flex}.head{justify-content:space-between;align-items:center;gap:.5rem;display:flex}.pair{grid-template-columns:1fr 1fr;align-items:end;gap:.5rem;display:grid}.actions{align-items:center;gap:.5rem;display:flex}.actions .main{flex:1}.sums{background:var(--accent-pale);border-radius:var(--round);border:1px solid #a9c7e6;grid-template-columns:1fr auto;gap:.125rem .75rem;padding:.5rem .625rem;display:grid}.sums .patient{grid-row:1/span 2}.sums dt{color:var(--soft);font-size:.8125rem}.sums dd{font-variant-numeric:tabular-nums;white-space:nowrap;font-size:1.0625rem;font-weight:600;line-height:1.2}.sums .patient dt{color:var(--ink);font-weight:600}.sums .patient dd{color:var(--accent-dark);font-size:2.5rem;font-weight:700;line-height:1.1}.sums dd small{margin-left:.35rem}.sums .patient dd small{color:var(--ink);font-size:1rem}.sums.small .patient dd{font-size:1.75rem}.sums dd.text{white-space:normal;font-size:.9375rem}.sums.uncertain dd{color:var(--soft);text-decoration:line-through}", Et = ".ask{font-weight:600}.field{letter-spacing:.03em;border:2px solid var(--accent);min-height:3rem;font-size:1.375rem}.steps{counter-reset:step;gap:.25rem;margin-top:.25rem;display:grid}.steps li{counter-increment:step;color:var(--soft);border-radius:var(--round);flex-wrap:wrap;align-items:center;gap:.125rem .5rem;padding:.375rem .5rem;display:flex}.steps li:before{content:counter(step);text-align:center;width:1.5rem;height:1.5rem;color:var(--ink);background:#e1e7ed;border-radius:50%;flex:none;font-size:.8125rem;font-weight:600;line-height:1.5rem}.steps .now{color:var(--ink);background:var(--accent-pale);font-weight:600}.steps .now:before{background:var(--accent);color:#fff}.steps .past{color:var(--ink)}.steps .past:before{content:\"✓\";background:var(--good);color:#fff}.card{gap:.5rem;display:grid}.card .head .number{white-space:nowrap;font-size:1.125rem}.card dl{gap:0 .5rem;display:grid}.card dt{color:var(--soft);margin-top:.375rem;font-size:.75rem}.card .head{flex-wrap:wrap}.card .below{display:block}.card .days{grid-template-columns:1fr 1fr}.held{align-items:center;gap:.375rem;font-size:.8125rem;display:flex}.held.self{color:var(--good);font-weight:600}.held.other{color:var(--bad);background:var(--bad-pale);border:2px solid var(--bad);border-radius:var(--round);align-items:flex-start;padding:.375rem .5rem}.columns,.offer{grid-template-columns:1.75rem minmax(0,1fr) 5.25rem 5.75rem 6.75rem;align-items:center;gap:.5rem;display:grid}.columns{color:var(--soft);padding:0 calc(.5rem + 1px) 0 calc(.5rem + 4px);font-size:.75rem}.columns span:nth-child(n+3){text-align:right}.offers{border-radius:var(--round);align-content:start;gap:.25rem;min-height:5rem;display:grid;overflow:auto}.offers:focus-visible,.reasons:focus-visible,.waiting:focus-visible{outline-offset:-1px;outline-width:2px}.offer{border:1px solid var(--line);border-radius:var(--round);cursor:pointer;border-left:4px solid #0000;padding:.25rem .5rem}.offer.chosen{background:var(--accent-pale);border-color:var(--accent);border-left-color:var(--accent)}.offer.absent{background:#f5f7f9}.offer.absent.chosen{background:var(--accent-pale)}.offer .name b{font-size:1rem}.offer .first{flex-wrap:wrap;align-items:baseline;gap:0 .625rem;display:flex}.offer .name .maker{text-overflow:ellipsis;white-space:nowrap;display:block;overflow:hidden}.digit{text-align:center;width:1.5rem;height:1.5rem;color:var(--ink);background:#fff;border:1px solid #8794a1;border-radius:.2rem;font-size:.8125rem;font-weight:600;line-height:1.4rem}.sum .also{font-size:.75rem;display:block}.sum{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.sum.patient{font-size:1.1875rem;font-weight:700}.marks{flex-wrap:wrap;align-items:center;gap:.125rem .375rem;display:flex}.mark{color:var(--soft);white-space:nowrap;font-size:.8125rem}.mark.same{color:var(--good);font-weight:600}.mark.same:before{content:\"= \"}.mark.other:before{content:\"⇄ \"}.divider{color:var(--soft);margin-top:.25rem;font-size:.75rem;font-weight:600}.facts{flex-wrap:wrap;align-items:center;gap:.125rem .5rem;min-height:1.2rem;font-size:.875rem;display:flex}.rest{font-size:.875rem}.course{flex-direction:column;flex:auto;gap:.375rem;min-height:6rem;margin:-3px;padding:3px;display:flex;overflow:auto}.right .main{flex:none;width:100%}.right .actions .main{width:auto}.right input{font-size:1.0625rem}.line{grid-template-columns:auto minmax(0,1fr);align-items:center;gap:.5rem;display:grid}.line>span{margin:0}.boxes{border-radius:var(--round);border:1px dashed #8794a1;flex-wrap:wrap;align-items:center;gap:.125rem .5rem;padding:.25rem .5rem;font-size:.8125rem;display:flex}.boxes:focus-visible{outline-offset:-1px}.boxes button{margin-left:auto}.said{gap:.375rem;display:grid}.state{align-items:center;gap:.5rem;font-size:1.5rem;display:flex}.state.recorded{color:var(--good)}.state.waiting{color:var(--warn)}.state.refused{color:var(--bad)}.outcome{gap:.75rem}.outcome .sums .patient dd{font-size:3rem}.outcome .foot{background:var(--paper);border-top:1px solid var(--line);margin:auto -.75rem -.625rem;padding:.5rem .75rem;display:grid;position:sticky;bottom:-.625rem}.ids{grid-template-columns:auto minmax(0,1fr);gap:.125rem .75rem;font-size:.875rem;display:grid}.outcome .ids{grid-template-columns:repeat(2,auto minmax(0,1fr))}.outcome .ids dt:has(+.id){grid-column:1}.outcome .ids dd.id{grid-column:2/-1}.ids dt{color:var(--soft)}.columns.sales,.offers.sales .offer{grid-template-columns:3rem 6rem minmax(0,1fr) 3.5rem 6.5rem 9.5rem}.columns.sales span{text-align:left}.columns.sales span:nth-child(4),.columns.sales span:nth-child(5){text-align:right}.offers.sales .name .also{display:inline}.offers.sales .past .name,.offers.sales .past .sum{color:var(--soft)}.receipt{overflow-wrap:anywhere}.head .days{align-items:center;gap:.5rem;display:flex}.reasons{gap:.125rem;display:grid}.reasons>div{border:1px solid var(--line);border-radius:var(--round);cursor:pointer;align-items:center;gap:.5rem;padding:.25rem .5rem;display:flex}.reasons .chosen{background:var(--accent-pale);border-color:var(--accent);font-weight:600}.sure{background:var(--warn-pale);border:2px solid var(--warn-mark);border-radius:var(--round);gap:.625rem;padding:.625rem;display:flex}.sure .shape{width:1.5rem;height:1.5rem}.sure strong{font-size:1.0625rem}.verdict{border-radius:var(--round);align-items:center;gap:.5rem;padding:.5rem .75rem;font-size:1.0625rem;display:flex}.verdict .shape{width:1.5rem;height:1.5rem}.verdict.good{color:var(--good);background:var(--good-pale)}.verdict.warning,.verdict.wait{color:var(--warn);background:var(--warn-pale)}.verdict.error{color:var(--bad);background:var(--bad-pale)}.verdict span{font-size:.9375rem}.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9375rem}th{text-align:left;color:var(--soft);font-size:.8125rem;font-weight:600}th,td{border-bottom:1px solid var(--line);vertical-align:top;padding:.3125rem .625rem}table.day{max-width:60rem}table.day th[scope=col],table.day td{text-align:right}table.day tbody td{font-variant-numeric:tabular-nums;font-size:1.125rem}table.day tbody th{color:var(--ink);vertical-align:middle;font-size:.9375rem}td.differs{color:var(--bad);background:var(--bad-pale);font-weight:700}td.differs:before{content:\"≠ \"}.refusal{border:1px solid var(--bad);border-radius:var(--round);gap:.375rem;padding:.5rem .625rem;display:grid}.waiting{border-radius:var(--round)}.wide .line{max-width:28rem}.wide .actions .main{flex:none}.door h2{gap:.5rem;display:flex}", Dt = {
	error: C`<path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z"/><path class="in" d="M5.5 5.5l5 5m0-5l-5 5"/>`,
	warning: C`<path d="M8 1l7.4 13.5H.6z"/><path class="in" d="M8 6v4m0 1.8v.4"/>`,
	info: C`<circle cx="8" cy="8" r="7"/><path class="in" d="M8 7.2V12M8 4v.6"/>`,
	good: C`<circle cx="8" cy="8" r="7"/><path class="in" d="M4.8 8.2l2.3 2.4 4.2-5"/>`,
	wait: C`<circle cx="8" cy="8" r="7"/><path class="in" d="M8 4v4.3l2.8 1.6"/>`
};
function U(e) {
	return S`<svg class="shape ${e}" viewBox="0 0 16 16" aria-hidden="true">${Dt[e]}</svg>`;
}
function W(e, t) {
	return S`<span class="badge ${e}">${U(e)}${t}</span>`;
}
function Ot(e) {
	return S`<kbd>${e}</kbd>`;
}
function kt(e, t, n) {
	return `${e.replace(".", ",")} ${n[`dose_${t}`] ?? t}`;
}
function G(e, t) {
	return kt(e.strength, e.strength_unit, t);
}
function K(e, t) {
	return e === null ? S`<span class="none">–</span>` : S`${N(e)}<small>${t.som}</small>`;
}
var At = {
	error: "finding_error",
	warning: "finding_warning",
	info: "finding_info"
}, jt = [
	"error",
	"warning",
	"info"
];
function q(e, t) {
	if (e.length === 0) return T;
	let { texts: n } = t, r = jt.flatMap((t) => e.filter((e) => e.severity === t));
	return S`<ul class="findings" aria-label=${n.findings}>
    ${r.map((e) => S`<li class=${e.severity}>
        ${U(e.severity)}
        <div>
          <p><strong>${n[At[e.severity]]}.</strong> ${e.message}</p>
          ${e.action === null ? T : S`<p class="action"><b>${n.what_to_do}:</b> ${e.action}</p>`}
          ${e.clause === null ? T : S`<p class="clause">${e.clause}</p>`}
        </div>
      </li>`)}
  </ul>`;
}
function J(e, t) {
	if (e === null) return T;
	let { title: n, detail: r, findings: i } = e, a = {
		code: e.code,
		severity: "error",
		path: null,
		clause: null,
		message: n,
		action: r
	};
	return S`<div role="alert">${q(i.length > 0 ? i : [a], t)}</div>`;
}
function Y(e, t, n) {
	if (e === null) return T;
	let r = e === "released" || e === "already_recorded" ? "info" : "warning";
	return S`<p class="notice ${r}" role="status">${U(r)}<span>${V(n.texts[e], t)}</span></p>`;
}
function Mt(e, t) {
	let { texts: n } = e;
	return S`<label class="line" for="pharmacist"><span>${n.pharmacist}</span>
    <input id="pharmacist" maxlength="128" autocomplete="off" spellcheck="false" .value=${e.pharmacist}
      @input=${(t) => e.name(t.target.value)} @keydown=${X(t)}>
  </label>`;
}
function X(e) {
	return (t) => {
		t.key === "Enter" && (t.preventDefault(), e());
	};
}
function Nt(e, t, n) {
	let r = {
		ArrowDown: e + 1,
		ArrowUp: e - 1,
		Home: 0,
		End: n - 1
	};
	return (e) => {
		let i = /^[1-9]$/.test(e.key) && Number(e.key) <= n ? Number(e.key) - 1 : void 0, a = r[e.key] ?? i;
		a === void 0 || e.ctrlKey || e.altKey || (e.preventDefault(), t(a));
	};
}
// src/views/paper.ts
var Pt = class extends j {
	static {
		this.properties = { slip: { attribute: !1 } };
	}
	static {
		this.styles = o`
    :host { display: block; overflow: auto; min-height: 10rem; flex: 1; background: #eef1f4; border-radius: .375rem; }
    :host(:focus-visible) { outline: 3px solid #e07b00; outline-offset: -3px; }
    .paper { width: fit-content; max-width: 100%; box-sizing: border-box; margin: .5rem auto; padding: 3mm 4mm;
      background: #fff; color: #000; box-shadow: 0 1px 5px #0003; }
  `;
	}
	render() {
		return S`<div class="paper"><div class="body"></div></div>`;
	}
	updated(e) {
		let t = this.renderRoot, n = new CSSStyleSheet();
		n.replaceSync(this.slip.style.replace(/(^|[\s,}])body(?=[\s,{])/g, "$1.body")), t.adoptedStyleSheets = [...t.adoptedStyleSheets.slice(0, 1), n], t.querySelector(".body")?.replaceChildren(document.importNode(this.slip.body, !0));
	}
};
customElements.define("kopuro-paper", Pt);
// src/views/done.ts
var Ft = {
	recorded: "good",
	waiting: "wait",
	refused: "error"
};
function It(e, t) {
	let { house: n, dispensing: r } = e;
	return S`<section class="panel middle outcome" aria-label=${n.texts.sale}>
    ${Lt(t, n)}
    ${Y(r.notice, r.notice_values, n)}
    <div class="foot"><button id="next" class="main quiet" @click=${() => void r.leave()}>
      ${n.texts.next_patient} <kbd>F2</kbd></button></div>
  </section>`;
}
function Lt(e, t) {
	let { texts: n } = t, { medicine: r } = e, i = e.reversal_of !== null, a = (e) => K(i ? e.replace("-", "") : e, n);
	return S`<h2 class="state ${e.state}">${U(Ft[e.state])}${Rt(e, i, n)}</h2>
    ${e.state === "waiting" ? S`<p class="notice ${e.made_offline ? "error" : "warning"}">
      ${U(e.made_offline ? "error" : "warning")}
      <span>${e.made_offline ? n.sale_waiting_held : n.sale_waiting_help}</span></p>` : T}
    <p class="what"><b>${r.trade_name}</b> ${r.form}, ${G(r, n)} №${r.pack_size}
      · ${P(e.units)} ${n.units}</p>
    <dl class="sums">
      <div class="patient"><dt>${i ? n.patient_back : n.patient_pays}</dt><dd>${a(e.patient)}</dd></div>
      <div><dt>${i ? n.fund_back : n.fund_pays}</dt><dd>${a(e.compensation)}</dd></div>
      <div><dt>${n.retail}</dt><dd>${a(e.retail)}</dd></div>
    </dl>
    <p class="marks">${i || e.remaining_units === null ? T : S`<span>${e.remaining_units === 0 ? n.rest_none : V(n.rest, {
		units: e.remaining_units,
		last_day: L(e.last_day)
	})}</span>`}
      ${Bt(e, n)}</p>
    <dl class="ids">
      <dt>${n.column_receipt}</dt><dd>${e.receipt_number}</dd>
      <dt>${n.local_number}</dt><dd>${e.sequence} · ${B(e.at)}</dd>
      <dt>${n.pharmacist}</dt><dd>${e.pharmacist}</dd>
      ${e.dispense === null ? T : S`<dt>${n.gateway_number}</dt><dd class="id">${e.dispense}</dd>`}
      ${e.fund_record === null ? T : S`<dt>${n.fund_number}</dt><dd class="id">${e.fund_record}</dd>`}
    </dl>
    ${q(e.findings, t)}`;
}
function Rt(e, t, n) {
	return e.state === "refused" ? n.sale_refused : e.state === "recorded" ? t ? n.reversal_recorded : n.sale_recorded : t ? n.reversal_waiting : n.sale_waiting;
}
var zt = {
	"under-way": "wait",
	taken: "good",
	refused: "error"
};
function Bt(e, t) {
	return e.fund === null ? T : W(zt[e.fund], t[`fund_${e.fund}`]);
}
function Vt(e, t) {
	let { dispensing: n, house: r } = e, { agent: i, texts: a } = r, o = async () => {
		try {
			let e = n.printed > 0;
			Ye(await i.file(i.slipPath(t.id, e, "pdf")), `${t.receipt_number}.pdf`);
		} catch (e) {
			r.missed(e);
		}
		r.draw();
	};
	return S`<section class="panel right" aria-label=${a.slip}>
    <h2>${a.slip}</h2>
    <div class="actions">
      <button id="print" class="main" aria-disabled=${n.slip === null} @click=${() => e.print()}>
        ${n.printed > 0 ? a.print_copy : a.print} <kbd>Enter</kbd></button>
      <button @click=${() => void o()}>${a.pdf}</button>
    </div>
    ${n.slip === null ? S`<p class="help">${a.slip_unavailable}</p>` : S`<kopuro-paper tabindex="0" role="group" aria-label=${a.slip} .slip=${n.slip}></kopuro-paper>`}
  </section>`;
}
// src/views/daybook.ts
function Ht(e) {
	let { daybook: t, house: n } = e;
	return S`${Gt(t, n)}
    <section class="panel right" aria-label=${n.texts.reverse_title}>${Jt(t, n)}</section>`;
}
function Ut(e, t, n, r) {
	return S`<div class="head"><h2>${e}</h2><span class="days">
    <button class="small" @click=${() => n(-1)}><kbd>PgUp</kbd> ← <span class="aside">${r.day_before}</span></button>
    <b>${L(t)}</b>
    <button class="small" @click=${() => n(1)}><span class="aside">${r.day_after}</span> → <kbd>PgDn</kbd></button>
  </span></div>`;
}
function Wt(e, t) {
	return (n) => {
		n.key !== "PageUp" && n.key !== "PageDown" ? t(n) : (n.preventDefault(), e(n.key === "PageUp" ? -1 : 1));
	};
}
function Gt(e, t) {
	let { texts: n } = t, r = (t) => void e.turn(t), i = Nt(e.chosen, (t) => e.choose(t), e.items.length), a = X(() => void e.next()), o = Wt(r, (e) => e.key === "Enter" ? a(e) : i(e));
	return S`<section class="panel middle" aria-label=${n.sales_of}>
    ${Ut(n.sales_of, e.day, r, n)}
    <div class="columns sales" aria-hidden="true"><span>${n.column_time}</span><span>${n.column_receipt}</span>
      <span>${n.column_medicine}</span><span>${n.column_units}</span><span>${n.column_patient}</span>
      <span>${n.column_state}</span></div>
    <div id="sales" class="offers sales" role="listbox" tabindex="0" aria-label=${n.sales_of}
      aria-activedescendant=${e.items.length === 0 ? T : `sale-${e.chosen}`} @keydown=${o}>
      ${e.items.length === 0 ? S`<div class="empty" role="option" aria-selected="false">${U("info")}<p>${n.sales_none}</p></div>` : e.items.map((t, r) => Kt(e, t, r, n))}
    </div>
    <p class="help">${n.reverse_choose}</p>
  </section>`;
}
function Kt(e, t, n, r) {
	let i = n === e.chosen, a = t.reversal_of !== null;
	return S`<div id="sale-${n}" role="option" aria-selected=${i}
    class="offer ${i ? "chosen" : ""} ${a || t.reversed_by !== null ? "past" : ""}"
    @click=${() => e.choose(n)}>
    <span>${R(t.at)}</span><span class="receipt">${t.receipt_number}</span>
    <span class="name"><b>${t.medicine.trade_name}</b> <span class="also">${G(t.medicine, r)}</span></span>
    <span class="sum">${P(t.units)}</span><span class="sum">${N(t.patient)}</span>
    <span class="marks">${qt(t, r)}
      ${t.made_offline ? W("error", r.offline_mark) : T}</span>
  </div>`;
}
function qt(e, t) {
	return e.state === "refused" ? W("error", t.refused) : e.state === "waiting" ? W("wait", t.waiting) : e.reversed_by === null ? W("good", e.reversal_of === null ? t.recorded : t.reversal) : W("info", t.reversed);
}
function Jt(e, t) {
	let { texts: n } = t, { sale: r, stage: i } = e;
	return r === void 0 ? S`<h2>${n.reverse_title}</h2>${J(e.problem, t)}` : i === "done" && e.reversal !== null ? S`${Lt(e.reversal, t)}
      <button id="next" class="main quiet" @click=${() => void e.next()}>${n.back} <kbd>Enter</kbd></button>` : S`<h2>${n.reverse_title} <span class="also">${r.receipt_number}</span></h2>
    ${Yt(r, n)}
    ${i === "list" ? Xt(e, r, t) : i === "reason" ? Zt(e, n) : Qt(e, r, t)}
    ${J(e.problem, t)}`;
}
function Yt(e, t) {
	return S`<p class="what"><b>${e.medicine.trade_name}</b> ${G(e.medicine, t)} · ${P(e.units)}
      ${t.units} · ${L(e.on)} ${R(e.at)}</p>
    <dl class="sums small"><div class="patient"><dt>${t.patient_pays}</dt><dd>${N(e.patient)}</dd></div>
      <div><dt>${t.fund_pays}</dt><dd>${N(e.compensation)}</dd></div>
      <div><dt>${t.pharmacist}</dt><dd class="text">${e.pharmacist}</dd></div></dl>`;
}
function Xt(e, t, n) {
	let { texts: r } = n;
	return S`${e.reversible ? S`<button class="main danger" @click=${() => void e.next()}>${r.reverse} <kbd>Enter</kbd></button>` : S`<p class="notice info">${U("info")}<span>${r.reverse_impossible}</span></p>`}
    <div class="actions"><button @click=${() => void e.copy()}>${r.slip_copy}</button>
      <button @click=${() => void e.pdf()}>${r.pdf}</button></div>
    ${q(t.findings, n)}`;
}
function Zt(e, t) {
	let n = H.indexOf(e.reason), r = (t) => {
		e.reason = H[Math.min(Math.max(t, 0), H.length - 1)] ?? e.reason, e.touch();
	}, i = Nt(n, r, H.length), a = X(() => void e.next());
	return S`<p class="label" id="reason-label">${t.reason}</p>
    <div id="reason" class="reasons" role="listbox" tabindex="0" aria-labelledby="reason-label"
      aria-activedescendant="reason-${n}"
      @keydown=${(e) => e.key === "Enter" ? a(e) : i(e)}>
      ${H.map((e, i) => S`<div id="reason-${i}" role="option" aria-selected=${i === n}
        class=${i === n ? "chosen" : ""} @click=${() => r(i)}>
        <span class="digit" aria-hidden="true">${i + 1}</span>${t[`reason_${e}`]}</div>`)}
    </div>
    <label class="line" for="note"><span>${t.note} <small>${t.note_hint}</small></span>
      <input id="note" maxlength="255" autocomplete="off" .value=${e.note} @keydown=${a}
        @input=${(t) => e.note = t.target.value}></label>
    <button class="main danger" @click=${() => void e.next()}>${t.reverse} <kbd>Enter</kbd></button>`;
}
function Qt(e, t, n) {
	let { texts: r } = n, i = () => void e.next();
	return S`<div class="sure" role="alert">${U("warning")}<div><strong>${r.reverse_sure}</strong>
      <p>${r.reason}: ${r[`reason_${e.reason}`]}</p>
      <p>${V(r.reverse_money, { sum: N(t.receipt_amount) })}</p></div></div>
    ${Mt(n, i)}
    <button id="confirm" class="main danger" aria-disabled=${e.busy} @click=${i}>
      ${e.busy ? r.reversing : r.reverse_confirm} <kbd>Enter</kbd></button>
    <button @click=${() => e.back()}>${r.back} <kbd>Esc</kbd></button>`;
}
// src/views/closing.ts
function $t(e) {
	let { closing: t, house: n } = e, { texts: r } = n, i = (e) => void t.turn(e);
	return S`<section class="panel wide" aria-label=${r.day_end}
    @keydown=${Wt(i, () => void 0)}>
    ${Ut(r.day_end, t.day, i, r)}
    ${J(t.problem, n)}
    ${t.told === null ? T : en(t.told, r)}
    <div class="actions">
      <button id="day" class="main" aria-disabled=${t.busy} @click=${() => void t.check()}>
        ${r.day_check_again} <kbd>Enter</kbd></button>
      <button @click=${() => void t.keep("csv")}>${r.csv}</button>
      <button @click=${() => void t.keep("xlsx")}>${r.xlsx}</button>
      ${t.told === null ? T : S`<span class="also">${V(r.day_checked, { time: R(t.told.checked_at) })}</span>`}
    </div>
  </section>`;
}
function en(e, t) {
	let { agent: n, gateway: r, fund: i } = e, a = [
		n,
		r,
		i
	], o = (e, t) => nn(t, a, (t) => P(t[e])), s = (e, t) => nn(t, a, (t) => N(t[e]));
	return S`${tn(e, t)}
    <div class="scroll"><table class="day">
      <thead><tr><td></td><th scope="col">${t.day_agent}</th><th scope="col">${t.day_gateway}</th>
        <th scope="col">${t.day_fund}</th></tr></thead>
      <tbody>
        ${o("sales", t.day_sales)}${o("reversals", t.day_reversals)}
        ${s("retail", t.retail)}${s("compensation", t.fund_pays)}${s("patient", t.patient_pays)}
      </tbody></table></div>
    ${e.differences.length === 0 ? T : rn(e.differences, t)}`;
}
function tn(e, t) {
	let [n, r] = e.balanced ? ["good", t.day_balanced] : e.gateway === null ? ["error", t.day_unknown] : ["warning", V(t.day_differs, { count: e.differences.length })];
	return S`<p class="verdict ${n}" role="status">${U(n)}<strong>${r}</strong></p>`;
}
function nn(e, t, n) {
	let [r] = t, i = r == null ? "" : n(r);
	return S`<tr><th scope="row">${e}</th>${t.map((e) => {
		let t = e === null ? "–" : n(e);
		return S`<td class=${t === i ? "" : "differs"}>${t}</td>`;
	})}</tr>`;
}
function rn(e, t) {
	let n = (e) => S`${e === null ? "–" : N(e)}`;
	return S`<h3>${t.difference} <small>${t.share_hint}</small></h3>
    <div class="scroll"><table class="differences">
      <thead><tr><th scope="col">${t.column_receipt}</th><th scope="col">${t.column_what}</th>
        <th scope="col">${t.day_agent}</th><th scope="col">${t.day_gateway}</th>
        <th scope="col">${t.day_fund}</th><th scope="col">${t.what_to_do}</th></tr></thead>
      <tbody>${e.map((e) => S`<tr><td>${e.receipt_number ?? "–"}</td>
        <td><strong>${t[`difference_${e.kind}`]}</strong></td>
        <td class="sum">${n(e.agent)}</td><td class="sum">${n(e.gateway)}</td>
        <td class="sum">${n(e.fund)}</td><td>${e.message}</td></tr>`)}</tbody></table></div>`;
}
// src/views/frame.ts
var an = 30;
function on({ house: e }) {
	let { texts: t, state: n } = e, { pharmacy: r, pharmacy_name: i } = n?.terminal ?? {};
	return S`<header class="top">
    <h1><span class="brand">Көпүрө</span> ${i ?? t.title}</h1>
    ${r == null ? T : S`<span class="also">${r}</span>`}
    <div class="languages" role="group" aria-label="Тил · Язык · Language">
      ${[
		"ky",
		"ru",
		"en"
	].map((t) => S`<button class="small" lang=${t}
        aria-pressed=${t === e.language} @click=${() => e.speak(t)}>${nt[t].language_name}</button>`)}
    </div>
  </header>`;
}
function sn(e) {
	let { state: t, texts: n } = e;
	return S`<div class="alarms" role="alert">${[[
		e.lost,
		n.agent_lost,
		n.agent_lost_help
	], ...t === null ? [] : cn(t, n)].filter(([e]) => e).map(([, e, t]) => S`<p>${U("error")}<span><strong>${e}.</strong> ${t}</span></p>`)}</div>`;
}
function cn({ terminal: e, clock: t, disk_full: n, gateway: r }, i) {
	let a = r.offline_since, o = a === null ? i.gateway_offline_short : V(i.gateway_offline, { since: B(a) });
	return [
		[
			e.must_enrol_again,
			i.must_enrol,
			i.must_enrol_help
		],
		[
			!e.enrolled && !e.must_enrol_again,
			i.not_enrolled,
			i.not_enrolled_help
		],
		[
			t.blocked,
			i.clock_blocked,
			i.clock_blocked_help
		],
		[
			n,
			i.disk_full,
			i.disk_full_help
		],
		[
			r.reachable === !1,
			o,
			i.offline_help
		]
	];
}
function ln(e) {
	let { texts: t } = e.house;
	return S`<nav class="keys" aria-label="F2 … Esc">
    ${ht.map(({ key: n, label: r }) => n === "Enter" ? S`<span>${Ot(gt(n))} ${t[r]}</span>` : S`<button tabindex="-1" @mousedown=${(e) => e.preventDefault()}
            @click=${() => e.shortcut(n)}>${Ot(gt(n))} ${t[r]}</button>`)}
  </nav>`;
}
function un({ house: e }) {
	let { state: t, texts: n } = e;
	return S`<footer class="status">${t === null || e.lost ? W("error", n.agent_lost) : S`${dn(t, n)}${fn(t, n)}${pn(t, n)}
      <span class="quiet">${t.stock_rows === 0 ? n.stock_none : V(n.stock_state, { rows: P(t.stock_rows) })}</span>
      <span class="quiet end">${n.terminal} ${t.terminal.client ?? "–"} · ${t.version}</span>`}
  </footer>`;
}
function dn({ gateway: e }, t) {
	return e.reachable === null ? W("wait", t.gateway_unknown) : e.reachable ? W("good", t.gateway_reachable) : W("error", t.gateway_offline_short);
}
function fn({ queue: e }, t) {
	let { oldest_at: n } = e;
	return S`${n === null ? W("good", t.queue_state_empty) : W("wait", V(t.queue_state, {
		count: P(e.waiting),
		since: B(n)
	}))}
    ${e.under_hold === 0 ? T : W("error", V(t.under_hold, { count: P(e.under_hold) }))}
    ${e.refused === 0 ? T : W("error", V(t.refused_state, { count: P(e.refused) }))}`;
}
function pn({ clock: { offset_seconds: e, blocked: t } }, n) {
	if (e === null) return T;
	let r = `${e > 0 ? "+" : "−"}${P(Math.abs(Math.round(e)))}`;
	return t ? W("error", V(n.clock_off, { seconds: r })) : Math.abs(e) < an ? W("good", n.clock_good) : W("warning", V(n.clock_off, { seconds: r }));
}
// node_modules/lit-html/directive.js
var Z = {
	ATTRIBUTE: 1,
	CHILD: 2,
	PROPERTY: 3,
	BOOLEAN_ATTRIBUTE: 4,
	EVENT: 5,
	ELEMENT: 6
}, mn = (e) => (...t) => ({
	_$litDirective$: e,
	values: t
}), hn = class {
	constructor(e) {}
	get _$AU() {
		return this._$AM._$AU;
	}
	_$AT(e, t, n) {
		this._$Ct = e, this._$AM = t, this._$Ci = n;
	}
	_$AS(e, t) {
		return this.update(e, t);
	}
	update(e, t) {
		return this.render(...t);
	}
}, gn = mn(class extends hn {
	constructor(e) {
		if (super(e), e.type !== Z.ATTRIBUTE || e.name !== "class" || e.strings?.length > 2) throw Error("`classMap()` can only be used in the `class` attribute and must be the only part in the attribute.");
	}
	render(e) {
		return " " + Object.keys(e).filter((t) => e[t]).join(" ") + " ";
	}
	update(e, [t]) {
		if (this.st === void 0) {
			this.st = /* @__PURE__ */ new Set(), e.strings !== void 0 && (this.nt = new Set(e.strings.join(" ").split(/\s/).filter((e) => e !== "")));
			for (let e in t) t[e] && !this.nt?.has(e) && this.st.add(e);
			return this.render(t);
		}
		let n = e.element.classList;
		for (let e of this.st) e in t || (n.remove(e), this.st.delete(e));
		for (let e in t) {
			let r = !!t[e];
			r === this.st.has(e) || this.nt?.has(e) || (r ? (n.add(e), this.st.add(e)) : (n.remove(e), this.st.delete(e)));
		}
		return w;
	}
});
// src/views/offers.ts
function _n(e) {
	let { dispensing: t, house: n } = e, { texts: r } = n, { found: i, step: a } = t, o = a === "sale" ? null : t.problem;
	return S`<section class="panel middle" aria-label=${r.offers}>
    <h2>${r.offers}</h2>
    ${J(o, n)}
    ${i === null ? o === null ? S`<div class="empty">${U("info")}<p>${r.offers_none}</p></div>` : T : i.offers.length === 0 ? S`<div class="empty">${U("error")}<p><strong>${r.offers_empty}</strong></p></div>` : vn(e, i.offers)}
    ${i === null ? T : q([...i.findings, ...t.quote?.findings ?? []], n)}
  </section>`;
}
function vn(e, t) {
	let { dispensing: n, house: r } = e, { texts: i } = r, { chosen: a } = n, o = Nt(a, (e) => n.choose(e), t.length), s = X(() => void n.take()), c = t.filter((e) => e.in_stock).length;
	return S`<div class="columns" aria-hidden="true">
      <span></span><span>${i.column_medicine}</span><span>${i.column_price}</span>
      <span>${i.column_fund}</span><span>${i.column_patient}</span>
    </div>
    <div id="offers" class="offers" role="listbox" tabindex="0" aria-label=${i.offers}
      aria-activedescendant="offer-${a}"
      @keydown=${(e) => e.key === "Enter" ? s(e) : o(e)}>
      ${t.map((t, n) => S`
        ${n === c ? S`<p class="divider" role="presentation">${i.not_in_stock}</p>` : T}
        ${yn(e, t, n)}`)}
    </div>
    <p class="help">${i.choose_help}</p>`;
}
function yn(e, t, n) {
	let { dispensing: r, house: i } = e, { texts: a } = i, { medicine: o } = t, s = n === r.chosen;
	return S`<div id="offer-${n}" role="option" aria-selected=${s}
    class=${gn({
		offer: !0,
		chosen: s,
		absent: !t.in_stock
	})}
    @click=${() => r.choose(n)} @dblclick=${() => void r.take()}>
    <span class="digit" aria-hidden="true">${n < 9 ? n + 1 : ""}</span>
    <span class="name">
      <span class="first"><b>${o.trade_name}</b> ${xn(t, r.refused.has(n), a)}</span>
      <span class="also maker">${o.form} ${G(o, a)} №${o.pack_size} ·
        ${o.manufacturer}, ${o.country}</span>
    </span>
    <span class="sum">${bn(t.pack_price)}
      ${t.packs === null ? T : S`<span class="also">${V(a.packs_left, { packs: t.packs })}</span>`}
    </span>
    <span class="sum">${bn(t.compensation)}</span>
    <span class="sum patient">${bn(t.patient)}</span>
  </div>`;
}
function bn(e) {
	return e === null ? S`<span class="none">–</span>` : S`${N(e)}`;
}
function xn(e, t, n) {
	let { packs: r, units: i, medicine: a } = e, o = r === null || i === null || r * a.pack_size >= i;
	return S`
    <span class="mark ${e.prescribed ? "same" : "other"}">
      ${e.prescribed ? n.as_prescribed : n.substitution}</span>
    ${o ? T : W("warning", V(n.too_few_packs, { units: r * a.pack_size }))}
    ${t ? W("error", n.refused_offer) : T}`;
}
// node_modules/lit-html/directive-helpers.js
var { I: Sn } = Ne, Cn = (e) => e.strings === void 0, wn = {}, Tn = (e, t = wn) => e._$AH = t, En = mn(class extends hn {
	constructor(e) {
		if (super(e), e.type !== Z.PROPERTY && e.type !== Z.ATTRIBUTE && e.type !== Z.BOOLEAN_ATTRIBUTE) throw Error("The `live` directive is not allowed on child or event bindings");
		if (!Cn(e)) throw Error("`live` bindings can only contain a single expression");
	}
	render(e) {
		return e;
	}
	update(e, [t]) {
		if (t === w || t === T) return t;
		let n = e.element, r = e.name;
		if (e.type === Z.PROPERTY) {
			if (t === n[r]) return w;
		} else if (e.type === Z.BOOLEAN_ATTRIBUTE) {
			if (!!t === n.hasAttribute(r)) return w;
		} else if (e.type === Z.ATTRIBUTE && n.getAttribute(r) === t + "") return w;
		return Tn(e), t;
	}
}), Dn = {
	number: "ask_number",
	pin: "ask_pin",
	family_name: "ask_family_name"
}, On = {
	number: "hint_number",
	pin: "hint_pin",
	family_name: "hint_family_name"
}, kn = {
	issued: "good",
	"partially-dispensed": "good",
	dispensed: "info",
	expired: "error",
	cancelled: "error"
}, An = 864e5;
function jn(e) {
	let { dispensing: t, house: n } = e, { texts: r } = n, { found: i, busy: a, opening: o, step: s } = t, { asked: c } = o, l = a === "lookup";
	return S`<section class="panel left" aria-label=${r.prescription}>
    <label class="ask" for="field">${r[Dn[c]]}</label>
    <input id="field" class="field" .value=${En(o.entry)} autocomplete="off" spellcheck="false"
      maxlength="512" aria-describedby="hint" aria-busy=${l}
      @input=${(e) => o.type(e.target.value)}
      @keydown=${X(() => void o.accept({ text: o.entry }, !0))}>
    <p id="hint" class="hint">
      ${l ? S`<strong>${r.looking_up}</strong>` : r[On[c]]}
      ${o.complete && !l ? S`<br><strong>${r.hint_again}</strong>` : T}
    </p>
    ${s === "start" ? Y(t.notice, t.notice_values, n) : T}
    ${i === null ? Mn(e, s) : Nn(i, t.sale, n)}
  </section>`;
}
function Mn(e, t) {
	let { dispensing: { opening: n }, house: r } = e, { texts: i } = r, a = n.number.replace(/(\d{4})(?=\d)/g, "$1 ");
	return S`<ol class="steps">
    <li class=${a === "" ? n.asked === "number" ? "now" : "" : "past"}>
      ${i.step_1}${a === "" ? T : S`<b class="number">${a}</b>`}
    </li>
    <li class=${n.pinGiven ? "past" : n.asked === "number" ? "" : "now"}>${i.step_2}</li>
    <li class=${t === "offers" ? "now" : ""}>${i.step_3}</li>
    <li>${i.step_4}</li>
  </ol>`;
}
function Nn(e, t, n) {
	let { texts: r } = n, { medicine: i, hold: a } = e, [o, s] = Pn(e, t);
	return S`<div class="card">
    <div class="head"><b class="number">${e.display_number}</b>
      ${W(kn[o] ?? "info", r[`state_${o}`] ?? o)}</div>
    ${a === null ? T : In(a, n)}
    <dl>
      <dt>${r.ordered}</dt>
      <dd><b>${i.inn}</b> ${kt(e.dose, e.dose_unit, r)}
        <span class="also below">${i.trade_name}, ${i.form} ${G(i, r)}</span></dd>
      ${e.directions === null ? T : S`<dt>${r.directions}</dt><dd>${e.directions}</dd>`}
      <dt>${r.remaining}</dt>
      <dd><b>${V(r.of_ordered, {
		remaining: s,
		ordered: e.ordered_units
	})}</b></dd>
    </dl>
    <dl class="days">
      <div><dt>${r.issued_on}</dt><dd>${L(e.issued_on)}</dd></div>
      <div><dt>${r.last_day}</dt><dd><b>${L(e.last_day)}</b></dd><dd class="also">
        ${s === 0 ? T : Fn(e, r)}</dd></div>
    </dl>
  </div>`;
}
function Pn(e, t) {
	return t === null || t.state === "refused" || t.reversed_by !== null || t.remaining_units === null ? [e.state, e.remaining_units] : [t.remaining_units === 0 ? "dispensed" : "partially-dispensed", t.remaining_units];
}
function Fn(e, t) {
	let n = Math.round((Date.parse(e.last_day) - Date.parse(z(/* @__PURE__ */ new Date()))) / An);
	return n < 0 ? "" : n === 0 ? t.last_day_today : V(t.days_left, { days: n });
}
function In(e, { texts: t }) {
	let n = {
		since: B(e.since),
		until: B(e.until)
	};
	return e.holder === "self" ? S`<p class="held self">${U("good")}${V(t.held_self, n)}</p>` : S`<div class="held other" role="alert">${U("error")}
    <p><strong>${V(t.held_other, n)}.</strong> ${t.held_other_help}</p></div>`;
}
// src/views/queue.ts
var Q = 100;
function Ln(e) {
	let { queue: t, house: n } = e, { texts: r } = n;
	return S`<section class="panel wide" aria-label=${r.queue}>
    <h2>${r.queue}</h2>
    ${J(t.problem, n)}
    ${t.refused.length === 0 ? T : Vn(e, t.refused)}
    <div id="queue" tabindex="0" class="waiting" role="group" aria-label=${r.queue}>
      ${t.waiting.length === 0 ? S`<p class="verdict good">${U("good")}<strong>${r.queue_empty}</strong></p>` : Rn(t.waiting, r)}
    </div>
  </section>`;
}
function Rn(e, t) {
	return S`<p class="verdict wait">${U("wait")}
      <span><strong>${V(t.queue_waiting, { count: P(e.length) })}.</strong> ${t.queue_help}</span></p>
    <table>
      <thead><tr><th scope="col">№</th><th scope="col">${t.column_what}</th>
        <th scope="col">${t.column_since}</th><th scope="col">${t.column_tries}</th>
        <th scope="col">${t.column_problem}</th></tr></thead>
      <tbody>${e.slice(0, Q).map((e) => S`<tr><td>${e.sequence}</td>
        <td>${t[`kind_${e.kind}`]} ${e.made_offline ? W("error", t.offline_mark) : T}</td>
        <td>${B(e.at)}</td><td>${P(e.tries)}</td>
        <td>${Bn(e.last_problem, t)}</td></tr>`)}</tbody></table>
    ${e.length > Q ? S`<p class="help">… + ${P(e.length - Q)}</p>` : T}`;
}
var zn = {
	GATEWAY_UNREACHABLE: "gateway_offline_short",
	INTERNAL_ERROR: "gateway_failed",
	ENROL_AGAIN: "must_enrol",
	DISK_FULL: "disk_full"
};
function Bn(e, t) {
	let n = e === null ? void 0 : zn[e];
	return n === void 0 ? e ?? "–" : t[n];
}
function Vn(e, t) {
	let { queue: n, house: r } = e, { texts: i } = r;
	return S`<p class="verdict error">${U("error")}<span><strong>${V(i.queue_refused, { count: t.length })}.
      </strong> ${i.queue_refused_help}</span></p>
    ${Mt(r, () => e.move("seen"))}
    ${t.map((e, t) => Hn(e, t === 0, () => void n.seen(e), r))}`;
}
function Hn(e, t, n, r) {
	let { texts: i } = r;
	return S`<article class="refusal">
    <div class="head"><p class="what"><b>${e.medicine.trade_name}</b> ${G(e.medicine, i)} ·
      ${P(e.units)} ${i.units} · ${i.column_receipt} ${e.receipt_number} · ${B(e.at)} ·
      ${i.fund_pays}: ${N(e.compensation)}</p>
      <button id=${t ? "seen" : T} @click=${n}>${i.seen}</button></div>
    ${q(e.findings, r)}
  </article>`;
}
// src/views/sale.ts
var Un = 2592e5;
function Wn(e) {
	let { dispensing: t, house: n } = e, { texts: r } = n, { offer: i, step: a } = t;
	return S`<section class="panel right" aria-label=${r.sale}>
    ${i === void 0 ? S`<h2>${r.sale}</h2><div class="empty">${U("info")}<p>${r.sale_none}</p></div>` : S`${Gn(i, r)}${a === "sale" ? qn(e, i) : Kn(i, r)}`}
  </section>`;
}
function Gn({ medicine: e }, t) {
	return S`<h2>${e.trade_name} <span class="also">${G(e, t)} №${e.pack_size}</span></h2>`;
}
function Kn(e, t) {
	return S`<p class="facts">${e.units === null ? "–" : `${e.units} ${t.units}`}
      ${e.units === null ? T : Yn(e.units, e, t)}</p>
    ${Jn(e, t, !1)}
    <p class="help">Enter – ${t.key_next.toLowerCase()}</p>`;
}
function qn(e, t) {
	let { dispensing: n, house: r } = e, { texts: i } = r, { quote: a, stale: o, busy: s } = n, c = (t) => () => e.move(t), l = r.pharmacist.trim() !== "", u = a !== null && !o;
	return S`<div class="course">
      ${$n(e)}
      <div class="pair">
        ${$(n, "units", i.units_label, "F4", () => void n.reckon())}
        ${$(n, "price", i.price_label, "", () => void n.reckon())}
      </div>
      <p class="facts">${Xn(n, t, i)}</p>
      ${Jn(a ?? t, i, o || a === null)}
      ${a === null ? T : S`<p class="rest">${Zn(a, i)}</p>`}
      ${Qn(e, t)}
    </div>
    <div class="pair">
      ${$(n, "receipt", i.receipt_number, "", c("amount"))}
      ${$(n, "amount", i.receipt_amount, "", c(l ? "dispense" : "pharmacist"))}
    </div>
    ${Mt(r, c("dispense"))}
    <button id="dispense" class="main" aria-disabled=${s !== null} @click=${() => void n.selling.sell()}>
      ${s === "sale" ? i.dispensing : s === "quote" ? i.quoting : s === "resolving" ? i.resolving : u || a === null ? i.dispense : i.requote}
      ${s === null ? S`<kbd>Enter</kbd>` : T}
    </button>`;
}
function $(e, t, n, r, i) {
	let a = (n) => {
		let { value: r } = n.target;
		t === "units" || t === "price" ? e.change(t, r) : e.fillIn(t, r);
	}, o = t === "price" ? e.price.replace(".", ",") : e[t];
	return S`<label for=${t}><span>${n}${r === "" ? T : S` <kbd>${r}</kbd>`}</span>
    <input id=${t} class=${t} .value=${En(o)} autocomplete="off" spellcheck="false" maxlength="64"
      inputmode=${t === "receipt" ? "text" : "decimal"} @input=${a} @keydown=${X(i)}></label>`;
}
function Jn(e, t, n) {
	return S`<dl class="sums ${n && "quote" in e ? "uncertain" : ""}">
    <div class="patient"><dt>${t.patient_pays}</dt><dd>${K(e.patient, t)}</dd></div>
    <div><dt>${t.fund_pays}</dt><dd>${K(e.compensation, t)}</dd></div>
    <div><dt>${t.retail}</dt><dd>${K(e.retail, t)}</dd></div>
  </dl>`;
}
function Yn(e, { medicine: t }, n) {
	let r = t.pack_size;
	return e % r === 0 ? V(n.units_packs, {
		packs: e / r,
		size: r
	}) : "";
}
function Xn(e, t, n) {
	let { quote: r } = e, i = I(e.units), a = r?.max_units ?? t.units;
	return S`${i === null ? T : Yn(i, t, n)}
    ${a === null ? T : S`<span class="also">${V(n.units_most, { max: a })}</span>`}
    ${r !== null && r.extra_units > 0 ? W("warning", V(n.units_extra, { extra: r.extra_units })) : T}`;
}
function Zn(e, t) {
	return e.remaining_units === 0 ? t.rest_nothing : V(t.rest, {
		units: e.remaining_units,
		last_day: L(e.last_day)
	});
}
function Qn(e, t) {
	let { dispensing: n, house: r } = e, { texts: i } = r, a = n.boxes.length, o = t.medicine.pack_size, s = I(n.units) ?? 0, c = n.boxesNeeded - a;
	return S`<div id="boxes" class="boxes" tabindex="0" role="group" aria-label=${i.boxes} @keydown=${(e) => {
		(e.key === "Delete" || e.key === "Backspace") && n.removeBox();
	}}>
    <span>${i.boxes} <kbd>F6</kbd></span>
    ${a === 0 ? S`<span class="also">${i.boxes_none}</span>` : S`<span>${V(i.boxes_count, {
		boxes: a,
		size: o,
		units: Math.min(a * o, s),
		wanted: s
	})}</span>
        ${c === 0 ? W("good", i.boxes_enough) : c > 0 ? W("warning", V(i.boxes_missing, { count: c })) : T}
        <button class="small" @click=${() => n.removeBox()}>${i.boxes_remove} <kbd>Del</kbd></button>`}
  </div>`;
}
function $n(e) {
	let { dispensing: t, house: n } = e, { texts: r } = n, { quote: i } = t, a = F(t.amount), o = i?.patient ?? null, s = a !== null && o !== null && N(a) !== N(o);
	return S`<div class="said">
    ${t.busy === "resolving" ? Y("resolving", {}, n) : T}
    ${Y(t.notice, t.notice_values, n)}
    ${er(n, i)}
    ${J(t.problem, n)}
    ${s ? S`<p class="notice warning">${U("warning")}<span>${V(r.amount_differs, { due: N(o) })}</span></p>` : T}
  </div>`;
}
function er({ state: e, texts: t }, n) {
	if (e?.gateway.reachable !== !1) return T;
	let r = n?.hold ?? null;
	if (r === null) return S`<p class="notice error">${U("error")}<span>${t.offline_unheld}</span></p>`;
	let i = B(new Date(Date.parse(r.since) + Un).toISOString());
	return S`<p class="notice error">${U("error")}<span>${V(t.offline_held, { until: i })}</span></p>`;
}
// src/views/screen.ts
function tr(e) {
	let { house: t } = e;
	return S`<div class="counter" lang=${t.language}>
    ${on(e)}
    <main class="floor ${t.room}">${sn(t)}<div class="rooms">${nr(e)}</div></main>
    ${ln(e)}
    ${un(e)}
    <p class="aside" aria-live="polite">${t.announcement}</p>
  </div>`;
}
function nr(e) {
	switch (e.house.room) {
		case "entry": return ir(e);
		case "sales": return Ht(e);
		case "day": return $t(e);
		case "queue": return Ln(e);
		case "dispensing": return rr(e);
	}
}
function rr(e) {
	let { sale: t, step: n } = e.dispensing;
	return n === "done" && t !== null ? S`${jn(e)}${It(e, t)}${Vt(e, t)}` : S`${jn(e)}${_n(e)}${Wn(e)}`;
}
function ir(e) {
	let { dispensing: { problem: t }, house: n } = e, { texts: r } = n, i = () => void e.enter(e.renderRoot.querySelector("#code")?.value.trim() ?? "");
	return S`<section class="panel door" aria-label=${r.enter_title}>
    <h2>${U("info")}${r.enter_title}</h2>
    <p>${r.enter_help}</p>
    <label for="code"><span>${r.enter_code}</span>
      <input id="code" class="field" autocomplete="off" spellcheck="false" maxlength="64" @keydown=${X(i)}></label>
    <button class="main" @click=${i}>${r.enter_go} <kbd>Enter</kbd></button>
    ${t?.code === "TOKEN_REQUIRED" ? "" : J(t, n)}
  </section>`;
}
// src/counter.ts
var ar = class extends j {
	static {
		this.styles = [
			Ct,
			wt,
			Tt,
			Et
		].map((e) => a(e));
	}
	static {
		this.properties = {
			agent: {},
			token: {},
			language: {}
		};
	}
	#e = new St(() => this.#s());
	#t = () => void 0;
	#n = null;
	connectedCallback() {
		super.connectedCallback();
		let e = new Ve(this.agent ?? "", this.token ?? null), t = (e, t) => this.dispatchEvent(new CustomEvent(e, {
			detail: t,
			bubbles: !0,
			composed: !0
		}));
		this.house = new st(e, this.language ?? null, () => this.requestUpdate(), t), this.dispensing = new mt(this.house), this.daybook = new Ze(this.house), this.closing = new Xe(this.house), this.queue = new _t(this.house), window.addEventListener("keydown", this.#a, { capture: !0 }), this.#r(e);
	}
	disconnectedCallback() {
		super.disconnectedCallback(), window.removeEventListener("keydown", this.#a, { capture: !0 }), this.#t();
	}
	async #r(e) {
		let t = /^#enter=(.+)$/.exec(location.hash)?.[1];
		this.token === void 0 && t !== void 0 ? (history.replaceState(null, "", location.pathname), await this.enter(decodeURIComponent(t))) : await this.house.look(), this.isConnected && (this.#t = e.listen((e) => void this.#i(e)), this.house.room === "dispensing" && await this.dispensing.selling.restore());
	}
	async enter(e) {
		try {
			await this.house.agent.enter({ code: e }), this.house.go("dispensing", "field");
		} catch (e) {
			this.dispensing.problem = this.house.missed(e), this.house.go("entry", "code");
			return;
		}
		await this.house.look();
	}
	async #i(e) {
		await this.house.look(), e !== "state" && (e === "sale" && this.dispensing.step === "done" && await this.dispensing.refresh(), this.house.room === "queue" && await this.queue.load(), this.house.room === "sales" && this.daybook.stage === "list" && await this.daybook.load());
	}
	#a = (e) => {
		if (!e.isComposing && this.#d()) {
			if (e.key === "Enter" && e.repeat) e.preventDefault(), e.stopPropagation();
			else {
				if (this.house.room !== "entry") {
					let t = this.#e.press(e);
					if (typeof t == "object" && this.#o(t), t !== !1) {
						e.stopPropagation();
						return;
					}
				}
				this.focused === null && this.move(this.usual), ht.some(({ key: t }) => t === e.key && t !== "Enter") && !e.ctrlKey && !e.altKey && (e.preventDefault(), e.stopPropagation(), this.shortcut(e.key));
			}
		}
	};
	async #o(e) {
		let t = this.focused, n = t instanceof HTMLInputElement && t.id !== "field" ? t : null;
		this.house.room !== "dispensing" && this.house.go("dispensing", "field"), await this.dispensing.opening.accept(e, n === null) || n === null || (n.value = e.text, n.dispatchEvent(new InputEvent("input", { bubbles: !0 })));
	}
	#s() {
		let e = this.focused instanceof HTMLInputElement ? this.focused : null, { chosen: t } = this.dispensing, n = e?.value ?? "";
		return () => {
			this.dispensing.step === "offers" && this.dispensing.choose(t), e !== null && (e.value = n, e.dispatchEvent(new InputEvent("input", { bubbles: !0 })));
		};
	}
	shortcut(e) {
		(this.house.room !== "entry" || e === "F10") && (e === "F2" ? this.#c() : e === "F4" ? this.#l("units") : e === "F6" ? this.#l("boxes") : e === "F7" ? this.queue.open() : e === "F8" ? this.daybook.open() : e === "F9" ? this.closing.open() : e === "F10" ? this.#u() : e === "Escape" && this.back());
	}
	#c() {
		let { busy: e } = this.dispensing;
		e !== "sale" && e !== "resolving" && (this.house.room = "dispensing", this.dispensing.leave());
	}
	#l(e) {
		this.dispensing.step === "sale" && this.house.go("dispensing", e);
	}
	#u() {
		let { dispensing: e, house: t } = this;
		t.speak(rt[t.language]), t.room === "day" ? this.closing.check() : e.step === "sale" && e.quote !== null && !e.stale ? e.reckon() : e.step === "done" && e.showSlip();
	}
	back() {
		let { house: e } = this;
		e.room === "sales" && this.daybook.back() || (e.room === "dispensing" ? this.dispensing.back() : e.go("dispensing", this.usualOfStep));
	}
	print() {
		let { slip: e } = this.dispensing;
		e !== null && (Je(e), this.house.focus = "next", this.dispensing.slipPrinted());
	}
	get focused() {
		let e = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
		return e instanceof HTMLElement ? e : null;
	}
	get usualOfStep() {
		let { step: e, found: t } = this.dispensing;
		return e === "sale" ? "receipt" : e === "done" ? "print" : e === "offers" && t !== null && t.offers.length > 0 ? "offers" : "field";
	}
	get usual() {
		let { room: e } = this.house;
		return e === "entry" ? "code" : e === "dispensing" ? this.usualOfStep : e;
	}
	#d() {
		let e = document.activeElement;
		return e === this || e === null || e === document.body;
	}
	move(e) {
		let t = this.renderRoot.querySelector(`#${e}`);
		t?.focus({ preventScroll: !0 }), t instanceof HTMLInputElement && t.select();
	}
	#f() {
		let e = this.renderRoot.querySelector("[role=listbox] .chosen");
		e !== this.#n && e?.scrollIntoView({ block: "nearest" }), this.#n = e;
	}
	render() {
		return tr(this);
	}
	updated(e) {
		let { focus: t } = this.house;
		this.house.focus = null, this.token === void 0 && (document.documentElement.lang = this.house.language), this.#d() && (t !== null && this.move(t), this.focused === null && this.move(this.usual), this.#f());
	}
};
customElements.define("kopuro-counter", ar);
export { ar as KopuroCounter };
