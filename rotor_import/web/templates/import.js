// Step 5: the figures of an import under way, and what is said of them to who listens.
"use strict";

const SAY_EVERY = 10_000;
const ASK_EVERY = 1_000;
const going = document.getElementById("going");

if (going) {
  let said = 0;
  let asked = 0;
  document.addEventListener("job", async (event) => {
    const job = event.detail;
    if (job.waits_until) return location.reload();
    figure("done", job.done);
    if (job.total) {
      figure("total", job.total);
      going.querySelector("progress").max = job.total;
    }
    going.querySelector("progress").value = job.done;
    going.querySelector("[data-pace=what]").textContent = job.stage === "reading Rotor" ? "of Rotor's customers read" : "sent";
    if (Date.now() - asked < ASK_EVERY) return undefined;
    asked = Date.now();
    const pace = await (await fetch("/import/progress")).json();
    for (const name of ["added", "updated", "failed", "left", "limit"]) figure(name, pace[name]);
    for (const name of ["rate", "time_left"]) going.querySelector(`[data-pace=${name}]`).textContent = pace[name];
    if (Date.now() - said < SAY_EVERY) return undefined;
    said = Date.now();
    document.getElementById("said").textContent = `${pace.done} of ${pace.total} customers sent. ${pace.time_left}`;
    return undefined;
  });
  going.querySelector("form").addEventListener("submit", () => {
    document.getElementById("pausing").hidden = false;
  });
}

if (!going) {
  document.addEventListener("job", (event) => {
    if (!event.detail.waits_until && !event.detail.over) location.reload(); // the quota's wait is over
  });
}

function figure(name, value) {
  going.querySelector(`[data-pace=${name}]`).textContent = value.toLocaleString("en-US");
}
