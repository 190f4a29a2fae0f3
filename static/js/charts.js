// Draws the charts of charts.py when they scroll into view, in the colours the page has at that moment.
"use strict";
(() => {
  // Every chart component names this file; it runs once.
  if (window.mopsCharts) return;
  window.mopsCharts = true;
  const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const config = { displayModeBar: false, responsive: true };

  // "var(--x)" and "var(--x)/0.12" (with opacity) in a figure become the colour of the theme.
  function colour(text) {
    const [, name, alpha] = text.match(/^var\((--[\w-]+)\)(?:\/([\d.]+))?$/) || [];
    if (!name) return text;
    const hex = value(name);
    if (!alpha) return hex;
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    return `rgba(${r},${g},${b},${alpha})`;
  }
  function coloured(node) {
    if (typeof node === "string") return colour(node);
    if (Array.isArray(node)) return node.map(coloured);
    if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, coloured(child)]));
    return node;
  }

  function draw(plot) {
    const figure = coloured(JSON.parse(document.getElementById(plot.dataset.figure).textContent));
    const isFirst = !plot.dataset.drawn;
    Plotly.react(plot, figure.data, figure.layout, config);
    plot.dataset.drawn = "1";
    if (!isFirst) return;
    plot.on("plotly_click", (event) => {
      const url = event.points.map((point) => (Array.isArray(point.customdata) ? point.customdata[0] : point.customdata)).find(Boolean);
      if (url) location.assign(url);
    });
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      window.mopsLoad(document.body.dataset.plotly).then(() => draw(entry.target));
    }
  }, { rootMargin: "120px" });

  const watch = (root) => root.querySelectorAll("[data-figure]:not([data-drawn])").forEach((plot) => seen.observe(plot));
  watch(document);
  document.addEventListener("htmx:afterSwap", (event) => watch(event.detail.elt?.isConnected ? event.detail.elt : document));
  new MutationObserver(() => window.Plotly && document.querySelectorAll("[data-drawn]").forEach(draw))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
