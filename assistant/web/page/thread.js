// A question that is being answered, or waits, can be stopped. While an answer grows the button is drawn anew between
// press and release, which then make no click; a key makes nothing else.
for (const kind of ["pointerdown", "click"])
  element.addEventListener(kind, (event) => {
    const stop = event.target.closest("[data-stop]");
    if (stop) trigger("click", { turn: Number(stop.dataset.turn), stop: true });
  });
// The words last selected in a source: a click on a button may undo the selection itself.
let marked = { quote: "", document: "" };
document.addEventListener("selectionchange", () => {
  const selection = window.getSelection();
  const node = selection.anchorNode;
  const card = (node?.nodeType === 1 ? node : node?.parentElement)?.closest("[data-document]");
  if (card && String(selection).trim()) marked = { quote: String(selection), document: card.dataset.document };
});

// A click on a chip switches a hint off or on; the same chip has the focus afterwards.
let pressed = null;
element.addEventListener("click", (event) => {
  const said = event.target.closest("[data-kind]");
  if (said) {
    trigger("click", { turn: Number(said.dataset.turn), kind: said.dataset.kind });
    return;
  }
  const marking = event.target.closest("[data-mark]");
  if (marking) {
    trigger("click", { turn: Number(marking.dataset.turn), ...marked });
    return;
  }
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

// Gradio may close its stream of answers just as a question is sent, and then shows nothing of it. So whoever waits and
// sees no change asks for the state of the conversation, after 3 seconds first, then less and less often.
let asked = false;
let patience = 3;
let waiting = null;
function wait() {
  clearTimeout(waiting);
  if (!asked && !element.querySelector(".hint")) return;
  waiting = setTimeout(() => {
    if (asked && patience > 3) {
      asked = false;
      document.dispatchEvent(new Event("assistant-lost"));
    }
    patience = Math.min(2 * patience, 60);
    trigger("click", {});
    wait();
  }, 1000 * patience);
}
document.addEventListener("assistant-sent", () => {
  asked = true;
  patience = 3;
  wait();
});
watch("value", () => {
  asked = false;
  wait();
});
