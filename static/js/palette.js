// The command palette, and single-letter keys (which can be switched off, as WCAG 2.1.4 asks).
"use strict";
(() => {
  const palette = document.getElementById("palette");
  const keys = document.getElementById("keys");
  const isTyping = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const lettersOn = () => localStorage.getItem("mops-letters") !== "off";
  window.mopsLetters = (event) => lettersOn() && !event.metaKey && !event.ctrlKey && !event.altKey && !isTyping(event.target) && !document.querySelector("dialog[open]");

  const box = document.querySelector("[data-single-keys]");
  if (box) {
    box.checked = lettersOn();
    box.addEventListener("change", () => localStorage.setItem("mops-letters", box.checked ? "on" : "off"));
  }

  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && palette) {
      event.preventDefault();
      palette.open ? palette.close() : window.mopsOpen(palette);
    } else if (event.key === "?" && keys && window.mopsLetters(event)) {
      event.preventDefault();
      window.mopsOpen(keys);
    }
  });

  if (!palette) return;
  const input = palette.querySelector("input");
  const hits = palette.querySelector("#palette-hits");
  const options = () => [...hits.querySelectorAll("[role=option]")];
  const current = () => options().find((option) => option.getAttribute("aria-selected") === "true");

  function choose(option) {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  }

  palette.addEventListener("dialog:open", () => { input.select(); input.focus(); htmx.trigger(input, "palette:open"); });
  hits.addEventListener("htmx:afterSwap", () => choose(options()[0]));
  input.addEventListener("keydown", (event) => {
    const list = options();
    const at = list.indexOf(current());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(list[(at + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length]);
    } else if (event.key === "Enter" && current()) {
      event.preventDefault();
      current().click();
    }
  });
})();
