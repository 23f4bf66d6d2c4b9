// Step 2: each change is sent at once, and what it changes is drawn anew in place.
"use strict";

const yaml = document.getElementById("yaml");
const version = document.getElementById("version");
const yamlFault = document.getElementById("yaml-fault");
const undoYaml = document.getElementById("undo-yaml");
const WAIT = 500;
let saved = yaml ? yaml.value : "";
let queue = Promise.resolve();
let typing = 0;

const cardOf = (at) => document.querySelector(`.column[data-at="${at}"]`);
const isTyped = () => yaml && yaml.value !== saved;

// One change after another: each is made to what the one before it left.
function inTurn(work) {
  queue = queue.then(work, work);
  return queue;
}

function send(where, values) {
  return post(where, { version: version.value, ...values });
}

async function change(where, values, at) {
  if (isTyped()) {
    await write();
    if (isTyped()) {
      fault("The YAML has a mistake. Correct it, or discard what you typed.");
      return false;
    }
  }
  document.getElementById("fault").hidden = true;
  const answer = await send(where, { at, ...values });
  if (!answer) return false;
  show(answer, at);
  return true;
}

function show(answer, at) {
  if (answer.go) {
    location.assign(answer.go);
    return;
  }
  version.value = answer.version;
  saved = answer.yaml;
  yaml.value = answer.yaml;
  yamlFault.textContent = "";
  undoYaml.hidden = true;
  const active = document.activeElement;
  for (const card of answer.cards) draw(card);
  if (active && active.id && !active.isConnected) (document.getElementById(active.id) || nearest(active.id)).focus();
  document.getElementById("imported").textContent = answer.imported.toLocaleString("en-US");
  const left = document.getElementById("left");
  if (left) left.textContent = (answer.columns - answer.imported).toLocaleString("en-US");
  const moved = document.getElementById("moved");
  moved.hidden = !answer.said;
  moved.querySelector("p").textContent = answer.said;
  announce(answer, at);
  refine();
}

// The control of a column that took the place of one that is gone.
function nearest(id) {
  const at = /^c(\d+)-/.exec(id);
  const card = at && cardOf(at[1]);
  return (card && (card.querySelector(".below :is(button, input, select)") || card.querySelector("select"))) || document.body;
}

function draw(card) {
  const item = cardOf(card.at);
  item.querySelector(".valid").innerHTML = card.valid;
  if (card.below === undefined) return;
  item.querySelector(".below").innerHTML = card.below;
  const select = item.querySelector("select[data-column]");
  for (const option of select.options) {
    option.dataset.plain ??= option.textContent.replace(/, \w+ choice$/, "");
    option.textContent = option.value === card.target ? card.words : option.dataset.plain;
  }
  select.value = select.dataset.chosen ?? card.target;
  select.dataset.was = card.target;
}

function announce(answer, at) {
  const own = answer.cards.find((card) => card.at === at);
  const counts = own ? cardOf(at).querySelector(".valid").textContent.trim().replace(/\s+/g, " ") : "";
  document.getElementById("said").textContent = [counts, answer.said].filter(Boolean).join(". ");
}

// Long columns are counted in a sample at first; then all of their cells are, one column after another.
let refining = false;
async function refine() {
  if (refining) return;
  refining = true;
  for (let rough; (rough = document.querySelector("[data-rough]")); ) {
    const at = rough.closest(".column").dataset.at;
    const answer = await fetch(`/columns/count?at=${at}`).then((response) => response.json()).catch(() => null);
    if (!answer || answer.error) break;
    if (answer.version === version.value) draw({ at: answer.at, valid: answer.valid });
    if (rough.isConnected) rough.removeAttribute("data-rough");
  }
  refining = false;
}

