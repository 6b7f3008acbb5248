// A button in the list of what waits sends which case it is of, and what stands in its two boxes.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const entry = button.closest("[data-id]");
  const value = (name) => entry.querySelector(`[name=${name}]`)?.value ?? "";
  trigger("click", { id: entry.dataset.id, act: button.dataset.act, answer: value("answer"), quote: value("quote") });
});
