// Documents attached to the conversation: sent to our own route, kept in the server's memory, shown as a list above
// the question. Their ids travel with each question in a hidden field. A name is only ever set as text.
(() => {
  "use strict";
  const { texts, kinds, most, megabytes, minutes } = JSON.parse(document.getElementById("attaching").textContent);
  const words = texts[/^zh/i.test(navigator.language) ? "zh" : "en"];
  const say = (key, ...values) => values.reduce((text, value) => text.replace("{}", value), words[key]);
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    return element;
  };
  const held = []; // {name, id once read, until in ms, isPartial, sending}

  const picker = make("input", { type: "file", multiple: "", hidden: "", accept: kinds, id: "attach-picker" });
  const list = make("ul", { "aria-label": words.attached });
  const note = make("p", { class: "note", hidden: "" }, say("attach_note", minutes));
  const status = make("p", { role: "status" });
  const alarm = make("p", { role: "alert" });
  const place = make("div", { id: "attachments" });
  place.append(list, note, status, alarm, picker);

  // The framework draws its part of the page when it is ready, and may draw it anew, then without ours.
  const stand = () => {
    const button = document.querySelector("#attach");
    if (!button || place.isConnected) return;
    button.title = words.attach;
    document.querySelector("#asking").before(place);
  };
  new MutationObserver(stand).observe(document.documentElement, { childList: true, subtree: true });

  const tell = (text, isAlarm = false) => {
    status.textContent = isAlarm ? "" : text;
    alarm.textContent = isAlarm ? text : "";
  };
  const draw = () => {
    stand();
    list.replaceChildren(...held.map(chip));
    note.hidden = !held.length;
    const field = document.querySelector("#uploads textarea, #uploads input");
    if (!field) return;
    field.value = held.flatMap((each) => each.id || []).join(" ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const chip = (doc) => {
    const shown = make("li", { "aria-busy": String(!doc.id) });
    shown.append(make("span", { class: "name", title: doc.name }, doc.name));
    if (doc.isPartial) shown.append(make("span", { class: "partial" }, words.attach_partial));
    const remove = make("button", { type: "button", "aria-label": say("attach_remove", doc.name) }, "×");
    remove.addEventListener("click", () => {
      forget(doc);
      draw();
      tell(words.attach_removed);
      document.querySelector("#attach").focus();
    });
    shown.append(remove);
    return shown;
  };

  const route = (id) => (id ? `v1/uploads/${encodeURIComponent(id)}` : "v1/uploads");
  const forget = (doc) => {
    const at = held.indexOf(doc);
    if (at >= 0) held.splice(at, 1);
    doc.sending.abort();
    if (doc.id) fetch(route(doc.id), { method: "DELETE", keepalive: true }).catch(() => {});
  };
  const short = (name) => {
    const letters = [...name];
    return letters.length > 48 ? [...letters.slice(0, 39), "…", ...letters.slice(-8)].join("") : name;
  };
  const renew = (doc) => { doc.until = Date.now() + minutes * 60000; };

  const send = async (file, doc) => {
    const headers = { "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(doc.name) };
    const answer = await fetch(route(), { method: "POST", body: file, headers, signal: doc.sending.signal });
    const made = await answer.json();
    if (!answer.ok) throw new Error(made.error.code);
    Object.assign(doc, { id: made.upload_id, isPartial: made.warnings.length > 0 });
    renew(doc);
  };
  const attach = async (file) => {
    if (held.length >= most) return tell(say("attach_most", most), true);
    const doc = { name: short(file.name), sending: new AbortController(), until: Infinity };
    if (file.size > megabytes * 2 ** 20) return tell(say("attach_too_long", doc.name, megabytes), true);
    held.push(doc);
    draw();
    tell(words.attach_reading);
    try {
      await send(file, doc);
      if (!held.includes(doc)) return forget(doc); // taken away while it was read
      tell(doc.isLate ? words.attach_late : words.attach_done);
    } catch (error) {
      if (!held.includes(doc)) return;
      forget(doc);
      const key = `attach_${error.message}`;
      tell(say(key in words ? key : "attach_failed", doc.name, megabytes), true);
    }
    draw();
  };
  const attachAll = async (files) => {
    for (const file of files) await attach(file);
  };

  picker.addEventListener("change", () => {
    const files = [...picker.files];
    picker.value = "";
    attachAll(files);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#attach")) picker.click();
    if (!event.target.closest("#clear")) return;
    [...held].forEach(forget);
    draw();
    tell("");
  });
  // A file let go over the page is attached; the browser would leave the page and open it.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    attachAll([...event.dataTransfer.files]);
  });
  document.addEventListener("medqa:asked", () => {
    held.forEach((doc) => (doc.id ? renew(doc) : (doc.isLate = true)));
    if (!held.some((doc) => doc.isLate && !doc.id)) tell("");
  });
  setInterval(() => {
    const past = held.filter((doc) => doc.id && doc.until < Date.now());
    if (!past.length) return;
    past.forEach(forget);
    draw();
    tell(say("attach_expired", past.map((doc) => doc.name).join(", "), minutes), true);
  }, 5000);
  window.addEventListener("pagehide", () => [...held].forEach(forget));
  window.addEventListener("pageshow", (event) => event.persisted && draw());
})();
