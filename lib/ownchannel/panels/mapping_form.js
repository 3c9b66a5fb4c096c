// The form of a table that no format knows: the browser's own fields, and below them what would be read.

function element(tag, parent, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return parent.appendChild(made);
}

let forms = 0;

// A label with its field: a choice, or a text with suggestions.
function addField(parent, { name, label, hint, choices, is_text }, id, changed) {
  const row = element("div", parent, { class: "oc-mapping-row", "data-field": name });
  const title = element("label", row, { for: id }, label);
  if (hint) element("span", title, {}, ` ${hint}`);
  const field = is_text
    ? element("input", row, { id, type: "text", list: `${id}-list`, autocomplete: "off" })
    : element("select", row, { id });
  const options = is_text ? element("datalist", row, { id: `${id}-list` }) : field;
  for (const [value, words] of choices) element("option", options, { value }, words);
  field.addEventListener("change", () => changed(name, field.value));
  return field;
}

function render({ model, el }) {
  el.classList.add("oc-mapping");
  el.tabIndex = -1;
  // JupyterLab's notebook would take keys for commands of its own; Tab and Escape are left to it.
  el.addEventListener("keydown", (event) => ["Tab", "Escape"].includes(event.key) || event.stopPropagation());
  const id = `oc-mapping-${forms++}`;
  let fields = {}, shown;

  function changed(name, value) {
    model.set("values", { ...model.get("values"), [name]: value });
    model.save_changes();
  }
  function showValues() {
    for (const [name, field] of Object.entries(fields)) field.value = model.get("values")[name] ?? "";
  }
  function showAsked() {
    for (const name of ["day_first", "decimal"]) {
      const row = fields[name]?.parentElement;
      if (row) row.hidden = !model.get("asked").includes(name);
    }
  }
  const showPreview = () => shown && (shown.innerHTML = model.get("preview"));

  function draw() {
    const { title, about, more, buttons } = model.get("words"), had_focus = el.contains(document.activeElement);
    el.replaceChildren();
    fields = {};
    shown = undefined;
    if (title) {
      element("h3", el, { id: `${id}-title` }, title);
      for (const line of about) element("p", el, {}, line);
      const group = element("fieldset", el, { "aria-labelledby": `${id}-title` });
      const fold = element("details", el);
      element("summary", fold, {}, more);
      const folded = element("fieldset", fold, { "aria-label": more });
      for (const row of model.get("rows")) {
        fields[row.name] = addField(row.is_first ? group : folded, row, `${id}-${row.name}`, changed);
      }
      shown = element("div", el, { class: "oc-text", "aria-live": "polite" });
      const foot = element("div", el, { class: "oc-text oc-mapping-foot" });
      for (const [value, words] of buttons) {
        element("button", foot, { type: "button" }, words).addEventListener("click", () => model.send({ pressed: value }));
      }
      showValues();
      showAsked();
      showPreview();
    }
    if (had_focus) el.focus(); // the keyboard goes on from here
  }
  const listeners = { words: draw, values: showValues, asked: showAsked, preview: showPreview };
  for (const [name, listen] of Object.entries(listeners)) model.on(`change:${name}`, listen);
  draw();
  return () => Object.entries(listeners).forEach(([name, listen]) => model.off(`change:${name}`, listen));
}

export default { render };
