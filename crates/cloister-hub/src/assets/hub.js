// Keeps an open page current. Pages are whole without it.
"use strict";
(() => {
  const main = document.getElementById("main");
  const live = document.getElementById("live");
  if (!main || !live || !window.EventSource) return;
  const source = main.dataset.source;

  // Who is writing, or has marked something, is not disturbed: a link waits instead.
  const busy = () => {
    const at = document.activeElement;
    const chosen = window.getSelection();
    return (at && main.contains(at) && at !== main) || (chosen && !chosen.isCollapsed) || document.hidden;
  };
  const say = (text) => {
    live.textContent = text + " ";
    return live;
  };
  const renew = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("main");
    if (next) main.replaceChildren(...next.childNodes);
  };
  let renewed = 0;
  const told = (event) => {
    if (event.source !== source) return;
    const text = {
      assessed: () => `Assessed anew: ${event.open} open, ${event.new} new, ${event.resolved} resolved.`,
      detected: () => `Detected: ${event.severity}${event.suspectsBreach ? ", looks like a breach" : ""}.`,
      decided: () => "A decision was made.",
    }[event.event]?.();
    if (!text) return;
    // Other pages do not change with a detection, and many may come at once.
    if (event.event === "detected" && (!location.pathname.endsWith("/detections") || Date.now() - renewed < 2000)) {
      say(text);
      return;
    }
    renewed = Date.now();
    if (busy()) {
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = "Show it";
      say(text).append(link);
    } else {
      renew().then(() => say(text), () => say("The hub does not answer."));
    }
  };
  const events = new EventSource("/events");
  events.onmessage = (message) => told(JSON.parse(message.data));
  window.addEventListener("pagehide", () => events.close());
})();
