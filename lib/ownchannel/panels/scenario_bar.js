// The kernel keeps the plans; the page says what was pressed, with what its fields hold at that moment.

function element(tag, parent, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return parent.appendChild(made);
}

function addField(parent, tag, label, attributes = {}) {
  return element(tag, element("label", parent, {}, label), attributes);
}

function addOptions(select, label, names) {
  if (!names.length) return;
  const group = element("optgroup", select, { label });
  for (const name of names) element("option", group, { value: name }, name);
}

// This page's address with the plan in it, without the token that lets its bearer in.
function withPlan(query, token = false) {
  const at = new URL(location.href);
  if (!token) at.searchParams.delete("token");
  at.searchParams.set("plan", new URLSearchParams(query).get("plan"));
  at.hash = "";
  return at.href;
}

// A browser may keep the clipboard from a page: then the address is there to be copied by hand.
async function isCopied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// JupyterLab's notebook would take keys for commands of its own, such as an x for cutting this cell.
function keepFromNotebook(event) {
  if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
}

const LARGEST = 1_000_000; // bytes

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

function render({ model, el }) {
  const bar = element("div", el, { class: "oc-scenarios", role: "group", "aria-label": "Scenarios" });
  bar.addEventListener("keydown", keepFromNotebook);
  const view = Math.random().toString(36).slice(2); // a bar shown twice has one kernel
  let unanswered = 0;

  const own = element("div", bar, { class: "oc-scenario-row" });
  const name = addField(own, "input", "Name", { type: "text", autocomplete: "off" });
  function addButton(parent, text, pressed) {
    const button = element("button", parent, { type: "button" }, text);
    button.addEventListener("click", () => press(pressed));
    return button;
  }
  addButton(own, "Save", "save");
  // Voilà, which marks its pages so, tells the kernel the query of an address; JupyterLab does not.
  addButton(own, "Copy link", "address").hidden = !("voila" in document.body.dataset);
  addButton(own, "Download", "download");
  const open = addField(own, "input", "Open file", { type: "file", accept: ".json,application/json" });
  open.parentElement.classList.add("oc-open");
  open.addEventListener("change", async () => {
    const [file] = open.files;
    open.value = ""; // the same file may be chosen again
    if (file.size > LARGEST) status.textContent = `${file.name} is too large to be a plan.`;
    else press("open", { file: file.name, text: await file.text() });
  });

  const kept = element("div", bar, { class: "oc-scenario-row" });
  const chosen = addField(kept, "select", "Saved plan or preset");
  for (const verb of ["Load", "Duplicate", "Rename", "Remove"]) addButton(kept, verb, verb.toLowerCase());

  const compared = element("fieldset", bar, { class: "oc-scenario-row" });
  const status = element("p", bar, { role: "status" });
  const byHand = addField(bar, "input", "Link to this plan", { type: "text", readonly: "" });
  const problems = element("ul", bar, { class: "oc-scenario-problems" });
  byHand.parentElement.hidden = true;

  function press(pressed, more = {}) {
    byHand.parentElement.hidden = true;
    unanswered += 1;
    model.send({ pressed, name: name.value, chosen: chosen.value, view, ...more });
  }
  name.addEventListener("keydown", (event) => event.key === "Enter" && press("save"));

  function listNames() {
    chosen.replaceChildren();
    element("option", chosen, { value: "" }, "Choose…");
    addOptions(chosen, "Saved", model.get("names"));
    addOptions(chosen, "Presets", model.get("presets"));
    chosen.value = model.get("chosen");

    compared.replaceChildren();
    compared.hidden = !model.get("names").length;
    element("legend", compared, {}, `Compare (up to ${model.get("most_compared")})`);
    for (const name of model.get("names")) {
      const label = element("label", compared);
      const box = element("input", label, { type: "checkbox", value: name });
      label.append(name);
      box.addEventListener("change", () => press("compare", { names: checked() }));
    }
    tick();
  }
  const boxes = () => [...compared.querySelectorAll("input")];
  const checked = () => boxes().filter((box) => box.checked).map((box) => box.value);
  // What the kernel says of one box would undo a click on the next that it has not heard of yet.
  function tick() {
    if (unanswered) return;
    const names = model.get("side_by_side"), full = names.length >= model.get("most_compared");
    for (const box of boxes()) {
      box.checked = names.includes(box.value);
      box.disabled = full && !box.checked;
    }
  }
  function listProblems() {
    problems.replaceChildren();
    for (const problem of model.get("problems")) element("li", problems, {}, problem);
  }

  async function copy(query) {
    const address = withPlan(query);
    if (await isCopied(address)) {
      status.textContent = "The link to this plan is copied.";
    } else {
      byHand.value = address;
      byHand.parentElement.hidden = false;
      byHand.select();
      status.textContent = "Copy the link to this plan from the field.";
    }
  }
  function hear(message) {
    if (message.view !== view) return;
    if (message.query) return copy(message.query);
    if (message.file) return download(message.file, message.text);
    unanswered -= 1;
    tick();
  }

  const follow = {
    "change:names": listNames,
    "change:presets": listNames,
    "change:side_by_side": tick,
    "change:problems": listProblems,
    "change:name": () => (name.value = model.get("name")),
    "change:chosen": () => (chosen.value = model.get("chosen")),
    "change:loaded": () => {
      const query = model.get("loaded");
      if (query && document.body.dataset.voila) history.replaceState(null, "", withPlan(query, true)); // for a reload
    },
    "change:status": () => (status.textContent = model.get("status")),
    "msg:custom": hear,
  };
  for (const [change, react] of Object.entries(follow)) {
    model.on(change, react);
    if (change !== "msg:custom") react();
  }
  return () => Object.entries(follow).forEach(([change, react]) => model.off(change, react));
}

export default { render };
