// A piece of HTML from the kernel. The region stays while its content changes, or no screen reader would say it.

function render({ model, el }) {
  const region = el.appendChild(document.createElement("div"));
  region.className = "oc-text";
  if (model.get("spoken")) region.setAttribute("aria-live", "polite");
  const show = () => (region.innerHTML = model.get("html"));
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
