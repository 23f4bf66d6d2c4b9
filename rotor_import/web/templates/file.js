// Step 1: a file that is chosen or dropped is uploaded at once, a sheet that is chosen is read, and the key is checked.
"use strict";

const uploading = document.getElementById("uploading");
const uploadWords = document.getElementById("upload-words");
const pick = document.getElementById("pick");

function megabytes(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1024)} KB` : `${Math.round(bytes / 1048576)} MB`;
}

function failed(words) {
  uploading.hidden = true;
  pick.value = ""; // so that the same file can be chosen again
  fault(words);
}

function upload(file) {
  if (file.size > Number(uploading.dataset.most)) {
    failed(`${file.name} is larger than ${uploading.dataset.mostWords}. Split it into several files.`);
    return;
  }
  const progress = uploading.querySelector("progress");
  const request = new XMLHttpRequest();
  document.getElementById("fault").hidden = true;
  document.getElementById("upload-name").textContent = file.name;
  uploadWords.textContent = "";
  uploading.hidden = false;
  request.open("POST", "/file/upload");
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.toWellFormed ? file.name.toWellFormed() : file.name));
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    progress.value = (100 * event.loaded) / event.total;
    uploadWords.textContent = `${megabytes(event.loaded)} of ${megabytes(event.total)}`;
  });
  request.upload.addEventListener("load", () => (uploadWords.textContent = "Reading it"));
  request.addEventListener("loadend", () => {
    let answer;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = { error: `${file.name} couldn't be uploaded. If it is open in another program, close it there. Then choose it again.` };
    }
    if (answer.go) location.assign(answer.go);
    else failed(answer.error);
  });
  request.send(file);
}

pick.addEventListener("change", () => pick.files.length && upload(pick.files[0]));

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    if (!event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    document.getElementById("drop").classList.toggle("over", type === "dragover");
    if (type !== "drop" || !event.dataTransfer.files.length) return;
    if (event.dataTransfer.files.length > 1) failed("Drop one file at a time.");
    else upload(event.dataTransfer.files[0]);
  });
}

const sheet = document.getElementById("sheet");
if (sheet) {
  sheet.addEventListener("change", async () => {
    if (!sheet.value) return;
    const answer = await post("/file/sheet", { sheet: sheet.value });
    if (answer) location.assign(answer.go);
  });
}

// The key is checked once, when there is a file and Rotor is chosen: it costs a request.
const key = document.getElementById("key");
async function checkKey() {
  if (!("check" in key.dataset) || !document.querySelector("input[name=to][value=rotor]").checked) return;
  delete key.dataset.check;
  const found = key.textContent;
  key.textContent = `${found} Checking it`;
  const answer = await post("/file/key", {});
  key.textContent = answer ? answer.words : found;
  if (answer && answer.state === "unknown") key.dataset.check = "";
  const refused = Boolean(answer) && answer.state === "refused";
  document.getElementById("refused").hidden = !refused;
  if (refused) document.getElementById("how").hidden = false;
}
for (const to of document.querySelectorAll("input[name=to]")) to.addEventListener("change", checkKey);
checkKey();