async function write() {
  clearTimeout(typing);
  if (!isTyped()) return;
  const text = yaml.value;
  const response = await fetch("/columns/yaml", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ import: importId, version: version.value, text }),
  }).catch(() => null);
  const answer = response ? await response.json() : { error: "rotor-import doesn't answer. Is it still running?" };
  if (answer.error) {
    yamlFault.textContent = answer.error;
    yaml.setAttribute("aria-invalid", "true");
    undoYaml.hidden = false;
    return;
  }
  yaml.removeAttribute("aria-invalid");
  if (yaml.value !== text) {
    saved = text;
    version.value = answer.version;
    return;
  }
  const { selectionStart, selectionEnd, scrollTop } = yaml;
  show(answer);
  yaml.setSelectionRange(selectionStart, selectionEnd);
  yaml.scrollTop = scrollTop;
}

function valueOf(input) {
  return input.type === "checkbox" ? (input.checked ? input.dataset.asked : "") : input.value;
}

document.addEventListener("change", (event) => {
  const target = event.target;
  const card = target.closest(".column");
  if (!card) return;
  const at = Number(card.dataset.at);
  if (target.dataset.column !== undefined) {
    const was = target.dataset.was ?? [...target.options].find((option) => option.defaultSelected)?.value ?? "";
    const chosen = target.value; // what it is now: the answer to a change before this one is still to be drawn
    target.dataset.chosen = chosen;
    inTurn(async () => {
      if (target.dataset.chosen === chosen) delete target.dataset.chosen;
      if (!(await change("/columns/assign", { target: chosen }, at))) target.value = was;
    });
  } else if (target.dataset.set) {
    const words = target.dataset.words ? JSON.parse(target.dataset.words) : undefined;
    inTurn(() => change("/columns/set", { option: target.dataset.set, value: valueOf(target), words }, at));
  } else if (target.dataset.value !== undefined) {
    const rows = [...target.closest("[data-values]").querySelectorAll("select")];
    const values = Object.fromEntries(rows.filter((row) => row.value).map((row) => [row.dataset.value, row.value]));
    inTurn(() => change("/columns/set", { option: "values", value: values }, at));
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const order = JSON.parse(button.parentElement.dataset.order);
  const card = button.closest(".column");
  const own = card.querySelector("select[data-column]").dataset.column;
  const from = order.indexOf(own);
  const to = from + Number(button.dataset.move);
  [order[from], order[to]] = [order[to], order[from]];
  inTurn(() => change("/columns/set", { option: "order", value: order }, Number(card.dataset.at)));
});

if (yaml) {
  saved = yaml.value;
  yaml.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => inTurn(write), WAIT);
  });
  yaml.addEventListener("change", () => inTurn(write));
  undoYaml.addEventListener("click", () => {
    yaml.value = saved;
    yamlFault.textContent = "";
    yaml.removeAttribute("aria-invalid");
    undoYaml.hidden = true;
    yaml.focus();
  });
}

const name = document.getElementById("name");
if (name) {
  name.addEventListener("change", () =>
    inTurn(async () => {
      const place = document.getElementById("name-fault");
      const response = await fetch("/columns/name", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ import: importId, name: name.value }),
      }).catch(() => null);
      const answer = response ? await response.json() : { error: "rotor-import doesn't answer. Is it still running?" };
      place.textContent = answer.error || "";
      name.setAttribute("aria-invalid", answer.error ? "true" : "false");
      if (answer.error) return;
      name.value = answer.name;
      for (const shown of document.querySelectorAll("[data-name]")) shown.textContent = answer.name;
    }),
  );
}

// The plan is made from what is saved: whatever is under way comes first.
let ready = false;
document.addEventListener(
  "submit",
  (event) => {
    if (event.target.id !== "go" || ready) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    inTurn(write).then(() => {
      if (isTyped()) {
        document.getElementById("as-yaml").open = true;
        yaml.focus();
        return;
      }
      setTimeout(() => {
        ready = true; // a form can't be submitted while it is being submitted, so only after this event
        event.target.requestSubmit();
        ready = false;
      });
    });
  },
  true,
);

refine();
