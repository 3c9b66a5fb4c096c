// The browser's own file field; files go to the kernel in pieces, each sent when the one before has arrived.

function element(tag, parent, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return parent.appendChild(made);
}

function sizeText(bytes) {
  const [unit, name] = bytes >= 1e9 ? [1e9, "GB"] : [1e6, "MB"];
  return `${Math.ceil((10 * bytes) / unit) / 10} ${name}`;
}

// A file that changes on disk, and a folder dropped on the field, cannot be read.
async function readPiece(file, from, to) {
  try {
    return await file.slice(from, to).arrayBuffer();
  } catch {
    throw new Error(`${file.name} cannot be read: it changed, or is a folder. Choose it again.`);
  }
}

// JupyterLab's notebook would take the keys that open the field for commands of its own.
function keepFromNotebook(event) {
  if (["Enter", " "].includes(event.key)) event.stopPropagation();
}

function render({ model, el }) {
  el.classList.add("oc-picker");
  const label = element("label", el, {}, "Choose files…");
  const field = element("input", label, { type: "file", multiple: "" });
  const status = element("p", el, { role: "status" });
  let go = "", reading = false, answered = () => {};

  function say(text, isProblem = false) {
    status.textContent = text;
    status.classList.toggle("oc-problem", isProblem);
  }
  const hear = (message) => message.go === go && answered(message.problem);
  model.on("msg:custom", hear);

  function send(message, buffers = []) {
    return new Promise((resolve, reject) => {
      answered = (problem) => (problem ? reject(new Error(problem)) : resolve());
      model.send({ go, ...message }, undefined, buffers);
    });
  }
  async function handOver(files) {
    const piece = model.get("piece");
    go = Math.random().toString(36).slice(2); // a widget shown twice has two fields and one kernel
    await send({ kind: "files", files: files.map(({ name, size }) => ({ name, size })) });
    for (const [place, file] of files.entries()) {
      for (let at = 0; at < file.size; at += piece) {
        await send({ kind: "piece", file: place }, [await readPiece(file, at, at + piece)]);
      }
    }
    await send({ kind: "end" });
  }
  async function choose() {
    const files = [...field.files];
    if (reading || !files.length) return;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    if (total > model.get("largest")) {
      const which = files.length === 1 ? `${files[0].name} is` : `These ${files.length} files together are`;
      say(model.get("refusal").replace("{files}", () => `${which} ${sizeText(total)}`), true);
    } else {
      reading = true;
      const names = files.map(({ name }) => name).join(", ");
      say(`Reading ${files.length === 1 ? "1 file" : `${files.length} files`}: ${names} …`);
      await handOver(files).then(() => say(""), (problem) => say(problem.message, true));
      reading = false;
    }
    field.value = ""; // the same file may be chosen again, and the page goes on holding none
  }
  field.addEventListener("change", choose);
  field.addEventListener("click", (event) => reading && event.preventDefault());
  field.addEventListener("keydown", keepFromNotebook);
  return () => model.off("msg:custom", hear);
}

export default { render };
