// The check-in form: the crisis card as soon as its item is marked, even without a server; the sum by our own route.
// Nothing is stored; what the server says is only ever set as text.
(() => {
  "use strict";
  const texts = JSON.parse(document.getElementById("check-in-texts").textContent);
  const formOf = (target) => target.closest && target.closest("#check-in-form");
  const wordsOf = (form) => texts[form.lang];
  const scoreOf = (item) => {
    const chosen = item.querySelector("input:checked");
    return chosen ? Number(chosen.value) : null;
  };
  const items = (form) => [...form.querySelectorAll("fieldset")];
  const paragraph = (text, name = "") => {
    const made = document.createElement("p");
    made.textContent = text;
    if (name) made.className = name;
    return made;
  };

  const clearResult = (form) => {
    form.querySelector(".assessment").replaceChildren();
    items(form).forEach((item) => item.classList.remove("missing"));
  };

  // The place chosen beside the question counts here too, until another is chosen under the card.
  const followPlace = (select) => {
    const beside = document.querySelector("#country input");
    const same = beside && [...select.options].find((option) => option.text === beside.value);
    if (same && same.value) select.value = same.value;
  };
  const showCard = (form, isNew) => {
    const place = form.querySelector(".check-in-card");
    const shown = place.querySelector(".shown");
    const label = place.querySelector("label");
    const select = label.querySelector("select");
    const isMarked = items(form).some((item) => "crisis" in item.dataset && scoreOf(item) > 0);
    if (isMarked && label.hidden) followPlace(select);
    label.hidden = !isMarked;
    if (!isMarked) return shown.replaceChildren();
    const card = place.querySelector(`template[data-place="${select.value}"]`);
    shown.replaceChildren(card.content.cloneNode(true));
    if (isNew) place.scrollIntoView({ block: "nearest" });
  };

  const tell = (form, made) => {
    const words = wordsOf(form);
    const lines = [];
    if (made.total !== null) {
      const total = document.createElement("h3");
      total.textContent = words.check_in_total.replace("{}", made.total).replace("{}", made.highest);
      lines.push(total);
    }
    if (made.band && !made.safety.card) { // beside a card a band would look like a grade of the danger
      const { name, lowest, highest } = made.band;
      const facts = [name, lowest, highest];
      lines.push(paragraph(facts.reduce((text, fact) => text.replace("{}", fact), words.check_in_band), "band"));
    }
    lines.push(paragraph(made.interpretation), paragraph(made.caveat, "caveat"), paragraph(made.notice, "notice"));
    form.querySelector(".assessment").replaceChildren(...lines);
    const missing = made.safety.card ? [] : made.missing; // nobody in a crisis is pointed at gaps in a form
    items(form).forEach((item) => item.classList.toggle("missing", missing.includes(item.dataset.item)));
    form.querySelector(".assessment").scrollIntoView({ block: "nearest" });
  };
  const count = async (form) => {
    const answers = Object.fromEntries(items(form).map((item) => [item.dataset.item, scoreOf(item)]));
    const jurisdiction = form.querySelector("select").value || null;
    const body = JSON.stringify({ answers, jurisdiction, language: form.lang });
    const headers = { "Content-Type": "application/json" };
    try {
      const answer = await fetch(`v1/calculators/${form.dataset.calculator}`, { method: "POST", headers, body });
      if (!answer.ok) throw new Error(answer.status);
      tell(form, await answer.json());
    } catch {
      form.querySelector(".assessment").replaceChildren(paragraph(wordsOf(form).check_in_failed));
    }
  };

  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    const isItem = event.target.type === "radio";
    if (isItem) clearResult(form);
    if (!isItem || "crisis" in event.target.closest("fieldset").dataset) showCard(form, isItem);
  });
  document.addEventListener("submit", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    event.preventDefault();
    count(form);
  });
  document.addEventListener("reset", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    clearResult(form);
    setTimeout(() => showCard(form, false)); // the answers are emptied after this event
  });
})();
