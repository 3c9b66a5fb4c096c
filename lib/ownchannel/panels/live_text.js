// A piece of HTML from the kernel. The region stays while its content changes, or no screen reader would say it.

// JupyterLab's notebook would take the keys that press a button for commands of its own.
function keepFromNotebook(event) {
  if (["Enter", " "].includes(event.key) && event.target.closest("button")) event.stopPropagation();
}

function render({ model, el }) {
  const region = el.appendChild(document.createElement("div"));
  region.className = "oc-text";
  if (model.get("spoken")) region.setAttribute("aria-live", "polite");
  const buttons = () => [...region.querySelectorAll("button[value]")];
  function show() {
    const place = buttons().indexOf(document.activeElement);
    region.innerHTML = model.get("html");
    if (place >= 0) buttons().at(Math.min(place, buttons().length - 1))?.focus(); // the keyboard goes on from there
  }
  region.addEventListener("click", (event) => {
    const button = event.target.closest("button[value]");
    if (button) model.send({ pressed: button.value });
  });
  region.addEventListener("keydown", keepFromNotebook);
  model.on("change:html", show);
  show();
  if (model.get("awaits")) waitToBeSeen(model, region);
  return () => model.off("change:html", show);
}

let waiting = 0;

// What is folded away is worked out when it comes into sight, or, so that paper has it, once the page has rested.
function waitToBeSeen(model, region) {
  const seen = () => {
    sight.disconnect();
    clearTimeout(rest);
    if (!model.get("awaits")) return;
    model.set("awaits", false);
    model.save_changes();
  };
  const sight = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && seen(), { rootMargin: "300px" });
  const rest = setTimeout(seen, 6_000 + 1_000 * waiting++);
  sight.observe(region);
}

export default { render };
