// A citation mark in an answer opens its source in the panel and brings it into view.
document.addEventListener("click", (event) => {
  const mark = event.target.closest && event.target.closest('a[href*="#source-"]');
  if (!mark) return;
  event.preventDefault();
  event.stopPropagation();
  const id = mark.getAttribute("href").split("#")[1];
  const tab = [...document.querySelectorAll('button[role="tab"]')][0];
  if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
  setTimeout(() => {
    const source = document.getElementById(id);
    if (!source) return;
    const folded = source.closest("details");
    if (folded) folded.open = true;
    document.querySelectorAll(".source mark.chosen").forEach((other) => other.classList.remove("chosen"));
    source.classList.add("chosen");
    source.scrollIntoView({ behavior: "smooth", block: "nearest" });
    source.focus({ preventScroll: true });
  }, 60);
}, true);

// The copy button: done here rather than by the page's framework, which would need eval().
document.addEventListener("click", (event) => {
  const button = event.target.closest && event.target.closest("#copy");
  const held = document.querySelector("#copied textarea, #copied input");
  if (!button || !held || !held.value) return;
  const label = button.textContent;
  navigator.clipboard.writeText(held.value).then(() => {
    button.textContent = "✓";
    setTimeout(() => { button.textContent = label; }, 1200);
  });
});

// A new question moves to the top of the conversation, so that its answer is read from its beginning.
(() => {
  let asked = 0;
  new MutationObserver(() => {
    const questions = document.querySelectorAll("#chat .user-row");
    if (questions.length > asked) {
      document.dispatchEvent(new Event("medqa:asked"));
      requestAnimationFrame(() => bringUp(questions[questions.length - 1]));
    }
    asked = questions.length;
  }).observe(document.documentElement, { childList: true, subtree: true });

  const bringUp = (question) => {
    const scroller = question.closest(".bubble-wrap");
    if (scroller) scroller.scrollTop += question.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 8;
  };
})();
