"use strict";
// Without this the page is whole: it only searches, filters and unfolds.
const lines = [...document.querySelectorAll("#lines tbody tr")];
const texts = lines.map((line) => line.textContent.toLowerCase());
const search = document.getElementById("search");
const tools = document.getElementById("tools");
const found = document.getElementById("found");
const unfold = document.getElementById("unfold");

function show() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const kind = tools.elements.kind.value;
  let count = 0;
  lines.forEach((line, at) => {
    const wanted = (!kind || line.dataset.kind === kind) && words.every((word) => texts[at].includes(word));
    line.hidden = !wanted;
    count += wanted;
  });
  found.textContent = `${count.toLocaleString("en")} of ${lines.length.toLocaleString("en")} lines in this page`;
}

tools.addEventListener("input", show);
tools.addEventListener("submit", (event) => event.preventDefault());
unfold.addEventListener("click", () => {
  const open = unfold.textContent === "Unfold all";
  for (const one of document.querySelectorAll("#lines tr:not([hidden]) details")) one.open = open;
  unfold.textContent = open ? "Fold all" : "Unfold all";
});

let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
});
show();
