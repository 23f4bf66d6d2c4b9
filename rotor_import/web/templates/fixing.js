// Step 4: the cells of rejected rows, checked on leaving them.
"use strict";

document.addEventListener("focusin", (event) => {
  if (event.target.closest(".field")) event.target.dataset.before ??= event.target.value;
});

document.addEventListener("focusout", (event) => {
  if (event.target.closest(".field")) check(event.target);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.(".field");
  if (!field) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.target.value = event.target.dataset.file;
    check(event.target);
  } else if (event.key === "Enter" && event.target.localName === "input") check(event.target);
});

async function check(input) {
  const value = input.value;
  if (value === (input.dataset.before ?? value)) return;
  input.dataset.before = value;
  const row = input.closest(".mend");
  const { column } = input.closest(".field").dataset;
  const answer = await send("/review/fix", { file: row.dataset.file, row: row.dataset.row, column, value });
  if (!answer) return;
  const fields = Object.entries(answer.row.fields);
  const shown = all(".field", row);
  if (fields.some(([name]) => !shown.some((one) => one.dataset.column === name))) return location.reload(); // another cell is wrong now
  for (const field of shown) show(field, answer.row.fields[field.dataset.column] ?? { fault: "", was: null });
  const [icon, words, color] = answer.row.tag;
  const tag = row.querySelector("[data-tag]");
  tag.className = `tag ${color}`;
  tag.querySelector("use").setAttribute("href", `#i-${icon}`);
  tag.querySelector("span").textContent = words;
  const faults = fields.filter(([, one]) => one.fault).map(([name, one]) => `${name}: ${one.fault}`);
  say(`${row.getAttribute("aria-label")}: ${faults.join(". ") || words}`);
}

function show(field, { fault, was }) {
  const input = field.querySelector("input, textarea");
  const [wrong, before] = [field.querySelector(".fault"), field.querySelector(".hint")];
  if (fault) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  wrong.hidden = !fault;
  wrong.querySelector("bdi").textContent = fault.slice(0, 1).toUpperCase() + fault.slice(1);
  before.hidden = was === null;
  if (was !== null) before.querySelector("bdi").textContent = was || "blank";
}
