"use strict";
// Without this the page is whole: it only searches, filters, expands, keeps choices, and tells times in the reader's zone.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const id = (name) => document.getElementById(name);

// ---- Times ----
const zoned = new Intl.DateTimeFormat("en-US", {
  month: "short", day: "numeric", year: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short",
});
for (const time of all("time.at")) time.textContent = zoned.format(new Date(time.dateTime)).replaceAll("\u202f", " ");

// ---- Rows: search, filter, expand ----
const FIRST = matchMedia("(max-width: 52rem)").matches ? 20 : 50;
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const national = (digits) => (digits.length === 11 && digits.startsWith("1") ? digits.slice(1) : digits);
const lines = all("#lines tbody tr");
const texts = lines.map((line) => plain(line.textContent));
const phones = lines.map((line) =>
  (line.textContent.match(/\+?\d[\d\s().\/-]{5,}\d/g) ?? []).map((one) => national(one.replace(/\D/g, ""))));
const tools = id("tools");
const number = (count) => count.toLocaleString("en-US");
let showsAll = false;

function matches(query) {
  const digits = national(query.replace(/\D/g, ""));
  const isPhone = digits.length > 3 && /^\+?[\d\s().\/-]+$/.test(query);
  const words = plain(query).split(/\s+/).filter(Boolean);
  return (at) => (isPhone && phones[at].some((one) => one.includes(digits))) || words.every((word) => texts[at].includes(word));
}

function show() {
  const query = tools.elements.find.value.trim();
  const kind = tools.elements.kind.value;
  const fits = matches(query);
  let found = 0;
  lines.forEach((line, at) => {
    const wanted = (!kind || line.dataset.kind === kind) && (!query || fits(at));
    found += wanted;
    const late = wanted && !showsAll && found > FIRST;
    line.hidden = !wanted || late;
    line.classList.toggle("late", late);
  });
  const total = Number(id("found").dataset.all);
  const rest = total - lines.length;
  const elsewhere = rest ? ` This page doesn't hold the other ${number(rest)}: search rows.csv and creates.csv.` : "";
  id("found").textContent = `${number(found)} of ${number(lines.length)} lines.${elsewhere}`;
  const more = document.querySelector(".more-rows");
  more.hidden = showsAll || found <= FIRST;
  id("more").textContent = `Show the other ${number(found - FIRST)}`;
}

tools.hidden = false;
tools.addEventListener("input", show);
tools.addEventListener("submit", (event) => event.preventDefault());
id("more").addEventListener("click", () => {
  showsAll = true;
  show();
});
id("expand").addEventListener("click", (event) => {
  const open = event.target.textContent === "Expand all";
  for (const one of all("#lines tr:not([hidden]) details")) one.open = open;
  event.target.textContent = open ? "Collapse all" : "Expand all";
});
for (const figure of all("a.figure[data-kind]")) {
  figure.addEventListener("click", () => {
    const has = [...tools.elements.kind].some((radio) => radio.value === figure.dataset.kind);
    tools.elements.kind.value = has ? figure.dataset.kind : "";
    show();
  });
}
show();

// ---- Links into folded parts ----
function unescaped(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a link that somebody cut short
  }
}

function unfold() {
  const target = location.hash.length > 1 && id(unescaped(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) if (part.localName === "details") part.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

// ---- Tabs: the part in view ----
const tabs = all(".tabs a");
const parts = tabs.map((tab) => id(tab.hash.slice(1)));
function mark() {
  let current = 0;
  parts.forEach((part, at) => {
    if (part.id !== "main" && part.getBoundingClientRect().top < innerHeight / 3) current = at;
  });
  tabs.forEach((tab, at) => (at === current ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current")));
}
addEventListener("scroll", mark, { passive: true });
mark();

// ---- Decisions ----
const dock = id("dock");
const asked = all("fieldset[data-question]");
const kept = `rotor-import decisions ${document.body.dataset.run}`;

function decisions() {
  const said = {};
  for (const question of asked) {
    const choice = question.querySelector("input:checked");
    if (choice) said[question.dataset.question] = choice.value;
  }
  return said;
}

function keep() {
  const said = decisions();
  id("answered").textContent = `${number(Object.keys(said).length)} of ${number(asked.length)}`;
  try {
    localStorage.setItem(kept, JSON.stringify(said));
  } catch {
    // A browser that keeps nothing for files: the choices stay as long as the page is open.
  }
}

function choose(question, value) {
  for (const radio of all("input", question)) radio.checked = radio.value === value;
}

function restore() {
  try {
    const said = JSON.parse(localStorage.getItem(kept) ?? "{}");
    for (const question of asked) if (question.dataset.question in said) choose(question, said[question.dataset.question]);
  } catch {
    // Nothing was kept.
  }
}

function answerAll(bulk) {
  const questions = all("fieldset[data-question]", bulk.parentElement);
  const undo = bulk.querySelector("button[value='']");
  const lead = bulk.querySelector("legend");
  let before = [];
  const open = () => questions.filter((question) => !question.querySelector("input:checked"));
  const words = () => {
    const left = open().length;
    lead.textContent = left === questions.length ? `Answer all ${number(left)}` : `Answer the other ${number(left)}`;
    for (const button of all("button", bulk)) if (button !== undo) button.disabled = !left;
    if (!left && !before.length) bulk.querySelector(".said").textContent = "All are answered.";
    if (left) bulk.querySelector(".said").textContent = "";
  };
  bulk.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const said = bulk.querySelector(".said");
    if (button === undo) {
      for (const question of before) choose(question, "");
      before = [];
    } else {
      before = open();
      for (const question of before) choose(question, button.value);
    }
    keep();
    words();
    undo.hidden = !before.length;
    if (before.length) said.textContent = `${number(before.length)} answered: ${button.textContent}.`;
  });
  bulk.parentElement.addEventListener("change", () => {
    before = [];
    undo.hidden = true;
    words();
  });
  bulk.hidden = questions.length < 2;
  words();
}

function download() {
  const { columns, lines: rows, questions } = JSON.parse(id("review-data").textContent);
  const said = decisions();
  const decision = columns.indexOf("decision");
  const cell = (text) => `"${text.replaceAll('"', '""')}"`;
  const table = [columns, ...rows.map((row, at) => row.with(decision, said[questions[at]] ?? ""))];
  const text = table.map((row) => row.map(cell).join(",") + "\r\n").join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  link.download = "review.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

if (dock) {
  restore();
  dock.hidden = false;
  addEventListener("change", keep);
  for (const bulk of all("fieldset.bulk")) answerAll(bulk);
  id("download").addEventListener("click", download);
  keep();
}

// ---- Paper ----
let folded = [];
addEventListener("beforeprint", () => {
  folded = all("details:not([open])");
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
});
