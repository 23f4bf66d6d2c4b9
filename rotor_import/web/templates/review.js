// Step 4: each answer is saved at once; answered cards fold; cells are checked on leaving them.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
let pointing = false; // whether what happens now comes from a pointer, not from a key
addEventListener("pointerdown", () => (pointing = true), true);
addEventListener("keydown", () => (pointing = false), true);

// ---- What the page says ----
function told(answer) {
  const { head, hint, next } = answer.state;
  const title = document.querySelector("[data-head]");
  title.replaceChildren(
    ...head.flatMap((words) => {
      const clause = document.createElement("span");
      clause.className = "clause";
      clause.textContent = words;
      return [clause, " "];
    }),
  );
  document.querySelector("[data-hint]").textContent = hint;
  document.querySelector("[data-action=next]").textContent = next;
  for (const bar of all(".bulk")) {
    const words = (answer.bars ?? {})[scopeName(bar)];
    if (!words) continue;
    bar.querySelector("[data-lead]").textContent = words.lead;
    bar.querySelector("[data-said]").textContent = words.said;
    bar.dataset.undo = words.undo;
    const undo = bar.querySelector("[data-undo-button]");
    const focused = bar.contains(document.activeElement);
    undo.hidden = !words.undo;
    for (const button of all("button[value]", bar)) button.hidden = !words.left;
    if (focused && !document.activeElement.checkVisibility()) bar.querySelector("button:not([hidden])")?.focus();
  }
}

const scope = (bar) => ({ kind: bar.dataset.kind, by: bar.dataset.by, key: bar.dataset.key });
const scopeName = (bar) => [bar.dataset.kind, bar.dataset.by, bar.dataset.key].filter(Boolean).join(" ");
const bars = () => [...new Map(all(".bulk").map((bar) => [scopeName(bar), scope(bar)])).values()];
const say = (words) => (document.querySelector("[data-told]").textContent = words);

// ---- One card ----
const radios = (asked) => all("input[type=radio]", asked);
const word = (asked) => radios(asked).find((radio) => radio.checked)?.value ?? "";
const isFolded = (asked) => !asked.firstElementChild.hidden;

function fold(asked, folded) {
  const [line, card] = asked.children;
  const inside = asked.contains(document.activeElement);
  if (folded) {
    const radio = radios(asked).find((one) => one.checked);
    line.querySelector("[data-word]").textContent = radio.closest(".choice").querySelector("b").textContent;
  }
  line.hidden = !folded;
  card.hidden = folded;
  if (inside) into(asked);
}

function into(asked) {
  const own = radios(asked);
  const place = isFolded(asked) ? asked.querySelector("[data-change]") : own.find((one) => one.checked) ?? own[0];
  place.focus();
}

function choose(asked, value, together = "") {
  for (const radio of radios(asked)) radio.checked = radio.value === value;
  asked.dataset.together = value ? together : "";
}

// Answers are sent one after the other, so that the last one counts.
let queue = Promise.resolve();
function send(where, values) {
  queue = queue.then(async () => {
    const answer = await post(where, { ...values, bars: bars() });
    if (answer && answer.state) told(answer);
    return answer;
  });
  return queue;
}

async function answer(asked, value, before) {
  choose(asked, value);
  asked.dataset.saved = value;
  if (!(await send("/review/answer", { question: asked.dataset.asked, word: value }))) {
    choose(asked, before);
    asked.dataset.saved = before;
    fold(asked, false);
  }
}

for (const asked of all(".asked")) asked.dataset.saved = word(asked);

document.addEventListener("change", (event) => {
  const asked = event.target.closest(".asked");
  if (!asked || event.target.type !== "radio") return;
  const before = asked.dataset.saved;
  answer(asked, event.target.value, before);
  if (pointing) fold(asked, true);
});

