// Step 1: a file that is chosen or dropped is uploaded at once.
"use strict";

function upload(file) {
  const progress = document.getElementById("uploading");
  const request = new XMLHttpRequest();
  request.open("POST", "/file/upload");
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.addEventListener("progress", (event) => {
    progress.hidden = false;
    progress.classList.remove("vh");
    if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total;
  });
  request.addEventListener("loadend", () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = { error: `${file.name} couldn't be uploaded. Choose it again.` };
    }
    if (answer.go) location.assign(answer.go);
    else {
      progress.hidden = true;
      fault(answer.error);
    }
  });
  request.send(file);
}

const pick = document.getElementById("pick");
pick.addEventListener("change", () => pick.files.length && upload(pick.files[0]));

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    if (!event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    const drop = document.getElementById("drop");
    if (drop) drop.classList.toggle("over", type === "dragover");
    if (type === "drop" && event.dataTransfer.files.length) upload(event.dataTransfer.files[0]);
  });
}
