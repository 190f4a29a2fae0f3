// A form with `data-guard` asks before what was filled in is left behind.
(() => {
  "use strict";
  let isChanged = false;

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => { isChanged ||= Boolean(event.target.closest?.("[data-guard]")); });
  }
  document.addEventListener("htmx:afterSwap", (event) => { isChanged ||= event.detail.target?.id === "form-builder"; });
  document.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
})();
