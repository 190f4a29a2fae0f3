// A form with `data-asking`: the server says which of its questions are asked with what is filled in, and keeps the draft.
(() => {
  "use strict";

  document.addEventListener("asked", ({ target, detail }) => {
    const form = target.closest?.("[data-asking]");
    if (!form) return;
    let more = 0;
    for (const question of form.querySelectorAll("[data-question]")) {
      const isAsked = detail.keys.includes(question.dataset.question);
      more += Number(isAsked && question.hidden) - Number(!isAsked && !question.hidden);
      question.hidden = !isAsked;
    }
    form.elements["questions-shown"].value = detail.keys.join(" ");
    form.querySelector("[data-draft-status]").textContent = detail.words;
    if (more) form.querySelector("[data-asked-status]").textContent = `${Math.abs(more)} question${Math.abs(more) > 1 ? "s" : ""} ${more > 0 ? "more" : "fewer"}`;
  });
})();
