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

// No connection: what was typed stays, and the page's framework is kept from speaking English to everybody.
(() => {
  "use strict";
  const texts = JSON.parse(document.getElementById("connection-texts").textContent);
  const words = texts[/^zh/i.test(navigator.language) ? "zh" : "en"];
  const KEPT = "medqa:unasked";
  let isLost = false;

  const box = () => document.querySelector("#question textarea");
  const alarm = document.createElement("p");
  alarm.id = "connection";
  alarm.setAttribute("role", "alert");
  const tell = (text) => {
    if (!alarm.isConnected) document.querySelector("#asking")?.before(alarm);
    alarm.textContent = text;
  };

  // Offline, a question is held back: the framework would drop the whole conversation for it.
  const holdBack = (event) => {
    const asks = event.type === "keydown"
      ? event.key === "Enter" && !event.shiftKey && event.target === box()
      : event.target.closest && event.target.closest("#send, #retry, #chat .examples button, #chat .example");
    if (!asks || navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tell(words.connection_offline);
  };
  document.addEventListener("keydown", holdBack, true);
  document.addEventListener("click", holdBack, true);
  window.addEventListener("online", () => tell(""));

  // The framework's own notices, in plain words.
  const inWords = (text) => {
    if (/connection|server was lost/i.test(text)) { isLost = true; return words.connection_lost; }
    return /busy|queue|full/i.test(text) ? words.connection_busy : words.connection_failed;
  };
  const reword = (notice) => {
    const text = notice.querySelector('[data-testid="toast-text"]');
    if (!text || notice.dataset.said) return;
    notice.dataset.said = "yes";
    text.textContent = inWords(text.textContent);
    notice.querySelector(".toast-title")?.remove();
    notice.querySelector(".toast-close")?.setAttribute("aria-label", words.connection_close);
  };
  // The page loads anew once a lost server is back: the question that was not asked outlives that, in this tab only.
  window.addEventListener("pagehide", () => {
    if (isLost && box()?.value) sessionStorage.setItem(KEPT, box().value);
  });
  const putBack = () => {
    const kept = sessionStorage.getItem(KEPT);
    if (kept === null || !box()) return;
    sessionStorage.removeItem(KEPT);
    box().value = kept;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };
  new MutationObserver(() => {
    document.querySelectorAll('[data-testid="toast-body"].error').forEach(reword);
    if (sessionStorage.length) putBack();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
