// Single letters press what carries them as data-key, unless somebody is typing or holds a modifier.
(() => {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
    const found = document.querySelector(`main [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!found) return;
    event.preventDefault();
    found.click();
  });
})();
