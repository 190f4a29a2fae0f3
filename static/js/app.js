// Toasts, dialogs, popovers, confirmation, focus: what every page has. No inline handlers anywhere.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // The system's theme may change while the page is open.
  {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const isSystem = Boolean(one("head > script[nonce]:not([src])"));
    dark.addEventListener("change", () => {
      if (isSystem) document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
    });
  }

  function toast(text, kind) {
    const box = one("#toast-template").content.firstElementChild.cloneNode(true);
    box.classList.add(`toast-${kind}`);
    one("span", box).textContent = text;
    one("#toasts").append(box);
    fade(box);
  }

  // Errors stay until dismissed; the rest leaves unless somebody points at it or has focus in it.
  function fade(box) {
    if (box.classList.contains("toast-error")) return;
    const leave = () => (box.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : box.remove());
    setTimeout(leave, 6000);
  }

  document.addEventListener("toasts", (event) => {
    for (const { text, kind } of event.detail.value || []) toast(text, kind);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const said = { 403: "Your role does not include this.", 404: "This is gone.", 409: "Somebody changed this first. Reload and try again." };
    toast(said[status] || "That did not work. Try again; if it stays, tell your administrator.", "error");
  });
  document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. Your input is still here.", "error"));

  function open(dialog) {
    if (!dialog.open) dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("dialog:open"));
  }
  window.mopsOpen = open;

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-open],[data-close],[data-dismiss],[data-side]");
    if (event.target.matches("dialog")) event.target.close();
    if (!event.target.closest(".pop")) closePops();
    if (!target) return;
    if ("open" in target.dataset) {
      const dialog = document.getElementById(target.dataset.open);
      if (dialog && !event.metaKey && !event.ctrlKey) { event.preventDefault(); closePops(); open(dialog); }
    } else if ("close" in target.dataset) target.closest("dialog").close();
    else if ("dismiss" in target.dataset) target.closest("[data-toast]").remove();
    else if ("side" in target.dataset) toggleSide(target);
  });

  // What is shown once is copied whole. Without a secure address browsers give no clipboard: then it is marked and copied.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    if (await copied(source)) toast("Copied.", "success");
    else toast("Press Ctrl+C: it is marked.", "info");
  });

  async function copied(source) {
    getSelection().selectAllChildren(source);
    try {
      if (!navigator.clipboard) return document.execCommand("copy");
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      return document.execCommand("copy");
    }
  }

  const closePops = (except) => all("details.pop[open]").forEach((pop) => pop !== except && pop.removeAttribute("open"));

  function toggleSide(button) {
    const isOpen = one("#side").classList.toggle("open");
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) one("#side a").focus();
  }

  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.pop") && event.target.open) closePops(event.target);
  }, true);

  // Which parts of the sidebar were turned (areas are open, More is folded) is kept in a cookie for the next page.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details[data-group]")) return;
    const turned = all("details[data-group]").filter((group) => group.matches(".more") === group.open);
    const names = turned.map((group) => group.dataset.group).join(",");
    document.cookie = `mops-folded=${encodeURIComponent(names)}; path=/; max-age=31536000; samesite=lax`;
  }, true);

  document.addEventListener("click", (event) => {
    if (one("#side.open") && !event.target.closest("#side,[data-side]")) toggleSide(one("[data-side]"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const pop = one("details.pop[open]");
    if (pop) { pop.removeAttribute("open"); one("summary", pop).focus(); }
    else if (one("#side.open")) { toggleSide(one("[data-side]")); one("[data-side]").focus(); }
  });

  // One dialog asks before whatever carries data-confirm: a button, a link, or an htmx request.
  let asked = null;
  function ask(text, go, verb) {
    asked = go;
    const body = one("#dialog-body");
    body.replaceChildren();
    const part = (tag, cls, content) => Object.assign(document.createElement(tag), { className: cls, textContent: content });
    const foot = part("div", "dialog-foot", "");
    const yes = part("button", "btn2 pri", verb || "Yes, go on");
    const no = part("button", "btn2", "Cancel");
    no.dataset.close = "";
    yes.addEventListener("click", () => { one("#dialog").close(); asked(); });
    foot.append(yes, no);
    const head = part("div", "dialog-head", "");
    const title = part("h2", "", text);
    title.id = "dialog-title";
    head.append(title);
    body.append(head, part("div", "dialog-main", ""), foot);
    open(one("#dialog"));
    no.focus();
  }
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-confirm]");
    if (!target || target.dataset.confirmed || target.hasAttribute("hx-post")) { if (target) delete target.dataset.confirmed; return; }
    event.preventDefault();
    event.stopPropagation();
    const verb = target.textContent.trim() || target.getAttribute("aria-label");
    ask(target.dataset.confirm, () => { target.dataset.confirmed = "1"; target.click(); }, verb);
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    const text = event.detail.question || event.detail.elt.dataset.confirm;
    if (!text) return;
    event.preventDefault();
    ask(text, () => event.detail.issueRequest(true));
  });

  // What keeps itself up to date rests while nobody looks, while somebody is at work inside it, and while they are asked
  // about a button of it: the answer would go to one that is there no more.
  const rests = (element) => document.hidden || element.matches(":focus-within") || one("dialog[open]") !== null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches('[hx-trigger^="every"]') && rests(event.detail.elt)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const renewed = event.detail.target;
    if (renewed.matches('[hx-trigger^="every"]') && renewed === event.detail.requestConfig?.elt && rests(renewed)) event.detail.shouldSwap = false;
  });

  // Empty parameters do not belong in an address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") return;
    const kept = event.detail.parameters;
    for (const name of Object.keys(kept)) if (kept[name] === "" || kept[name] == null) delete kept[name];
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "dialog-body") open(one("#dialog"));
    ready(event.detail.elt?.isConnected ? event.detail.elt : document);
  });
  document.addEventListener("dialog:close", () => one("#dialog").close());

  // A field with data-when="verdict=ask" is shown while the field `verdict` of its form has that value.
  function follow(root) {
    for (const field of all("[data-when]", root)) {
      const [name, wanted] = field.dataset.when.split("=");
      const asked = field.form?.elements[name];
      if (!asked) continue;
      const show = () => { (field.closest(".mb-3") || field).hidden = !wanted.split("|").includes(asked.value); };
      asked.addEventListener("change", show);
      show();
    }
  }

  // Selects with many options become searchable; the library comes only where one stands.
  function loadOnce(url) {
    loadOnce[url] ||= new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: url, onload: done, onerror: failed });
      document.head.append(script);
    });
    return loadOnce[url];
  }
  window.mopsLoad = loadOnce;
  // One of very many is looked up as somebody types; what was typed before is not kept in the way.
  function lookedUp(select) {
    const url = select.dataset.options;
    if (!url) return {};
    const load = (text, done) => fetch(`${url}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } })
      .then((answer) => answer.json()).then((found) => done(found.options)).catch(() => done());
    const render = { loading: () => '<div class="no-results" role="option" aria-disabled="true">Looking…</div>' };
    // What was found over there is shown, also where its text does not hold what was typed (an account found by its domain).
    const score = () => () => 1;
    // An option that is gone with the list is not pointed to any more.
    const leave = function () { if (!this.isOpen) this.clearActiveOption(); };
    return { load, render, score, onDropdownClose: leave, onLoad: leave, preload: "focus", loadThrottle: 250, onType() { this.clearActiveOption(); this.clearOptions((option) => this.items.includes(option.value)); } };
  }
  function searchable(root) {
    const selects = all("select[data-search], select[multiple]", root).filter((select) => !select.tomselect);
    if (!selects.length) return;
    loadOnce(document.body.dataset.tomSelect).then(() => selects.forEach((select) => {
      if (select.tomselect) return;
      new TomSelect(select, { ...lookedUp(select), maxOptions: 500, plugins: select.multiple ? ["remove_button"] : [], create: select.hasAttribute("data-create") });
      select.setAttribute("aria-hidden", "true");  // its label names the control in its place
      const label = select.getAttribute("aria-label");
      if (label) for (const part of [select.tomselect.control, select.tomselect.control_input]) part.setAttribute("aria-label", label);
    }));
  }
  window.mopsSearchable = searchable;

  // Typing a date means the custom range.
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-picks-custom]")) one("input[value=custom]", event.target.form).checked = true;
  });

  function ready(root) {
    searchable(root);
    follow(root);
    const asking = one("[data-focus]", root);
    asking?.focus();
    asking?.removeAttribute("data-focus");
    all("[data-toast]", root).forEach(fade);
  }
  one("#side a.on")?.scrollIntoView({ block: "nearest" });
  ready(document);
})();
