// The map of tools: the lines of the tool that is pointed at, or has the focus, stand out, and are said in words.
"use strict";
(() => {
  const map = document.querySelector("[data-map]");
  if (!map) return;
  const said = document.querySelector("[data-map-said]");
  const boxes = [...map.querySelectorAll("[data-tool]")];
  const lines = [...map.querySelectorAll("[data-ends]")];
  const atFirst = { lit: map.classList.contains("lit"), on: new Set(map.querySelectorAll(".on")), said: said.textContent };

  function light(tool) {
    const own = lines.filter((line) => line.dataset.ends.split(" ").includes(tool));
    const near = new Set([tool, ...own.flatMap((line) => line.dataset.ends.split(" "))]);
    map.classList.add("lit");
    lines.forEach((line) => line.classList.toggle("on", own.includes(line)));
    boxes.forEach((box) => box.classList.toggle("on", near.has(box.dataset.tool)));
    said.textContent = own.map((line) => line.querySelector("title").textContent).join(" · ");
  }

  function rest() {
    map.classList.toggle("lit", atFirst.lit);
    [...lines, ...boxes].forEach((one) => one.classList.toggle("on", atFirst.on.has(one)));
    said.textContent = atFirst.said;
  }

  for (const box of boxes) {
    box.addEventListener("pointerenter", () => light(box.dataset.tool));
    box.addEventListener("focus", () => light(box.dataset.tool));
    box.addEventListener("pointerleave", rest);
    box.addEventListener("blur", rest);
  }
})();
