// Rows with `data-reorder="<place>"` are dragged by their handle; the drop sends the form of the row with its new place.
// A row within a larger form has a hidden button of its own for that, `data-reorder-drop`.
// The buttons "up" and "down" beside it do the same by keyboard and without JavaScript.
(() => {
  "use strict";
  let dragged = null;

  const rowOf = (target) => (target instanceof Element ? target.closest("[data-reorder]") : null);
  const clear = () => document.querySelectorAll(".drop-here").forEach((row) => row.classList.remove("drop-here"));

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target instanceof Element && event.target.closest("[data-reorder-handle]");
    document.querySelectorAll("[data-reorder]").forEach((row) => {
      row.draggable = Boolean(handle) && row.contains(handle);
    });
  });
  document.addEventListener("dragstart", (event) => {
    dragged = rowOf(event.target);
    if (dragged && event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const row = rowOf(event.target);
    if (!dragged || !row) return;
    event.preventDefault();
    clear();
    row.classList.add("drop-here");
  });
  document.addEventListener("dragend", () => {
    clear();
    dragged = null;
  });
  document.addEventListener("drop", (event) => {
    const row = rowOf(event.target);
    if (!dragged || !row || row === dragged) return;
    event.preventDefault();
    const drop = dragged.querySelector("[data-reorder-drop]");
    if (drop) {
      drop.value = `place ${dragged.dataset.reorder} ${row.dataset.reorder}`;
      drop.click();
      return;
    }
    const form = dragged.querySelector("form");
    for (const [name, value] of Object.entries({ do: "place", place: row.dataset.reorder })) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      form.append(input);
    }
    form.submit();
  });
})();
