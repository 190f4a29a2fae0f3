// List pages: marking rows, the bulk bar, j k Enter x and "/".
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const boxes = () => [...document.querySelectorAll("#list input[name=pk]")];

  function count() {
    const bar = one("[data-bulk]");
    if (!bar) return;
    const marked = boxes().filter((box) => box.checked).length;
    const every = one("[data-bulk-all]", bar).value === "1";
    bar.hidden = marked === 0;
    one("[data-bulk-count]", bar).textContent = every ? one("[data-bulk-every]", bar).dataset.total : marked;
    one("[data-bulk-every]", bar).hidden = every || marked < boxes().length;
    const page = one("[data-select-page]");
    if (page) { page.checked = marked > 0 && marked === boxes().length; page.indeterminate = marked > 0 && !page.checked; }
  }

  function mark(isOn) {
    boxes().forEach((box) => { box.checked = isOn; });
    if (!isOn) one("[data-bulk-all]").value = "0";
    count();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-page]")) { event.stopPropagation(); mark(event.target.checked); }
    else if (event.target.matches("#list input[name=pk]")) { one("[data-bulk-all]").value = "0"; count(); }
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-bulk-none]")) mark(false);
    if (event.target.closest("[data-bulk-every]")) { one("[data-bulk-all]").value = "1"; count(); }
  });

  // Downloads need a real request: htmx must not swallow them.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-native]");
    if (!button) return;
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    query.set(button.name, button.value);
    location.assign(`${location.pathname}?${query}`);
  });

  const rows = () => [...document.querySelectorAll("#list tbody tr[data-pk]")];
  const here = () => one("#list tr.here");

  function go(row) {
    here()?.classList.remove("here");
    if (!row) return;
    row.classList.add("here");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (!one("#list") || !window.mopsLetters(event)) return;
    const list = rows();
    const at = list.indexOf(here());
    if (event.key === "j") go(list[Math.min(at + 1, list.length - 1)]);
    else if (event.key === "k") go(list[Math.max(at - 1, 0)]);
    else if (event.key === "Enter" && here() && event.target === here()) one(".row-link, a", here())?.click();
    else if (event.key === "x" && here()) one("input[name=pk]", here())?.click();
    else if (event.key === "/" && one("[data-list-search]")) one("[data-list-search]").focus();
    else return;
    event.preventDefault();
  });

  // The usual columns need no place in the address; others stand there in one word.
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.detail.elt.closest("[data-list-form]");
    if (!form) return;
    const chosen = [...form.querySelectorAll("input[name=columns]:checked:not(:disabled)")].map((box) => box.value).join(",");
    delete event.detail.parameters.columns;
    if (chosen && chosen !== form.dataset.columns) event.detail.parameters.columns = chosen;
  });

  // The saved view keeps the address as it is now, not as it was when the page came.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-save-view]")) event.target.elements.querystring.value = location.search.slice(1);
  });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "list") count(); });
  count();
})();
