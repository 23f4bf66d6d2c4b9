// Step 3: how far planning is; then the search, which shows what it finds without loading the page anew.
"use strict";

const byId = (name) => document.getElementById(name);

// ---- Planning is under way ----
const planning = byId("planning");
const SAID = {
  file: "Reading the file and its columns",
  rotor: "Reading Rotor's customers",
  match: "Matching the rows with Rotor's customers",
};
const QUIET = 10000; // milliseconds between two things said while nothing but a number changes
let saidAt = 0;
let stageSaid = "";

function at(job) {
  if (job.stage !== "reading Rotor") return "file";
  return job.total && job.done >= job.total ? "match" : "rotor";
}

function tellStage(stage, job) {
  const counted = stage === "rotor" && job.total ? `: ${job.done.toLocaleString("en-US")} of ${job.total.toLocaleString("en-US")}` : "";
  if (stage === stageSaid && Date.now() - saidAt < QUIET) return;
  stageSaid = stage;
  saidAt = Date.now();
  byId("stage").textContent = SAID[stage] + counted;
}

function showJob(job) {
  const stage = at(job);
  const order = Object.keys(SAID);
  for (const item of planning.querySelectorAll("[data-stage]")) {
    const place = order.indexOf(item.dataset.stage) - order.indexOf(stage);
    item.className = place < 0 ? "past" : place === 0 ? "now" : "";
  }
  const bar = byId("bar");
  bar.hidden = stage !== "rotor" || !job.total;
  if (job.total) {
    bar.max = job.total;
    bar.value = job.done;
    byId("read").textContent = `${job.done.toLocaleString("en-US")} of ${job.total.toLocaleString("en-US")}`;
  }
  const waits = byId("waits");
  waits.hidden = !job.waits_until;
  if (job.waits_until) {
    const until = new Date(1000 * job.waits_until).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "short" });
    waits.textContent = `Rotor asks to wait. It goes on by itself at ${until}.`;
  }
  tellStage(stage, job);
}

if (planning) document.addEventListener("job", (event) => showJob(event.detail));

// ---- Search, filter and pages ----
const tools = byId("tools");
const PAUSE = 150; // milliseconds after the last key
let running = null;
let timer = 0;

function address(page) {
  const asked = new URLSearchParams();
  const query = tools.elements.find.value.trim();
  const fate = tools.elements.fate.value;
  if (query) asked.set("q", query);
  if (fate) asked.set("fate", fate);
  if (page > 1) asked.set("page", page);
  return asked.toString();
}

async function show(asked, { push }) {
  clearTimeout(timer);
  if (running) running.abort();
  const own = new AbortController();
  running = own;
  let text;
  try {
    const response = await fetch(`/plan/lines?${asked}`, { signal: own.signal });
    text = await response.text();
    if (response.status === 403 || response.status >= 500) throw new Error("refused");
  } catch {
    if (!own.signal.aborted) fault("rotor-import doesn't answer. Is it still running? Start it again: rotor-import open");
    return;
  }
  byId("lines").innerHTML = text; // the server has escaped every value
  byId("found").textContent = byId("lines").querySelector("[data-found]").dataset.found;
  if (push) history.pushState(null, "", asked ? `/plan?${asked}` : "/plan");
  else history.replaceState(null, "", asked ? `/plan?${asked}` : "/plan");
}

function take(link) {
  const asked = new URLSearchParams(link.search);
  tools.elements.find.value = asked.get("q") ?? "";
  const fate = [...tools.querySelectorAll("input[name=fate]")].find((radio) => radio.value === (asked.get("fate") ?? ""));
  if (fate) fate.checked = true;
  return { fits: Boolean(fate), asked: asked.toString() };
}

if (tools) {
  tools.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => show(address(1), { push: false }), event.target.type === "search" ? PAUSE : 0);
  });
  tools.addEventListener("submit", (event) => {
    event.preventDefault();
    show(address(1), { push: false });
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href^='/plan']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const { fits, asked } = take(new URL(link.href));
    if (!fits) return; // there is nothing of this kind: the page itself says so
    event.preventDefault();
    await show(asked, { push: true });
    const part = byId("customers");
    part.focus({ preventScroll: true });
    part.scrollIntoView();
  });
  addEventListener("popstate", () => {
    take(location);
    show(location.search.slice(1), { push: false });
  });
}
