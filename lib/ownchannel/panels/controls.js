// One native slider an assumption: the browser gives it keyboard, touch and its place in the reading order.

function element(tag, parent, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return parent.appendChild(made);
}

// A row: a switch where there is one, label and readout, the slider below, and what is known behind a "?".
function addRow(parent, row, id, moved) {
  const box = element("div", parent, { class: "oc-row" });
  const toggle = row.switch && addSwitch(box, row, moved);
  element("label", box, { for: id }, row.label);
  const readout = element("output", box, { for: id });
  const { name, min, max, step } = row;
  const slider = element("input", box, { type: "range", id, name, min, max, step });
  for (const [mark, share] of Object.entries(row.marks)) slider.style.setProperty(`--oc-${mark}`, share);
  slider.addEventListener("input", () => moved(name, slider.valueAsNumber));

  const about = element("details", box);
  element("summary", about, { "aria-label": `About ${row.label}`, title: `About ${row.label}` }, "?");
  for (const line of row.about) element("p", about, {}, line);

  const disable = () => (slider.disabled = !toggle.checked && !slider.matches(":focus")); // or the keyboard is lost
  if (toggle) slider.addEventListener("blur", () => setTimeout(disable));
  return (value, text) => {
    const isOff = row.switch?.off === value;
    slider.value = value;
    readout.value = isOff ? "off" : text;
    slider.setAttribute("aria-valuetext", readout.value);
    if (!toggle) return;
    toggle.checked = !isOff;
    if (!isOff) toggle.dataset.last = value;
    disable();
  };
}

// On or off is only the value: what is undone, loaded or reset needs no second thought.
function addSwitch(box, { name, label, switch: { off, on } }, moved) {
  box.classList.add("oc-switched");
  const toggle = element("input", box, { type: "checkbox", role: "switch", "aria-label": label, "data-last": on });
  toggle.addEventListener("change", () => moved(name, toggle.checked ? Number(toggle.dataset.last) : off));
  return toggle;
}

// A heading and the place for its rows; folded, the heading says how many sliders are behind it and how many moved.
function addGroup(parent, { title, folded, rows }) {
  if (!folded) {
    const group = element("fieldset", parent);
    if (title) element("legend", group, {}, title);
    return { group, show: () => {} };
  }
  const fold = element("details", parent, { class: "oc-fold" });
  const summary = element("summary", fold, {}, title);
  element("span", summary, {}, rows.length === 1 ? "1 slider" : `${rows.length} sliders`);
  const mark = element("span", summary, { class: "oc-moved" });
  const group = element("fieldset", fold, { "aria-label": title });
  const show = (values, defaults) => {
    const moved = rows.filter(({ name }) => values[name] !== defaults[name]).length;
    mark.textContent = moved ? `${moved} moved` : "";
  };
  return { group, show };
}

// Tabs as the pattern of the web has them: one in the tab order, arrows between them, a panel each.
function addTabs(form, tabs, id) {
  if (tabs.length === 1) return [form];
  const list = element("div", form, { class: "oc-tabs", role: "tablist", "aria-label": "Settings" });
  const buttons = tabs.map(({ title }, i) =>
    element("button", list, { type: "button", role: "tab", id: `${id}-tab-${i}`, "aria-controls": `${id}-panel-${i}` }, title));
  const panels = tabs.map(({ title }, i) =>
    element("div", form, { class: "oc-tab", role: "tabpanel", id: `${id}-panel-${i}`, "aria-label": title }));
  const choose = (chosen) => buttons.forEach((button, i) => {
    button.setAttribute("aria-selected", i === chosen);
    button.tabIndex = i === chosen ? 0 : -1;
    panels[i].hidden = i !== chosen;
  });
  buttons.forEach((button, i) => button.addEventListener("click", () => choose(i)));
  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    choose(next);
    buttons[next].focus();
  });
  choose(0);
  return panels;
}

// A page without code starts anew when it is loaded again: its settings come back, if it opens as it did before.
function keepSettings(model) {
  if (!document.body.dataset.voila) return () => {};
  const place = `ownchannel-settings:${location.pathname}${location.search}`;
  const opening = JSON.stringify(model.get("defaults"));
  const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
  if (kept?.opening === opening) {
    model.set("values", kept.values);
    model.save_changes();
  }
  return () => sessionStorage.setItem(place, JSON.stringify({ opening, values: model.get("values") }));
}

function render({ model, el }) {
  const form = element("div", el, { class: "oc-controls", role: "group", "aria-label": "Assumptions" });
  const showing = Math.random().toString(36).slice(2); // a label points to its own slider, though a panel be shown twice
  const rows = {};

  function moved(name, value) {
    model.set("values", { ...model.get("values"), [name]: value });
    model.save_changes();
  }
  let made = 0; // a name may hold spaces, an id may not
  const tabs = model.get("tabs");
  const panels = addTabs(form, tabs, showing);
  const groups = tabs.flatMap((tab, i) => tab.groups.map((heading) => {
    const { group, show } = addGroup(panels[i], heading);
    for (const row of heading.rows) rows[row.name] = addRow(group, row, `${showing}-${made++}`, moved);
    return show;
  }));

  const foot = element("div", form, { class: "oc-foot" });
  const undo = element("button", foot, { type: "button", title: "Ctrl+Z" }, "Undo");
  const reset = element("button", foot, { type: "button" }, "Reset");
  element("span", foot, {}, "Shaded: the range that the source supports.");
  const askUndo = () => {
    model.set("undos_asked", model.get("undos_asked") + 1);
    model.save_changes();
  };
  undo.addEventListener("click", askUndo);
  reset.addEventListener("click", () => {
    model.set("values", model.get("defaults"));
    model.save_changes();
  });
  form.addEventListener("keydown", (event) => {
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && !event.shiftKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      event.stopPropagation(); // JupyterLab would undo in the notebook
      askUndo();
    } else if (!isCommand) {
      event.stopPropagation(); // nor take an arrow key for a move to the next cell, an x for cutting this one
    }
  });

  const keep = keepSettings(model);
  const show = () => {
    keep();
    const values = model.get("values"), defaults = model.get("defaults"), readouts = model.get("readouts");
    for (const [name, showRow] of Object.entries(rows)) showRow(values[name], readouts[name]);
    for (const showGroup of groups) showGroup(values, defaults);
    undo.disabled = !model.get("undoable");
    reset.disabled = Object.keys(rows).every((name) => values[name] === defaults[name]);
  };
  const changes = ["change:values", "change:readouts", "change:undoable"];
  for (const change of changes) model.on(change, show);
  show();
  return () => changes.forEach((change) => model.off(change, show));
}

export default { render };
