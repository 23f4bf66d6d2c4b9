// What all steps share: forms that are posted, work that is watched, and folds.
"use strict";

const { import: importId, run } = document.body.dataset;
const GONE = "rotor-import doesn't answer. Is it still running? Start it again: rotor-import open";

// Posts JSON. Resolves to the answer's object, or shows what is wrong and resolves to null.
async function post(where, values) {
  let answer;
  try {
    const response = await fetch(where, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ import: importId, run, ...values }),
    });
    answer = await response.json();
  } catch {
    answer = { error: GONE };
  }
  if (answer.error) {
    fault(answer.error);
    return null;
  }
  return answer;
}

function fault(words) {
  const notice = document.getElementById("fault");
  notice.querySelector("p").textContent = words;
  notice.hidden = false;
  notice.scrollIntoView({ block: "center" });
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-post]");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const answer = await post(form.dataset.post, Object.fromEntries(new FormData(form)));
  if (answer && answer.go) location.assign(answer.go);
  else delete form.dataset.busy;
});

// A browser that goes back may bring the page as it was left: busy, and from before the next step.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[aria-expanded][aria-controls]");
  if (!button) return;
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", open);
  document.getElementById(button.getAttribute("aria-controls")).hidden = !open;
});

// A step that shows work under way is told how far it is, and is loaded anew at its end.
if (document.querySelector("[data-watch]")) {
  const source = new EventSource("/events");
  let failures = 0; // one after another: the browser tries again by itself
  source.addEventListener("open", () => {
    if (failures > 1) document.getElementById("fault").hidden = true;
    failures = 0;
  });
  source.addEventListener("error", () => {
    failures += 1;
    if (failures === 2 || source.readyState === EventSource.CLOSED) fault(GONE);
  });
  source.addEventListener("message", (event) => {
    const job = JSON.parse(event.data);
    document.dispatchEvent(new CustomEvent("job", { detail: job }));
    for (const place of document.querySelectorAll("[data-job]")) place.textContent = job[place.dataset.job].toLocaleString("en-US");
    if (job.over) {
      source.close();
      location.reload();
    }
  });
}
