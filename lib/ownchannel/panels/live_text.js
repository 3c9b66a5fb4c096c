// A piece of HTML from the kernel. The region stays while its content changes, or no screen reader would say it.

function render({ model, el }) {
  const region = el.appendChild(document.createElement("div"));
  region.className = "oc-text";
  if (model.get("spoken")) region.setAttribute("aria-live", "polite");
  const show = () => (region.innerHTML = model.get("html"));
  model.on("change:html", show);
  show();
  return () => model.off("change:html", show);
}

export default { render };
