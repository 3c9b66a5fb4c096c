// The page itself: theme, paper, an end of the kernel that is seen, and one that is asked for.

(() => {
  const theme = document.getElementById("oc-theme");
  theme.value = localStorage.getItem("ownchannel-theme") ?? "system";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const dark = theme.value === "dark" || (theme.value === "system" && system.matches);
    document.body.dataset.jpThemeLight = String(!dark); // charts watch it and follow
  };
  theme.addEventListener("change", () => { localStorage.setItem("ownchannel-theme", theme.value); paint(); });
  system.addEventListener("change", paint);

  // On paper everything is open; afterwards as it was.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")].filter((fold) => !fold.closest(".oc-row"));
    opened.forEach((fold) => (fold.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((fold) => (fold.open = false)));

  const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  if (!document.cookie.includes("_xsrf=")) fetch(baseUrl); // the list of workbooks sets it
  const token = () => decodeURIComponent(document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? "");

  // Whether the kernel is there, asked every two seconds: a dead one keeps silent.
  const stopped = document.getElementById("oc-stopped");
  const ask = async () => {
    const lives = await fetch(`${baseUrl}api/kernels/${kernelId}`, { signal: AbortSignal.timeout(2000) })
      .then((answer) => answer.ok, () => false);
    stopped.hidden = lives;
    document.body.classList.toggle("oc-dead", !lives);
    document.querySelectorAll(".oc-controls :is(input, button)").forEach((control) => {
      if (!lives && !control.disabled) { control.disabled = true; control.dataset.dead = ""; }
      if (lives && "dead" in control.dataset) { control.disabled = false; delete control.dataset.dead; }
    });
  };
  const asking = setInterval(ask, 2000);

  // Pages that are open side by side say to each other whose orders they show.
  const ORDERS = "ownchannel-orders";
  const mark = () => document.querySelector("[data-orders]")?.dataset.orders;
  const first = document.getElementById("oc-first");
  const live = `[cell-index] ${first.querySelector(".oc-header") ? ".oc-header" : ".jp-OutputArea-child"}`;
  const replace = () => first.isConnected && document.querySelector(live) && first.remove();
  const tell = () => mark() && localStorage.getItem(ORDERS) !== mark() && localStorage.setItem(ORDERS, mark());
  new MutationObserver(() => { replace(); tell(); }).observe(document.body, { childList: true, subtree: true });
  const changed = document.getElementById("oc-changed");
  addEventListener("storage", ({ key, newValue }) => {
    if (key === ORDERS && mark()) changed.hidden = newValue === mark();
  });

  // Settings that a reload brings back make another answer than the first.
  const place = `ownchannel-settings:${location.pathname}${location.search}`;
  if (sessionStorage.getItem(place)) first.querySelectorAll(".oc-answer, .oc-rest").forEach((part) => part.remove());

  // The first chart, before there is a kernel that could send it.
  addEventListener("DOMContentLoaded", () => {
    const plot = first.querySelector(".oc-plot");
    if (!plot || !globalThis.Plotly) return;
    const { figure, templates } = JSON.parse(first.querySelector("script").textContent);
    const template = templates[document.body.dataset.jpThemeLight === "true" ? "light" : "dark"];
    Plotly.newPlot(plot, figure.data, { ...figure.layout, template }, { staticPlot: true });
  });

  // The kernel ends with its page. Voilà's own call lacks the token that the server wants.
  addEventListener("pagehide", () => {
    clearInterval(asking);
    fetch(`${baseUrl}voila/api/shutdown/${kernelId}`, {
      method: "POST", keepalive: true, headers: { "X-XSRFToken": token() },
    });
  });
})();
