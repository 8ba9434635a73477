"use strict";
// What a reader can do with the page: draw the figures, choose what the map shows, sort and filter tables.
// Every number comes from Python; this script adds nothing up and asks for nothing. Without it the tables stand alone.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");

  // -- figures ---------------------------------------------------------------------------------------------------

  const figures = read("figures");
  const settings = { displayModeBar: false, responsive: true, showTips: false, doubleClick: false };

  for (const [name, figure] of Object.entries(figures)) {
    const place = document.querySelector(`[data-figure="${name}"]`);
    if (place) Plotly.newPlot(place, figure.data, figure.layout, settings);
  }
  for (const select of all("[data-site-of]")) {
    select.addEventListener("change", () => {
      const name = select.dataset.siteOf;
      const data = figures[name].data.map((trace) => ({ ...trace, visible: trace.meta.site === select.value }));
      Plotly.react(document.querySelector(`[data-figure="${name}"]`), data, figures[name].layout, settings);
    });
  }

  // -- map ---------------------------------------------------------------------------------------------------------

  const atlas = read("atlas");
  const map = document.querySelector("[data-map-canvas]");
  const state = { product: 0, period: 0, colour: map?.closest("figure").dataset.colour, customers: "demand", thick: true, names: true, off: new Set() };

  // Lanes and places are written once; a trace names their positions in `at`. netopt/report/figures/filled.py does
  // the same for notebooks.
  function filled(trace, lanes, places) {
    const { at, words, ...done } = trace;
    if (!at) return done;
    const { name, x, y } = places;
    if (trace.meta.layer !== "lanes") {
      done.x = at.map((i) => x[i]);
      done.y = at.map((i) => y[i]);
      if (words) done.customdata = at.map((i, k) => [name[i], ...words[k]]);
      return done;
    }
    const { bend } = trace.meta;
    const middle = at.map((i) => {
      const [a, b] = [lanes.from[i], lanes.to[i]];
      return [(x[a] + x[b]) / 2 + bend * (y[b] - y[a]), (y[a] + y[b]) / 2 - bend * (x[b] - x[a])];
    });
    if (trace.meta.pointed) {
      done.x = middle.map((m) => m[0]);
      done.y = middle.map((m) => m[1]);
      done.customdata = at.map((i) => [name[lanes.from[i]], name[lanes.to[i]], ...lanes.words[i]]);
    } else {
      done.x = at.flatMap((i, k) => [x[lanes.from[i]], middle[k][0], x[lanes.to[i]], null]);
      done.y = at.flatMap((i, k) => [y[lanes.from[i]], middle[k][1], y[lanes.to[i]], null]);
    }
    return done;
  }

  const ready = new Map(); // views that have been filled
  function view() {
    const key = `${state.product},${state.period}`;
    if (!ready.has(key)) {
      const { lanes, traces, says } = atlas.views[key];
      ready.set(key, { says, traces: traces.map((trace) => filled(trace, lanes, atlas.places)) });
    }
    return ready.get(key);
  }

  function shown({ meta }) {
    if (meta.layer === "names") return state.names && !state.off.has(`place:${meta.place}`);
    if (meta.layer === "shut") return !state.off.has("shut:") && !state.off.has(`place:${meta.place}`);
    return !["kind", "mode", "place"].some((layer) => state.off.has(`${layer}:${meta[layer]}`));
  }

  function drawMap() {
    const { traces, says } = view();
    const data = traces.map((trace) => {
      const line = trace.meta.colours && {
        ...trace.line,
        color: trace.meta.colours[state.colour],
        width: state.thick ? trace.meta.width : 1.2,
      };
      const marker = trace.meta.plain && state.customers === "demand" && { ...trace.marker, ...trace.meta.plain };
      return { ...trace, ...(line && { line }), ...(marker && { marker }), visible: shown(trace) };
    });
    const layout = structuredClone(atlas.layout); // plotly writes into what it is given
    for (const axis of map.layout ? ["xaxis", "yaxis"] : []) layout[axis].range = [...map.layout[axis].range];
    Plotly.react(map, [...atlas.behind, ...data], layout, settings);
    map.closest("figure").dataset.colour = state.colour;
    map.closest("figure").dataset.customers = state.customers;
    map.setAttribute("aria-label", says);
    for (const caption of all("[data-map-says]")) caption.textContent = says;
  }

  // A product and a period together may have no view of their own: the one that was chosen first then gives way.
  function choose(name, value) {
    state[name] = Number(value);
    if (!(`${state.product},${state.period}` in atlas.views)) {
      const other = name === "product" ? "period" : "product";
      state[other] = 0;
      for (const select of all(`[data-map="${other}"]`)) select.value = "0";
    }
  }

  function zoom(factor) {
    const { xaxis, yaxis } = map.layout;
    const about = ([low, high]) => [(low + high) / 2 - (high - low) * factor / 2, (low + high) / 2 + (high - low) * factor / 2];
    return Plotly.relayout(map, { "xaxis.range": about(xaxis.range), "yaxis.range": about(yaxis.range) });
  }

  function whole() {
    const { xaxis, yaxis } = atlas.layout;
    return Plotly.relayout(map, { "xaxis.range": [...xaxis.range], "yaxis.range": [...yaxis.range] });
  }

  const tools = {
    in: () => zoom(0.6),
    out: () => zoom(1 / 0.6),
    whole,
    picture: () => {
      const white = { paper_bgcolor: "#fff", plot_bgcolor: "#fff" };
      const size = { width: map.clientWidth, height: map.clientHeight };
      const figure = { data: map.data, layout: { ...map.layout, ...white } };
      return Plotly.downloadImage(figure, { format: "png", scale: 2, filename: "map", ...size });
    },
  };

  if (map) {
    for (const input of all("[data-map]")) {
      input.addEventListener("change", () => {
        const name = input.dataset.map;
        if (name === "layer") state.off[input.checked ? "delete" : "add"](input.value);
        else if (input.type === "checkbox") state[name] = input.checked;
        else if (name === "colour" || name === "customers") state[name] = input.value;
        else choose(name, input.value);
        drawMap();
      });
    }
    for (const button of all("[data-tool]")) button.addEventListener("click", () => tools[button.dataset.tool]());
    // a wheel alone scrolls the page; with Ctrl, or two fingers on a touchpad, it zooms
    map.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 0.8 : 1.25);
    }, { passive: false });
    if (matchMedia("(pointer: coarse)").matches) atlas.layout.dragmode = false; // a finger scrolls the page
    if (matchMedia("(max-width: 40rem)").matches) {
      state.names = false;
      for (const input of all('[data-map="names"]')) input.checked = false;
    }
    drawMap();
    map.on("plotly_doubleclick", whole);
  }

  // -- tables ------------------------------------------------------------------------------------------------------

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
  };

  // What is not known comes last, whichever way the others are sorted.
  function compare(one, other, down) {
    if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) - Number.isNaN(other);
    const words = typeof one === "string" || typeof other === "string";
    const order = words ? String(one).localeCompare(String(other), undefined, { numeric: true }) : one - other;
    return down ? -order : order;
  }

  function sort(table, column) {
    const heads = [...table.tHead.rows[0].cells];
    const number = heads[column].classList.contains("number");
    const before = heads[column].getAttribute("aria-sort");
    const down = before ? before === "ascending" : number; // numbers begin with the largest
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => compare(value(a, column), value(b, column), down));
    body.append(...rows);
  }

  function filter(table, words, told) {
    const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !parts.every((part) => text.includes(part));
    }
    const left = rows.filter((row) => !row.hidden).length;
    told.textContent = parts.length ? `${left.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")}` : "";
  }

  for (const table of all("table[data-sorts]")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      if (!button.textContent) return;
      button.addEventListener("click", () => sort(table, column));
      head.append(button);
    });
    if (!table.dataset.filter) continue;
    const label = document.createElement("label");
    const box = document.createElement("input");
    const told = document.createElement("output");
    label.className = "filter";
    box.type = "search";
    box.placeholder = table.dataset.filter;
    box.setAttribute("aria-label", table.dataset.filter);
    box.addEventListener("input", () => filter(table, box.value, told));
    label.append(box, told);
    table.parentElement.before(label);
  }

  // -- paper -------------------------------------------------------------------------------------------------------

  // Tables behind figures are folded on the screen and open on paper, where figures are as wide as the sheet.
  const PAPER = 680; // pixels across a sheet of A4 or letter
  const folds = all("details.behind");
  const plots = () => all(".js-plotly-plot");
  for (const fold of folds) fold.open = false;
  // drawn anew, as some traces would only begin to move to their new places before the sheet is taken
  const anew = (plot, size) => Plotly.newPlot(plot, plot.data, { ...plot.layout, ...size }, settings);
  const height = (plot) => (plot === map ? undefined : plot.layout.height);
  addEventListener("beforeprint", () => {
    for (const fold of folds) { fold.dataset.was = fold.open; fold.open = true; }
    for (const plot of plots()) {
      const tall = PAPER * (atlas.layout?.yaxis.range[1] / atlas.layout?.xaxis.range[1]);
      anew(plot, { width: PAPER, height: height(plot) ?? tall, autosize: false });
    }
  });
  addEventListener("afterprint", () => {
    for (const fold of folds) fold.open = fold.dataset.was === "true";
    for (const plot of plots()) anew(plot, { width: undefined, height: height(plot), autosize: true });
  });
})();
