// Draws every [data-condition-builder] from the JSON in its textarea, and writes the JSON back on every change.
(() => {
  "use strict";

  const NO_VALUE = ["is_empty", "is_not_empty"];
  const LISTS = ["in", "not_in"];
  const DAYS = ["in_last_days", "in_next_days"];
  const PAIRED = ["eq", "ne", "in", "not_in", "contains", "not_contains", ...NO_VALUE];
  const TEXTUAL = ["contains", "not_contains", "starts_with", "ends_with"];

  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  function select(attributes, options, chosen) {
    const marked = options.map(([value, label]) => el("option", { value, selected: value === chosen }, label));
    const room = attributes.multiple ? "" : " pe-5";
    return el("select", { class: `form-select form-select-sm w-auto${room}`, ...attributes }, ...marked);
  }

  class Builder {
    constructor(root, fields) {
      if (!root) {
        this.fields = fields;
        return;
      }
      this.root = root;
      this.text = root.querySelector("textarea");
      this.tree = root.querySelector("[data-condition-tree]");
      this.toggle = root.querySelector("[data-condition-toggle]");
      this.fields = this.known();
      this.toggle.hidden = false;
      this.toggle.addEventListener("click", () => (this.tree.hidden ? this.open(true) : this.show(false)));
      if (this.fields.length) this.open(false);
    }

    // The fields as the page has them now: its own, or the first of a list that several builders share.
    known() {
      const shared = document.getElementById(this.root.dataset.fieldsIn);
      const fields = JSON.parse((shared || this.root).dataset.fields);
      return shared ? fields.slice(0, Number(this.root.dataset.fieldsFirst)) : fields;
    }

    // Follows when the page swapped the list; where somebody types, as soon as they are done.
    renew() {
      const fields = this.known();
      if (JSON.stringify(fields) === JSON.stringify(this.fields)) return;
      const focused = this.tree.contains(document.activeElement) ? document.activeElement : null;
      if (focused && !focused.dataset.at) {
        focused.addEventListener("blur", () => this.renew(), { once: true });
        return;
      }
      const wereNone = !this.fields.length;
      this.fields = fields;
      if (wereNone) this.open(false);
      else if (!this.tree.hidden && this.isKnown(this.model)) this.draw(focused?.dataset.at);
      else this.show(false);
    }

    isKnown(node) {
      return node.parts ? node.parts.every((part) => this.isKnown(part)) : Boolean(this.fieldOf(node.field));
    }

    open(byHand) {
      try {
        const model = this.text.value.trim() ? this.read(JSON.parse(this.text.value)) : this.group();
        this.model = model.parts ? model : { ...this.group(), parts: [model] };
      } catch {
        if (byHand) this.text.focus();
        return;
      }
      this.show(true);
      this.draw();
    }

    show(isTree) {
      this.tree.hidden = !isTree;
      this.root.querySelector("[data-condition-text]").hidden = isTree;
      this.toggle.setAttribute("aria-pressed", String(!isTree));
      this.toggle.textContent = isTree ? "Edit as text" : "Edit as rows";
    }

    // The model: groups {word, parts, negated} and tests {field, op, value, negated}.
    group() {
      return { word: "all", parts: [], negated: false };
    }

    test() {
      const field = this.fields.find((known) => !known.inputs.length) || this.fields[0];
      const name = field.key.endsWith(".*") ? field.key.slice(0, -1) : field.key;
      return { field: name, op: field.operators[0][0], value: undefined, negated: false };
    }

    read(json) {
      if (json.not) {
        const inner = this.read(json.not);
        return { ...inner, negated: !inner.negated };
      }
      for (const word of ["all", "any"]) {
        if (Array.isArray(json[word])) return { word, parts: json[word].map((part) => this.read(part)), negated: false };
      }
      if (typeof json.field !== "string" || !this.fieldOf(json.field)) throw new Error("not a condition");
      return { field: json.field, op: json.op, value: json.value, negated: false };
    }

    write(node) {
      const hasValue = !NO_VALUE.includes(node.op);
      const plain = node.parts
        ? { [node.word]: node.parts.map((part) => this.write(part)) }
        : { field: node.field, op: node.op, ...(hasValue ? { value: node.value ?? "" } : {}) };
      return node.negated ? { not: plain } : plain;
    }

    save() {
      this.text.value = JSON.stringify(this.write(this.model), null, 2);
      this.text.dispatchEvent(new Event("change", { bubbles: true }));
    }

    fieldOf(key) {
      const exact = this.fields.find((field) => field.key === key);
      return exact || this.fields.find((field) => field.key.endsWith(".*") && key.startsWith(field.key.slice(0, -1)));
    }

    // Draws everything anew; `focus` names the control that has the focus afterwards.
    draw(focus) {
      this.tree.replaceChildren(this.drawGroup(this.model, "0", null));
      window.mopsSearchable?.(this.tree);
      if (focus) this.tree.querySelector(`[data-at="${focus}"]`)?.focus();
    }

    change(focus, edit) {
      edit();
      this.draw(focus);  // fills in what a control shows first, so it comes before saving
      this.save();
    }

    drawGroup(group, path, remove) {
      const words = [["all", "all of these"], ["any", "any of these"], ["not all", "not all of these"], ["not any", "none of these"]];
      const chosen = (group.negated ? "not " : "") + group.word;
      const mode = (event) => this.change(`${path}-mode`, () => {
        group.negated = event.target.value.startsWith("not ");
        group.word = event.target.value.replace("not ", "");
      });
      const head = el("div", { class: "d-flex align-items-center gap-2 mb-2" },
        select({ "aria-label": "How the tests are joined", "data-at": `${path}-mode`, onchange: mode }, words, chosen));
      if (remove) head.append(this.removeButton("Remove group", remove));
      const rows = group.parts.map((part, index) => this.drawPart(group, part, index, path));
      const add = (part, at) => this.change(at(group.parts.length), () => group.parts.push(part()));
      const buttons = el("div", { class: "d-flex gap-2" },
        el("button", { type: "button", class: "btn btn-sm", "data-at": `${path}-add`,
          onclick: () => add(() => this.test(), (index) => `${path}.${index}-field`) }, "Add test"),
        el("button", { type: "button", class: "btn btn-sm",
          onclick: () => add(() => this.group(), (index) => `${path}.${index}-mode`) }, "Add group"));
      const frame = remove ? "border rounded p-2 mb-2" : "";
      return el("div", { class: frame, role: "group", "aria-label": words.find(([value]) => value === chosen)[1] }, head, ...rows, buttons);
    }

    drawPart(group, part, index, path) {
      const at = `${path}.${index}`;
      const remove = () => this.change(index ? `${path}.${index - 1}-${group.parts[index - 1].parts ? "mode" : "field"}` : `${path}-add`,
        () => group.parts.splice(index, 1));
      return part.parts ? this.drawGroup(part, at, remove) : this.drawTest(part, at, remove);
    }

    removeButton(label, remove) {
      return el("button", { type: "button", class: "btn btn-sm btn-ghost-secondary ms-auto", "aria-label": label, title: label, onclick: remove }, "✕");
    }

    drawTest(test, at, remove) {
      const field = this.fieldOf(test.field);
      const pick = (event) => this.change(`${at}-field`, () => {
        const next = this.fields.find((known) => known.key === event.target.value);
        const ops = next.operators.map(([op]) => op);
        const keepsOp = ops.includes(test.op) && next.type === field.type;
        Object.assign(test, { field: next.key.replace("*", ""), op: keepsOp ? test.op : ops[0], value: undefined });
      });
      const operate = (event) => this.change(`${at}-op`, () => {
        const op = event.target.value.replace("not ", "");
        if (this.shape(test.op) !== this.shape(op)) test.value = undefined;
        Object.assign(test, { op, negated: event.target.value.startsWith("not ") });
      });
      const row = el("div", { class: "d-flex flex-wrap align-items-center gap-2 mb-2 condition-test" });
      row.append(select({ "aria-label": "Field", "data-at": `${at}-field`, onchange: pick }, this.fields.map(({ key, label }) => [key, label]), field.key));
      if (field.key.endsWith(".*")) {
        const prefix = field.key.slice(0, -1);
        row.append(this.input(test.field.slice(prefix.length), { "aria-label": "Property", placeholder: "property" }, (text) => { test.field = prefix + text; }));
      }
      const chosen = (test.negated ? "not " : "") + test.op;
      const isOther = !field.operators.some(([op]) => op === test.op);  // of the kind that the field was before
      const others = isOther ? [[chosen, chosen.replaceAll("_", " ")]] : [];
      const negations = field.operators.filter(([op]) => !PAIRED.includes(op) || `not ${op}` === chosen).map(([op, label]) => [`not ${op}`, `not: ${label}`]);
      row.append(
        select({ "aria-label": "Operator", "data-at": `${at}-op`, onchange: operate }, [...others, ...field.operators, ...negations], chosen),
        ...this.valueInputs(test, field, at),
        this.removeButton("Remove test", remove));
      return row;
    }

    shape(op) {
      return LISTS.includes(op) ? "list" : op === "between" ? "pair" : DAYS.includes(op) ? "days" : NO_VALUE.includes(op) ? "none" : "one";
    }

    input(value, attributes, set) {
      const take = (event) => { set(event.target.value); this.save(); };
      return el("input", { class: "form-control form-control-sm w-auto", type: "text", value: value ?? "", ...attributes, oninput: take });
    }

    // A test of its own kind asks for named inputs; together they are its value, an object.
    namedInputs(test, field, at) {
      if (typeof test.value !== "object" || test.value === null || Array.isArray(test.value)) test.value = this.firstValue(field);
      return field.inputs.flatMap((one) => {
        const word = (text) => text && el("span", {}, text);
        const pieces = [word(one.before), this.namedInput(test, field, one, at), word(one.after)].filter((piece) => piece);
        return one.kind === "condition" ? pieces.slice(-1) : pieces;
      });
    }

    firstValue(field) {
      const first = {};
      for (const one of field.inputs) {
        if (one.initial !== undefined) first[one.name] = one.initial;
        else if (one.kind === "choice" && one.choices.length) first[one.name] = one.choices[0][0];
      }
      return first;
    }

    namedInput(test, field, one, at) {
      if (one.kind === "choice") {
        const chosen = test.value[one.name] ?? "";
        const options = one.choices.some(([value]) => value === chosen) ? one.choices : [[chosen, chosen], ...one.choices];
        return select({ "aria-label": one.label, onchange: (event) => { test.value[one.name] = event.target.value; this.save(); } }, options, chosen);
      }
      if (one.kind === "number") {
        return this.input(test.value[one.name], { type: "number", min: one.min, "aria-label": one.label, class: "form-control form-control-sm short" }, (text) => {
          if (text === "") delete test.value[one.name];
          else test.value[one.name] = Number(text);
        });
      }
      return this.nested(test, field, one, at);
    }

    // A condition within a test: a builder of its own over other fields, that writes into the value.
    nested(test, field, one, at) {
      const asked = test.value[one.name];
      if (asked === undefined) {
        const begin = () => this.change(`${at}-field`, () => { test.value[one.name] = { all: [new Nested(this, field.fields).writtenTest()] }; });
        return el("button", { type: "button", class: "btn btn-sm", onclick: begin }, `Add “${one.before || one.label}”`);
      }
      const inner = new Nested(this, field.fields);
      const clear = () => this.change(`${at}-field`, () => { delete test.value[one.name]; });
      return inner.drawn(asked, one, (json) => { if (json) { test.value[one.name] = json; this.save(); } else clear(); });
    }

    valueInputs(test, field, at) {
      if (field.inputs.length) return this.namedInputs(test, field, at);
      const shape = this.shape(test.op);
      if (shape === "none") return [];
      if (shape === "days") {
        return [this.input(test.value, { type: "number", min: 1, "aria-label": "Days" }, (text) => { test.value = Number(text); }), "days"];
      }
      if (shape === "pair") {
        if (!Array.isArray(test.value)) test.value = ["", ""];
        const ends = ["From", "To"].map((label, index) => this.one(test, field, test.value[index], label, (value) => { test.value[index] = value; }));
        return [ends[0], "and", ends[1]];
      }
      return [shape === "list" ? this.many(test, field) : this.one(test, field, test.value, "Value", (value) => { test.value = value; })];
    }

    one(test, field, value, label, set) {
      const isNamed = field.names.length > 0 && ["eq", "ne"].includes(test.op);
      const options = field.type === "boolean" ? [["true", "yes"], ["false", "no"]] : isNamed ? field.names : field.choices;
      if (options.length) {
        const cast = (text) => (field.type === "boolean" ? text === "true" : text);
        // Yes or no begins with yes; nobody means the first of many, so that has to be chosen.
        if (value === undefined && field.type === "boolean") set(true);
        const isOpen = field.type !== "boolean" && (value === undefined || value === "");
        const listed = isOpen ? [["", "choose…"], ...options] : value === undefined || options.some(([known]) => known === String(value)) ? options : [[value, String(value)], ...options];
        return select({ "aria-label": label, "data-create": isNamed, "data-search": isNamed, onchange: (event) => { set(cast(event.target.value)); this.save(); } }, listed, isOpen ? "" : String(value ?? options[0][0]));
      }
      const isDay = field.type === "date" || (field.type === "datetime" && !String(value ?? "").includes("T"));
      const type = field.type === "number" ? { type: "number", step: "any" } : isDay ? { type: "date" } : {};
      return this.input(this.shown(value, test, field), { "aria-label": label, ...type }, (text) => set(this.typed(text, test, field)));
    }

    many(test, field) {
      const values = Array.isArray(test.value) ? test.value : [];
      const known = field.choices.length ? field.choices : field.names;
      if (known.length) {
        const others = field.choices.length ? [] : values.filter((value) => !known.some(([name]) => name === value)).map((value) => [value, value]);
        const take = (event) => { test.value = [...event.target.selectedOptions].map((option) => option.value); this.save(); };
        const box = select({ "aria-label": "Values", multiple: true, size: 4, placeholder: "choose…", "data-create": !field.choices.length, onchange: take }, [...known, ...others]);
        for (const option of box.options) option.selected = values.includes(option.value);
        return box;
      }
      const lines = (event) => {
        test.value = event.target.value.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => this.typed(line, test, field));
        this.save();
      };
      return el("textarea", { class: "form-control form-control-sm w-auto", rows: 2, "aria-label": "Values, one a line", placeholder: "one a line", oninput: lines },
        values.map((value) => this.shown(value, test, field)).join("\n"));
    }

    // A property takes 500 and true as what they are; "500" in quotes stays text.
    typed(text, test, field) {
      if (field.type === "custom") { try { return JSON.parse(text); } catch { return text; } }
      const isGuessed = field.type === "json" && !TEXTUAL.includes(test.op);
      if (field.type !== "number" && !isGuessed) return text;
      if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
      if (isGuessed && (text === "true" || text === "false")) return text === "true";
      return isGuessed && /^".*"$/.test(text) ? text.slice(1, -1) : text;
    }

    shown(value, test, field) {
      if (value === undefined || value === null) return "";
      if (field.type === "custom") return typeof value === "string" ? value : JSON.stringify(value);
      return typeof value === "string" && this.typed(value, test, field) !== value ? `"${value}"` : String(value);
    }
  }

  class Nested extends Builder {
    constructor(outer, fields) {
      super(null, fields);
      this.outer = outer;
    }

    writtenTest() {
      return this.write(this.test());
    }

    drawn(json, one, changed) {
      const read = this.read(json);
      this.model = read.parts ? read : { ...this.group(), parts: [read] };
      this.changed = changed;
      this.tree = el("div", { class: "w-100 order-last border-start ps-3 ms-2", role: "group", "aria-label": one.label });
      this.word = one.before;
      this.draw();
      return this.tree;
    }

    draw(focus) {
      const remove = this.removeButton(`Remove “${this.word}”`, () => this.changed(null));
      this.tree.replaceChildren(el("div", { class: "d-flex mb-1" }, el("span", { class: "text-secondary" }, this.word || ""), remove), this.drawGroup(this.model, "n", null));
      if (focus) this.tree.querySelector(`[data-at="${focus}"]`)?.focus();
    }

    save() {
      this.changed(this.write(this.model));
    }
  }

  const started = new WeakMap();
  function start(scope) {
    for (const root of scope.querySelectorAll("[data-condition-builder]:not([data-started])")) {
      root.setAttribute("data-started", "");
      started.set(root, new Builder(root));
    }
  }
  document.addEventListener("htmx:afterSettle", () => {
    for (const root of document.querySelectorAll("[data-condition-builder][data-fields-in][data-started]")) started.get(root)?.renew();
  });
  document.addEventListener("htmx:load", (event) => start(event.target.parentNode || document));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
  else start(document);
})();
