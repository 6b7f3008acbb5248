"use strict";
// Lists the cases, a hundred at a time; what is shown of one is unpacked when it is opened. All that comes from
// documents, questions and models is set as text, never as markup.
const PAGE = 100;
const byId = (id) => document.getElementById(id);
const unpacked = new Map();

async function unpack(element) {
  const bytes = Uint8Array.from(atob(element.textContent.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function blockOf(number, size) {
  const at = Math.floor(number / size);
  if (!unpacked.has(at)) unpacked.set(at, unpack(byId("block" + at)));
  return unpacked.get(at);
}

function make(name, kind, ...children) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...children.filter((child) => child !== null));
  return made;
}
const given = (text, kind = "") => make("p", "given " + kind, text);
const section = (title, ...children) => make("section", "", make("h3", "", title), ...children);
const list = (items, name = "ul") => make(name, "", ...items);

function quote([place, words, exact, gold, probability], mayMiss) {
  const told = place + (probability === null ? "" : " · " + probability.toFixed(2));
  const about = make("p", "small given", make("span", "soft", told));
  if (gold) about.append(" ", make("span", "good", "is evidence"));
  else if (gold !== null && !mayMiss) about.append(" ", make("span", "bad", "is not evidence"));
  if (!exact) about.append(" ", make("span", "bad", "not the document's words"));
  return make("li", "quote" + (gold ? " hit" : ""), given(words), about);
}

function askedWith(details) {
  const turns = details.history.map(([role, text]) => make("li", "given", make("span", "soft", role + ": "), text));
  if (details.asOf) turns.push(make("li", "", "as of " + details.asOf));
  if (details.within) turns.push(make("li", "given", "within " + (details.within.join(", ") || "no document")));
  return turns.length ? section("Asked with", list(turns)) : null;
}

function expected(details) {
  const wrong = details.wrong.length ? given("and none of: " + details.wrong.join(" · "), "soft small") : null;
  if (!details.answerable) return section("Expected", given("An abstention."), wrong);
  if (!details.expected) return section("Expected", given("An answer; none is on record.", "soft"), wrong);
  const several = details.expected.length > 1 ? given(details.all ? "all of these" : "any of these", "soft small") : null;
  return section("Expected", list(details.expected.map((text) => make("li", "given", text))), several, wrong);
}

function answered(details) {
  const made = section("Answered");
  if (details.error !== null) made.append(given(details.error, "bad"));
  else if (details.state) made.append(given(details.state, "soft"));
  else {
    if (details.short) {
      made.append(given(details.short[1], "short"));
      const about = make("p", "small given", make("span", "soft", details.short[0]));
      if (!details.short[2]) about.append(" ", make("span", "bad", "not the document's words"));
      made.append(about);
    }
    details.statements.forEach((text) => made.append(given(text)));
  }
  const numbers = details.numbers.map(([name, value]) => name + " " + value.toFixed(3)).join(" · ");
  if (numbers) made.append(given(numbers, "soft small"));
  return made;
}

function evidence([document, words, rank]) {
  const found = make("span", rank ? "good" : "bad", rank ? "found at " + rank : "not found");
  const about = make("p", "small given", make("span", "soft", document), " ", found);
  return make("li", "quote" + (rank ? " hit" : ""), words === null ? null : given(words), about);
}

function passage([place, holds, runs], number) {
  const about = make("p", "small given", make("span", "soft", number + ". " + place));
  if (holds) about.append(" ", make("span", "good", "holds evidence"));
  const text = make("p", "given", ...runs.map(([words, marked]) => (marked ? make("mark", "", words) : words)));
  return make("li", "quote" + (holds ? " hit" : ""), about, text);
}

function passages(details, pool) {
  if (!details.passages.length) return null;
  const shown = details.passages.length;
  const title = details.found + " passages" + (details.found > shown ? ", the first " + shown + " shown" : "");
  const items = details.passages.map((at, place) => passage(pool[at], place + 1));
  return make("details", "passages", make("summary", "", title), list(items, "ol"));
}

function inside(details, pool) {
  const gold = details.evidence.length ? section("Evidence", list(details.evidence.map(evidence))) : null;
  const cited = details.cited.length ? section("Cited", list(details.cited.map((each) => quote(each, false)))) : null;
  const title = details.state === "It was unsure." ? "This may answer it" : "Also in the documents";
  const also = details.also.length ? section(title, list(details.also.map((each) => quote(each, true)))) : null;
  return make(
    "div", "inside", askedWith(details), make("div", "two", expected(details), answered(details)),
    gold || cited ? make("div", "two", gold, cited) : null, also, passages(details, pool),
  );
}

function row(data, number) {
  const [id, question, , outcome, why, tags, seconds, change] = data.entries[number];
  const about = [id, tags.join(", "), seconds < 0 ? "" : seconds.toFixed(2) + " s"].filter(Boolean).join(" · ");
  const state = make("span", "state " + data.tones[outcome], data.outcomes[outcome]);
  const reason = [why < 0 ? "" : data.whys[why], { 1: "won", "-1": "lost" }[change] || ""].filter(Boolean).join(" · ");
  const summary = make(
    "summary", "", make("span", "question given", question), state,
    make("span", "about soft small given", about), make("span", "why small", reason),
  );
  const made = make("details", "case", summary);
  made.dataset.number = number;
  made.addEventListener("toggle", async () => {
    if (!made.open || made.querySelector(".inside")) return;
    const block = await blockOf(number, data.block);
    if (!made.querySelector(".inside")) made.append(inside(block.cases[number % data.block], block.passages));
  });
  return made;
}

function matches(data, chosen) {
  const words = chosen.words.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = [];
  data.entries.forEach(([id, question, answer, outcome, why, tags, , change], number) => {
    if (chosen.outcome !== "" && outcome !== Number(chosen.outcome)) return;
    if (chosen.why !== "" && why !== Number(chosen.why)) return;
    if (chosen.tag && !tags.includes(chosen.tag)) return;
    if (chosen.change && change !== Number(chosen.change)) return;
    const text = words.length ? (id + " " + question + " " + answer).toLowerCase() : "";
    if (words.every((word) => text.includes(word))) kept.push(number);
  });
  return kept;
}

function listing(data) {
  const cases = byId("cases"), more = byId("more"), count = byId("count");
  let kept = [], shown = 0;
  const grow = () => {
    const next = kept.slice(shown, shown + PAGE);
    cases.append(...next.map((number) => row(data, number)));
    shown += next.length;
    more.hidden = shown >= kept.length;
    more.textContent = "Show " + Math.min(PAGE, kept.length - shown) + " more";
    count.textContent = kept.length + (kept.length === 1 ? " case" : " cases");
  };
  const again = () => {
    const value = (id) => byId(id)?.value ?? "";
    const outcome = document.querySelector("input[name=outcome]:checked").value;
    const chosen = { outcome, why: value("why"), tag: value("tag"), change: value("change"), words: value("words") };
    kept = matches(data, chosen);
    shown = 0;
    cases.replaceChildren();
    grow();
  };
  more.addEventListener("click", grow);
  byId("filters").addEventListener("input", again);
  again();
  const open = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const number = data.entries.findIndex((entry) => "case-" + entry[0] === id);
    if (number < 0) return;
    kept = [number, ...matches(data, { outcome: "", why: "", tag: "", change: "", words: "" }).filter((at) => at !== number)];
    shown = 0;
    cases.replaceChildren();
    grow();
    cases.firstElementChild.open = true;
    cases.firstElementChild.scrollIntoView({ block: "start" });
  };
  window.addEventListener("hashchange", open);
  open();
}

unpack(byId("data")).then(listing);
