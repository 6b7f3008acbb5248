// What was made of a question is taken away, or put back, by a click; the same button is in focus afterwards.
let pressed = null;
element.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-hint]");
  if (!chip) return;
  pressed = chip.id;
  trigger("click", { turn: Number(chip.dataset.turn), key: chip.dataset.hint });
});
watch("value", () => {
  const chip = pressed && document.getElementById(pressed);
  if (!chip || chip.disabled) return;
  pressed = null;
  chip.focus({ preventScroll: true });
});
