() => {
  // Which answer's sources are in view, where a marker leads, and copying. The page works on text that the
  // server has escaped: nothing here makes HTML.
  const byId = (id) => document.getElementById(id);
  const narrow = () => window.matchMedia("(max-width: 900px)").matches;
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function show(answer) {
    document.querySelectorAll("[data-sources]").forEach((section) => {
      section.hidden = section.dataset.sources !== answer;
    });
    document.querySelectorAll(".turn").forEach((turn) => {
      turn.classList.toggle("viewed", turn.dataset.answer === answer);
    });
  }

  function flash(element) {
    element.classList.remove("flash");
    void element.offsetWidth; // restarts the animation
    element.classList.add("flash");
  }

  function goTo(cardId, span) {
    const card = byId(cardId);
    if (!card) return;
    show(card.closest("[data-sources]").dataset.sources);
    const quote = [...card.querySelectorAll("mark")].find((each) => each.dataset.span === span);
    const target = card.offsetHeight > 400 && quote ? quote : card;
    target.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: narrow() ? "center" : "nearest" });
    card.focus({ preventScroll: true });
    flash(card);
    if (quote) flash(quote);
  }

  async function copy(button) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copying was blocked";
    }
    setTimeout(() => (button.textContent = before), 1600);
  }

  // The conversation is kept on the server under this tab's name; what is typed and not yet sent is kept here.
  const kept = window.sessionStorage;
  const box = () => document.querySelector("#question textarea");

  function write(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  window.assistant = {
    named(values) {
      if (!kept.getItem("tab")) {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        kept.setItem("tab", [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
      }
      return [...values.slice(0, -1), kept.getItem("tab")];
    },
    asked(values) {
      kept.setItem("sent", values[0]);
      document.dispatchEvent(new Event("assistant-sent"));
      return this.named(values);
    },
    sent(values) {
      write("");
      return this.asked(values);
    },
  };

  // What was sent and never arrived comes back into the box. Where the server was started anew Gradio may go on with a
  // stream that is dead, and shows nothing more until the page is loaded again.
  document.addEventListener("assistant-lost", () => {
    if (kept.getItem("sent") && box() && !box().value) write(kept.getItem("sent"));
    loadAgain(12);
  });

  async function loadAgain(tries) {
    if (!kept.getItem("sent")) return; // it has arrived meanwhile
    const reached = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (reached?.ok) location.reload();
    else if (tries) setTimeout(() => loadAgain(tries - 1), 5000); // it is still starting
  }

  document.addEventListener("input", (event) => {
    if (event.target === box()) kept.setItem("draft", event.target.value);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-card]");
    if (link) {
      const selecting = !link.matches("a") && String(window.getSelection());
      if (link.matches("a")) event.preventDefault();
      if (!selecting) goTo(link.dataset.card, link.dataset.span);
      return;
    }
    const asked = event.target.closest("[data-ask]");
    if (asked) {
      tabs()[0].click();
      write(asked.dataset.ask);
      box().focus();
      return;
    }
    const shown = event.target.closest("[data-show]");
    if (shown) {
      show(shown.dataset.show);
      const section = document.querySelector(`[data-sources="${shown.dataset.show}"]`);
      if (section) section.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
      return;
    }
    const copied = event.target.closest("[data-copy]");
    if (copied) copy(copied);
  });

  let restored = false;
  function restore() {
    if (restored || !box()) return;
    restored = true;
    const text = kept.getItem("draft") || kept.getItem("sent"); // Gradio loads the page again after a lost connection
    if (text && !box().value) write(text);
  }

  // A question that could not be asked comes back into the box, unless something else stands there by now.
  function mend(turn) {
    const error = turn?.querySelector("[data-mend]");
    if (!error || error.dataset.mended) return;
    error.dataset.mended = "yes";
    if (turn.dataset.number !== kept.getItem("mended") && box() && !box().value) write(error.dataset.mend);
    kept.setItem("mended", turn.dataset.number);
  }

  // Arrows, Home and End open the next, first or last tab; the Tab key reaches only the one that is open.
  const tabs = () => [...document.querySelectorAll("[role=tab]")];
  function openTab(event) {
    const all = tabs();
    const last = all.length - 1;
    const at = all.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = { ArrowLeft: at ? at - 1 : last, ArrowRight: at < last ? at + 1 : 0, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to].click();
    all[to].focus();
  }
  document.addEventListener("keydown", openTab);

  function markOpenTab() {
    tabs().forEach((tab) => (tab.tabIndex = tab.ariaSelected === "true" ? 0 : -1));
  }

  // Gradio draws the buttons of the question box without a name.
  function nameButtons() {
    byId("question")?.querySelector(".submit-button")?.setAttribute("aria-label", "Send");
    byId("question")?.querySelector(".stop-button")?.setAttribute("aria-label", "Stop");
  }

  // A new turn comes into view at its question, so that a long answer is read from its beginning.
  let latest = 0;
  new MutationObserver(() => {
    nameButtons();
    markOpenTab();
    restore();
    const last = [...document.querySelectorAll(".turn")].pop();
    const number = last ? Number(last.dataset.number) : 0;
    mend(last);
    if (number === latest) return;
    if (number > latest) {
      const sent = kept.getItem("sent");
      const arrived = sent && last.querySelector(".question")?.textContent.trim() === sent.trim();
      if (arrived && box()?.value === sent) write(""); // it was put back as lost
      kept.removeItem("sent");
      const head = last.querySelector(".question") ?? last;
      head.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
      byId("panel")?.scrollTo(0, 0);
    }
    latest = number;
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-selected"] });
}
