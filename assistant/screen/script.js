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
      button.textContent = "The browser did not allow it";
    }
    setTimeout(() => (button.textContent = before), 1600);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-card]");
    if (link) {
      const selecting = !link.matches("a") && String(window.getSelection());
      if (link.matches("a")) event.preventDefault();
      if (!selecting) goTo(link.dataset.card, link.dataset.span);
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
  let turns = 0;
  new MutationObserver(() => {
    nameButtons();
    markOpenTab();
    const all = document.querySelectorAll(".turn");
    if (all.length === turns) return;
    if (all.length > turns) {
      const last = all[all.length - 1];
      const head = last.querySelector(".question") ?? last;
      head.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
      byId("panel")?.scrollTo(0, 0);
    }
    turns = all.length;
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-selected"] });
}
