// MedQA's chat button for any page: <script src=".../widget.js" data-lang="auto"></script>
// Everything lives in a shadow root, so neither side's styles reach the other. Text is only ever set as text.
(() => {
  "use strict";
  const script = document.currentScript;
  const server = new URL(script.src).origin;
  const option = (name, fallback) => script.dataset[name] || fallback;
  const chinese = /^zh/i.test(option("lang", "auto") === "auto" ? document.documentElement.lang || navigator.language : option("lang", "auto"));
  const words = chinese
    ? { open: "打开问答", close: "关闭", ask: "提问", placeholder: "提一个医学问题", stop: "停止", page: (number) => `第 ${number} 页`, failed: "现在无法回答，请稍后再试。", blocked: "连不上服务，或此网页未获准使用它。",
        hello: "MedQA 是人工智能系统，不是医生。内容为一般性信息，可能有误。紧急情况请拨打当地急救电话。" }
    : { open: "Open the chat", close: "Close", ask: "Ask", placeholder: "Ask a medical question", stop: "Stop", page: (number) => `page ${number}`, failed: "No answer just now. Please try again later.", blocked: "The service cannot be reached, or this page may not use it.",
        hello: "MedQA is an AI system, not a clinician. It gives general information and may be wrong. In an emergency call your local emergency number." };
  const title = option("title", "MedQA");
  const accent = /^#[0-9a-f]{3,8}$/i.test(option("accent", "")) ? script.dataset.accent : "#0f766e";
  const side = option("position", "right") === "left" ? "left" : "right";

  const host = document.createElement("div");
  host.id = "medqa-widget";
  const root = host.attachShadow({ mode: "open" });
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  const style = make("style");
  style.textContent = `
    :host { all: initial; }
    * { box-sizing: border-box; font-family: system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif; }
    .button { position: fixed; bottom: 20px; ${side}: 20px; z-index: 2147483000; min-width: 56px; height: 56px; padding: 0 20px; border: 0; border-radius: 28px; background: ${accent}; color: #fff; font-size: 16px; font-weight: 600; cursor: pointer; box-shadow: 0 4px 14px rgba(0,0,0,.28); }
    .button:focus-visible, .panel button:focus-visible, textarea:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px; }
    .panel { position: fixed; bottom: 88px; ${side}: 20px; z-index: 2147483000; width: 400px; max-width: calc(100vw - 24px); height: 600px; max-height: calc(100vh - 108px); display: none; flex-direction: column; background: #fff; color: #1f2937; border-radius: 14px; overflow: hidden; box-shadow: 0 10px 36px rgba(0,0,0,.3); }
    .panel.open { display: flex; }
    header { display: flex; align-items: center; justify-content: space-between; padding: 10px 14px; background: ${accent}; color: #fff; font-weight: 600; font-size: 16px; }
    header button { border: 0; background: transparent; color: #fff; font-size: 22px; line-height: 1; cursor: pointer; min-width: 44px; min-height: 36px; }
    .log { flex: 1; overflow-y: auto; padding: 14px; font-size: 15px; line-height: 1.55; }
    .hello { font-size: 13px; color: #475569; border-left: 3px solid ${accent}; padding-left: 8px; margin: 0 0 12px; }
    .mine { margin: 10px 0 10px 40px; padding: 8px 12px; border-radius: 12px; background: #e6f4f1; white-space: pre-wrap; overflow-wrap: anywhere; }
    .theirs { margin: 10px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
    .card { border: 2px solid #b42318; background: #fef3f2; color: #4a0d08; border-radius: 10px; padding: 10px 12px; margin: 10px 0; }
    .card.crisis { border-color: #175cd3; background: #eff8ff; color: #102a56; }
    .card.advice, .card.urgent { border-color: #b54708; background: #fffaeb; color: #4e1d09; }
    .card strong { display: block; font-size: 17px; margin-bottom: 4px; }
    .card .phone { font-weight: 700; margin-top: 4px; }
    sup button { border: 0; background: transparent; color: ${accent}; font-weight: 700; font-size: 12px; cursor: pointer; padding: 4px; }
    details { margin: 6px 0; font-size: 13px; border: 1px solid #d7dde4; border-radius: 8px; padding: 6px 10px; }
    summary { cursor: pointer; }
    blockquote { margin: 6px 0; padding-left: 8px; border-left: 3px solid ${accent}; white-space: pre-line; }
    .place, .notice { font-size: 12px; color: #64748b; }
    form { display: flex; gap: 8px; padding: 10px; border-top: 1px solid #e2e8f0; }
    textarea { flex: 1; resize: none; border: 1px solid #94a3b8; border-radius: 10px; padding: 8px 10px; font-size: 16px; height: 46px; color: inherit; background: #fff; }
    form button { border: 0; border-radius: 10px; background: ${accent}; color: #fff; font-weight: 600; min-width: 64px; font-size: 15px; cursor: pointer; }
    @media (max-width: 480px) { .panel { inset: 0; width: 100vw; max-width: none; height: 100dvh; max-height: none; border-radius: 0; } .panel.open + .button { display: none; } }
  `;
  const panel = make("section", "panel");
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", title);
  const header = make("header");
  const close = make("button", "", "×");
  close.setAttribute("aria-label", words.close);
  header.append(make("span", "", title), close);
  const log = make("div", "log");
  log.setAttribute("role", "log");
  log.setAttribute("aria-live", "polite");
  log.append(make("p", "hello", words.hello));
  const form = make("form");
  const box = make("textarea");
  box.placeholder = words.placeholder;
  box.setAttribute("aria-label", words.placeholder);
  box.maxLength = 4000;
  const send = make("button", "", words.ask);
  send.type = "submit";
  form.append(box, send);
  panel.append(header, log, form);
  const button = make("button", "button", title);
  button.setAttribute("aria-label", words.open);
  button.setAttribute("aria-expanded", "false");
  root.append(style, panel, button);
  (document.body || document.documentElement).append(host);

  const turns = [];
  let running = null;

  const show = (open) => {
    panel.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    (open ? box : button).focus();
  };
  button.addEventListener("click", () => show(!panel.classList.contains("open")));
  close.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") show(false); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) { running.abort(); return; }
    const text = box.value.trim();
    if (text) { box.value = ""; ask(text); }
  });

  const scroll = () => { log.scrollTop = log.scrollHeight; };

  function cardOf(safety) {
    const card = make("div", `card ${safety.level}`);
    card.setAttribute("role", "alert");
    card.append(make("strong", "", safety.card.headline), make("div", "", safety.card.action), make("div", "phone", safety.card.phone));
    return card;
  }

  function answerOf(place, text, citations) {
    place.replaceChildren();
    const known = new Map(citations.map((citation) => [citation.n, citation]));
    text.split(/\[(\d{1,3})\]/).forEach((part, index) => {
      if (index % 2 === 0) { place.append(part); return; }
      const mark = make("sup");
      const link = make("button", "", `[${part}]`);
      link.type = "button";
      const citation = known.get(Number(part));
      if (citation) link.title = `${citation.title}: ${citation.quote}`;
      link.addEventListener("click", () => {
        const source = place.parentNode.querySelector(`details[data-n="${part}"]`);
        if (source) { source.open = true; source.scrollIntoView({ block: "nearest" }); }
      });
      mark.append(link);
      place.append(mark);
    });
  }

  function sourceOf(citation) {
    const details = make("details");
    details.dataset.n = citation.n;
    details.append(make("summary", "", `[${citation.n}] ${citation.title}`));
    const place = [citation.source, citation.section, citation.page && words.page(citation.page), citation.year].filter(Boolean).join(" · ");
    details.append(make("div", "place", place), make("blockquote", "", citation.quote));
    if (/^https?:\/\//.test(citation.url || "")) {
      const link = make("a", "", citation.url);
      link.href = citation.url; link.target = "_blank"; link.rel = "noopener noreferrer nofollow";
      details.append(link);
    }
    return details;
  }

  async function ask(text) {
    log.append(make("div", "mine", text));
    const exchange = make("div", "exchange");
    const answer = make("div", "theirs", "…");
    exchange.append(answer);
    log.append(exchange);
    scroll();
    running = new AbortController();
    send.textContent = words.stop;
    let written = "";
    try {
      const body = { question: text, turns: turns.slice(-20), audience: option("audience", "patient"), language: option("lang", "auto") };
      if (option("jurisdiction")) body.jurisdiction = option("jurisdiction");
      const response = await fetch(`${server}/v1/ask`, {
        method: "POST", mode: "cors", credentials: "omit", signal: running.signal,
        headers: { "Content-Type": "application/json", Accept: "text/event-stream", "Accept-Language": chinese ? "zh" : "en" }, body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error((await response.json()).error.message);
      for await (const { event, data } of events(response.body)) {
        if (event === "safety" && data.card) exchange.prepend(cardOf(data));
        if (event === "token") { written += data.text; answerOf(answer, written, []); }
        if (event === "done") {
          answerOf(answer, data.answer || "", data.citations);
          if (data.citations.length) exchange.append(...data.citations.map(sourceOf));
          for (const line of [...(data.reminders || []), ...(data.questions || [])]) exchange.append(make("p", "beside", line));
          exchange.append(make("p", "notice", data.notice));
          turns.push({ role: "user", content: text }, { role: "assistant", content: data.answer || "" });
        }
        if (event === "error") throw new Error(data.message);
        scroll();
      }
    } catch (error) {
      if (error.name !== "AbortError") answer.textContent = error instanceof TypeError ? words.blocked : error.message || words.failed;
    } finally {
      running = null;
      send.textContent = words.ask;
      exchange.scrollIntoView({ block: "start" });
    }
  }

  async function* events(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value.replaceAll("\r\n", "\n");
      let end;
      while ((end = buffer.indexOf("\n\n")) >= 0) {
        const lines = buffer.slice(0, end).split("\n");
        buffer = buffer.slice(end + 2);
        const event = (lines.find((line) => line.startsWith("event:")) || "event: message").slice(6).trim();
        const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
        if (data) yield { event, data: JSON.parse(data) };
      }
    }
  }
})();
