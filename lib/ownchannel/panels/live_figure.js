// Draws the kernel's figure. The kernel's `figure` is the only truth: a page that is reloaded starts from it.

const SHARED = Symbol.for("ownchannel.plotly"); // one plotly.js a page, however many figures

// JupyterLab and Voilà hold plotly.js as plotly's own renderer; drawing nothing with it sets window.Plotly.
async function fromExtension() {
  const mimeType = "application/vnd.plotly.v1+json";
  const extension = await globalThis._JUPYTERLAB["jupyterlab-plotly"].get("./mimeExtension");
  const renderer = extension().rendererFactory.createRenderer({ mimeType });
  await renderer.renderModel({ data: { [mimeType]: { data: [], layout: {} } }, metadata: {} });
  if (!globalThis.Plotly?.react) throw new Error("plotly's extension left no window.Plotly");
  return globalThis.Plotly;
}

// Any other page asks the kernel, once: 1.5 MB, compressed.
function fromKernel(model) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("plotly.js did not arrive")), 60_000);
    model.on("msg:custom", async function receive(message, buffers) {
      if (message?.event !== "plotly.js") return;
      model.off("msg:custom", receive);
      clearTimeout(timer);
      try {
        const unzipped = new Blob([buffers[0]]).stream().pipeThrough(new DecompressionStream("gzip"));
        const script = new Blob([await new Response(unzipped).text()], { type: "text/javascript" });
        const address = URL.createObjectURL(script);
        await import(address);
        URL.revokeObjectURL(address);
        resolve(globalThis.Plotly);
      } catch (error) {
        reject(error);
      }
    });
    model.send({ event: "need plotly.js" });
  });
}

function plotly(model) {
  if (globalThis.Plotly?.react) return Promise.resolve(globalThis.Plotly); // the page has brought it
  globalThis[SHARED] ??= fromExtension().catch(() => fromKernel(model));
  globalThis[SHARED].catch(() => delete globalThis[SHARED]); // the next figure may try again
  return globalThis[SHARED];
}

const nextFrame = () => new Promise(requestAnimationFrame);
const TURNS = Symbol.for("ownchannel.turns");

// In the order asked: the first at once; it is painted, and a key taken, before the next is drawn.
function inTurn(draw) {
  const before = globalThis[TURNS] ?? Promise.resolve();
  return new Promise((resolve, reject) => {
    globalThis[TURNS] = before.then(() => { draw().then(resolve, reject); return nextFrame().then(nextFrame); });
  });
}

function element(tag, parent, className) {
  const made = document.createElement(tag);
  made.className = className;
  return parent.appendChild(made);
}

const PAPER = 680; // pixels of a printed page between its margins

function tool(parent, text, act) {
  const button = element("button", parent, "oc-tool");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", act);
}

function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type })); // a spreadsheet needs the mark
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

// A row for each point: its trace, where it stands, what it is.
function csv(traces) {
  const rows = [["series", "x", "y", "value"]];
  for (const { name, x = [], y = [], z, labels, values } of traces) {
    if (z) z.forEach((line, i) => line.forEach((value, j) => rows.push([name, x[j] ?? j, y[i] ?? i, value])));
    else if (labels) labels.forEach((label, i) => rows.push([name, label, "", values[i]]));
    else Array.from(x).forEach((at, i) => rows.push([name, at, y[i], ""]));
  }
  // What could run in a spreadsheet is text there.
  const safe = (cell) => (/^[=+@\t\r]|^-\D/.test(cell) ? `'${cell}` : cell);
  const quoted = (cell) => `"${safe(String(cell ?? "")).replaceAll('"', '""')}"`;
  return rows.map((row) => row.map(quoted).join(",")).join("\r\n");
}

function render({ model, el }) {
  const frame = element("figure", el, "oc-figure");
  const plot = element("div", frame, "oc-plot");
  const caption = element("figcaption", frame, "oc-caption");
  const tools = element("div", frame, "oc-tools");
  tool(tools, "Save picture", () => Plotly.downloadImage(plot, { format: "png", scale: 2, filename: "chart" }));
  tool(tools, "Save data (CSV)", () => download("chart.csv", "text/csv", csv(plot._fullData ?? [])));
  let Plotly, stale = true, drawing = false, drawn = false, visible = false, gone = false;

  async function draw(size = {}) {
    if (gone) return;
    stale = false;
    const { data, layout, config } = structuredClone(model.get("figure"));
    const dark = document.body.dataset.jpThemeLight === "false";
    layout.template = model.get("templates")[dark ? "dark" : "light"];
    layout.uirevision ??= "kept"; // a zoom outlives the next redraw
    Object.assign(layout, size);
    await Plotly.react(plot, data, layout, { displayModeBar: false, ...config });
    if (!drawn) plot.on("plotly_click", (event) => model.send({ event: "click", points: event.points.map(clicked) }));
    drawn = true;
  }

  // One drawing at a time, always of the newest figure, and none that nobody sees.
  async function settle() {
    if (drawing || !Plotly) return;
    drawing = true;
    try {
      while (stale && visible && !gone) await inTurn(draw);
    } catch (error) {
      stale = true; // the next sight of it, or change, tries again
      fail(error);
    } finally {
      drawing = false;
    }
  }

  const fail = (error) => (caption.textContent = `This chart could not be drawn: ${error.message}`);
  const redraw = () => { stale = true; settle(); };
  const describe = () => {
    caption.textContent = model.get("caption");
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", model.get("caption"));
    plot.style.height = `${model.get("figure").layout?.height ?? model.get("templates").light.layout.height}px`;
  };

  const theme = new MutationObserver(redraw);
  const size = new ResizeObserver(() => drawn && plot.offsetWidth && Plotly.Plots.resize(plot));
  // A busy page reports several changes at once, the newest last.
  const sight = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    model.set("visible", visible); // the kernel sends what is seen first
    model.save_changes();
    settle();
  }, { rootMargin: "300px" });
  // At once, and as wide as a page: paper waits for no sight and measures nothing.
  const onPaper = () => { if (Plotly) draw({ width: PAPER }); };
  const onScreen = () => { if (Plotly) draw(); };
  addEventListener("beforeprint", onPaper);
  addEventListener("afterprint", onScreen);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  size.observe(plot);
  sight.observe(plot);
  model.on("change:figure", redraw);
  model.on("change:caption", describe);
  describe();
  plotly(model).then((loaded) => { Plotly = loaded; settle(); }, fail);

  return () => {
    gone = true;
    removeEventListener("beforeprint", onPaper);
    removeEventListener("afterprint", onScreen);
    [theme, size, sight].forEach((observer) => observer.disconnect());
    model.off("change:figure", redraw);
    model.off("change:caption", describe);
    if (drawn) Plotly.purge(plot);
  };
}

const clicked = ({ curveNumber, data, pointIndex, pointNumber, x, y }) =>
  ({ trace: curveNumber, name: data.name, index: pointIndex ?? pointNumber, x, y });

export default { render };