// Whoever uses the arrow keys may still be choosing: the card folds when the focus leaves it.
document.addEventListener("focusout", (event) => {
  const asked = event.target.closest?.(".asked");
  if (!asked || pointing || !event.relatedTarget || asked.contains(event.relatedTarget)) return;
  if (!isFolded(asked) && word(asked) && !asked.querySelector(".fault")) fold(asked, true);
});

document.addEventListener("click", (event) => {
  const change = event.target.closest("[data-change]");
  if (change) fold(change.closest(".asked"), false);
  const more = event.target.closest("[data-more]");
  if (more) {
    event.preventDefault();
    showMore(more);
  }
});

async function showMore(link) {
  const response = await fetch(link.dataset.more);
  if (!response.ok || response.redirected) return location.assign(link.href);
  const place = link.closest(".more-cards");
  const next = document.createElement("template");
  next.innerHTML = await response.text(); // made by the server, which escapes every value
  const first = next.content.querySelector(".asked, .mend");
  place.replaceWith(next.content);
  for (const asked of all(".asked:not([data-saved])")) asked.dataset.saved = word(asked);
  if (first?.matches(".asked")) into(first);
  else first?.querySelector("input, textarea, summary")?.focus();
}

// ---- Keys, only while a card has the focus ----
document.addEventListener("keydown", (event) => {
  const asked = event.target.closest?.(".asked");
  if (!asked || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=radio]), select, textarea")) return;
  const key = event.key.toLowerCase();
  const cards = all(".asked");
  const at = cards.indexOf(asked);
  if (/^[1-4]$/.test(key)) {
    const radio = radios(asked)[Number(key) - 1];
    if (!radio) return;
    answer(asked, radio.value, asked.dataset.saved);
    fold(asked, true);
  } else if (key === "j" || key === "k") {
    const next = cards[at + (key === "j" ? 1 : -1)];
    if (next) {
      into(next);
      next.scrollIntoView({ block: "nearest" });
    }
  } else if (key === "u") {
    if (!word(asked)) return;
    answer(asked, "", asked.dataset.saved);
    fold(asked, false);
    say("Answer taken back");
  } else return;
  event.preventDefault();
});

// ---- Answers at once ----
const within = (asked, bar) => asked.dataset.kind === bar.kind && (!bar.by || asked.dataset[bar.by] === bar.key);

document.addEventListener("click", async (event) => {
  const button = event.target.closest(".bulk button");
  if (!button) return;
  const bar = button.closest(".bulk");
  if (button.matches("[data-undo-button]")) takeBack(bar.dataset.undo);
  else {
    const own = scope(bar);
    const answer = await send("/review/answer-all", { ...own, word: button.value });
    if (!answer) return;
    for (const asked of all(".asked")) {
      if (!within(asked, own) || word(asked)) continue;
      choose(asked, button.value, answer.together);
      asked.dataset.saved = button.value;
      fold(asked, true);
    }
    const many = answer.count === 1 ? "1 question" : `${answer.count.toLocaleString("en-US")} questions`;
    toast(`${many} answered: ${button.textContent}`, answer.together);
  }
});

async function takeBack(together) {
  const answer = await send("/review/undo", { together });
  if (!answer) return;
  for (const asked of all(".asked")) {
    if (asked.dataset.together !== together) continue;
    choose(asked, "");
    asked.dataset.saved = "";
    fold(asked, false);
  }
  hideToast();
  say(answer.count === 1 ? "1 answer taken back" : `${answer.count.toLocaleString("en-US")} answers taken back`);
}

const floating = document.querySelector(".toast");
const SECONDS = 8;
let late = 0;

function toast(words, together) {
  floating.querySelector("[data-toast]").textContent = words;
  floating.dataset.together = together;
  floating.hidden = false;
  wait();
}

function hideToast() {
  floating.hidden = true;
  floating.querySelector("[data-toast]").textContent = "";
}

function wait() {
  clearTimeout(late);
  late = setTimeout(() => (floating.matches(":hover, :focus-within") ? wait() : hideToast()), SECONDS * 1000);
}

floating.querySelector("button").addEventListener("click", () => takeBack(floating.dataset.together));
