// One native slider an assumption: the browser gives it keyboard, touch and its place in the reading order.

function element(tag, parent, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return parent.appendChild(made);
}

// A row: label and readout, the slider below, and what is known of the number behind a "?".
function addRow(parent, row, id, moved) {
  const box = element("div", parent, { class: "oc-row" });
  element("label", box, { for: id }, row.label);
  const readout = element("output", box, { for: id });
  const { name, min, max, step } = row;
  const slider = element("input", box, { type: "range", id, name, min, max, step });
  for (const [mark, share] of Object.entries(row.marks)) slider.style.setProperty(`--oc-${mark}`, share);
  slider.addEventListener("input", () => moved(name, slider.valueAsNumber));

  const about = element("details", box);
  element("summary", about, { "aria-label": `About ${row.label}`, title: `About ${row.label}` }, "?");
  for (const line of row.about) element("p", about, {}, line);
  return { slider, readout };
}

// JupyterLab's notebook would take an arrow key for a move to the next cell, and an x for cutting this one.
function keepFromNotebook(event) {
  if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
}

function render({ model, el }) {
  const form = element("div", el, { class: "oc-controls", role: "group", "aria-label": "Assumptions" });
  form.addEventListener("keydown", keepFromNotebook);
  const showing = Math.random().toString(36).slice(2); // a label points to its own slider, though a panel be shown twice
  const rows = {};

  function moved(name, value) {
    model.set("values", { ...model.get("values"), [name]: value });
    model.save_changes();
    reset.disabled = false;
  }
  for (const { title, rows: members } of model.get("groups")) {
    const group = element("fieldset", form);
    if (title) element("legend", group, {}, title);
    for (const row of members) rows[row.name] = addRow(group, row, `${showing}-${row.name}`, moved);
  }

  const foot = element("div", form, { class: "oc-foot" });
  const reset = element("button", foot, { type: "button" }, "Reset");
  element("span", foot, {}, "Shaded: the range that the source supports.");
  reset.addEventListener("click", () => {
    model.set("values", model.get("defaults"));
    model.save_changes();
  });

  const show = () => {
    const values = model.get("values"), defaults = model.get("defaults"), readouts = model.get("readouts");
    for (const [name, { slider, readout }] of Object.entries(rows)) {
      slider.value = values[name];
      readout.value = readouts[name];
      slider.setAttribute("aria-valuetext", readouts[name]);
    }
    reset.disabled = Object.keys(rows).every((name) => values[name] === defaults[name]);
  };
  const changes = ["change:values", "change:readouts"];
  for (const change of changes) model.on(change, show);
  show();
  return () => changes.forEach((change) => model.off(change, show));
}

export default { render };
