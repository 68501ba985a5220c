// Charts: loaded on pages that have some. Each is drawn from the table beside it, so that the two can't disagree,
// and the words in it are those of the table, with their reservations.
import germany from "map:germany";
import { BarChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GeoComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  AriaComponent, BarChart, CanvasRenderer, GeoComponent, GridComponent, LabelLayout, LegendComponent, ScatterChart,
  TooltipComponent,
]);
echarts.registerMap("germany", germany);

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" });
const drawn = new Set();
let paper = false;
const ROW = 44; // pixels of a lying bar

// The theme's colours as a canvas knows them: what a variable says may be a formula.
function colours() {
  const probe = document.body.appendChild(document.createElement("span"));
  probe.style.transitionProperty = "none"; // else a colour is still that of the moment before
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const of = (name) => {
    probe.style.color = `var(--tblr-${name})`;
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = getComputedStyle(probe).color;
    paint.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = paint.getImageData(0, 0, 1, 1).data;
    return `rgba(${red},${green},${blue},${(alpha / 255).toFixed(3)})`;
  };
  const found = {
    text: of("body-color"), quiet: of("secondary"), line: of("border-color"), surface: of("bg-surface"),
    land: of("bg-surface-secondary"), series: ["primary", "orange", "teal", "purple", "red", "yellow"].map(of),
  };
  probe.remove();
  return found;
}

// The cells of the table's body, as numbers and as they read.
function read(table) {
  const headings = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const lines = [...table.tBodies[0].rows].map((row) => ({
    name: row.dataset.name,
    place: row.dataset.latitude ? [Number(row.dataset.longitude), Number(row.dataset.latitude)] : null,
    cells: [...row.cells].slice(1).map((cell) => ({
      value: cell.dataset.value === undefined ? null : Number(cell.dataset.value),
      reading: [...cell.childNodes].map((node) => node.textContent.trim()).join(" · "),
      short: cell.firstChild?.textContent.trim() ?? "",
    })),
  }));
  return { headings, lines };
}

function frame(ink) {
  return {
    animation: !calm.matches && !paper,
    color: ink.series,
    textStyle: { color: ink.text, fontFamily: "inherit" },
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: ink.surface, borderColor: ink.line,
      textStyle: { color: ink.text },
    },
  };
}

// Of two columns a line may know only one: its bar stands in the middle, beside its name. So there are three places:
// the outer ones for lines that know both, which lie close together, the middle one for all others.
function places(lines, columns, stacked) {
  if (stacked || columns.length !== 2) return columns.map((column) => ({ column, stack: stacked ? "all" : undefined, shows: () => true }));
  const both = (line) => columns.every((column) => line.cells[column].value); // of nothing there is no bar
  const [first, second] = columns;
  return [
    { column: first, stack: "first", shows: both },
    { column: first, stack: "only", shows: (line) => !both(line) },
    { column: second, stack: "only", shows: (line) => !both(line) },
    { column: second, stack: "second", shows: both },
  ];
}

function bars(canvas, table, ink) {
  const lying = canvas.dataset.kind === "bars";
  const columns = canvas.dataset.columns.split(" ").map(Number);
  const stacked = "stacked" in canvas.dataset;
  const names = { type: "category", inverse: lying, data: table.lines.map((line) => line.name), axisTick: { show: false } };
  names.axisLine = { lineStyle: { color: ink.line } };
  names.axisLabel = { color: ink.quiet, ...(lying ? { width: 130, overflow: "truncate" } : { hideOverlap: true }) };
  const numbers = { type: "value", minInterval: 1, splitNumber: lying ? 3 : 4, splitLine: { lineStyle: { color: ink.line } } };
  numbers.axisLabel = { color: ink.quiet, hideOverlap: true, formatter: (value) => short.format(value) };
  return {
    ...frame(ink),
    grid: { left: 4, right: lying && !stacked ? 90 : 8, top: columns.length > 1 ? 40 : 20, bottom: 4 },
    legend: { show: columns.length > 1, top: 0, left: 0, itemGap: 16, textStyle: { color: ink.text } },
    tooltip: {
      ...frame(ink).tooltip,
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: ([{ name, dataIndex }]) => [
        name,
        ...columns.map((column) => `${table.headings[column]}: ${table.lines[dataIndex].cells[column].reading}`),
      ].join("\n"),
    },
    xAxis: lying ? numbers : names,
    yAxis: lying ? names : numbers,
    series: places(table.lines, columns, stacked).map(({ column, stack, shows }) => ({
      type: "bar",
      name: table.headings[column],
      stack,
      barGap: columns.length === 2 && !stacked ? "-50%" : undefined,
      color: ink.series[columns.indexOf(column)],
      barMaxWidth: lying ? 16 : 36,
      label: {
        show: !stacked, position: lying ? "right" : "top", color: ink.text, fontSize: 11,
        formatter: ({ dataIndex, value }) => (value ? table.lines[dataIndex].cells[column].short : ""),
      },
      labelLayout: { hideOverlap: true },
      data: table.lines.map((line) => (shows(line) ? line.cells[column].value : null) ?? "-"),
    })),
  };
}

// Where a name may stand beside its dot, the usual place first: how far its middle is moved, in halves of both sizes.
const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [1, 1], [-1, -1], [-1, 1]];
const GAP = 3;
const meet = (one, other) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

// Names cover neither dots nor each other. One that finds no place is left out: its dot tells it, and the table.
function namesApart(chart, lines, size) {
  let taken = [];
  return ({ dataIndex, labelRect }) => {
    if (dataIndex === 0) {
      taken = lines.map((line) => {
        const [x, y] = chart.convertToPixel("geo", line.place);
        const across = size(line);
        return { x: x - across / 2, y: y - across / 2, width: across, height: across };
      });
    }
    const dot = taken[dataIndex];
    const { width, height } = labelRect;
    const spots = SIDES.map(([right, down]) => ({
      x: dot.x + dot.width / 2 + right * (dot.width / 2 + GAP + width / 2) - width / 2,
      y: dot.y + dot.height / 2 + down * (dot.height / 2 + height / 2) - height / 2,
      width,
      height,
    }));
    const inside = (spot) => spot.x >= 0 && spot.x + width <= chart.getWidth() && spot.y >= 0 && spot.y + height <= chart.getHeight();
    const spot = spots.find((one) => inside(one) && !taken.some((other) => meet(one, other)));
    if (!spot) return { x: -2 * width, y: 0 };
    taken.push(spot);
    return { x: spot.x, y: spot.y, align: "left", verticalAlign: "top" };
  };
}

function map(canvas, table, ink, chart) {
  const column = Number(canvas.dataset.columns);
  const placed = table.lines.filter((line) => line.place);
  const across = (count) => Math.min(9 + 3 * Math.sqrt(count), 30);
  return {
    ...frame(ink),
    geo: {
      map: "germany", aspectScale: 0.63, roam: false, silent: true, top: 8, bottom: 8, left: 8, right: 8,
      itemStyle: { areaColor: ink.land, borderColor: ink.quiet },
    },
    tooltip: {
      ...frame(ink).tooltip,
      formatter: (point) => `${placed[point.dataIndex].name}: ${placed[point.dataIndex].cells[column].reading}`,
    },
    series: [{
      type: "scatter",
      coordinateSystem: "geo",
      symbolSize: (value) => across(value[2]),
      itemStyle: { borderColor: ink.surface, borderWidth: 1 },
      label: { show: true, position: "right", color: ink.text, textBorderColor: ink.land, textBorderWidth: 2, formatter: (point) => placed[point.dataIndex].name },
      labelLayout: namesApart(chart, placed, (line) => across(line.cells[column].value)),
      data: placed.map((line) => [...line.place, line.cells[column].value]),
    }],
  };
}

function draw(one) {
  const ink = colours();
  const make = one.canvas.dataset.kind === "map" ? map : bars;
  one.chart.setOption(make(one.canvas, one.table, ink, one.chart), true);
}

function start(root) {
  for (const figure of root.querySelectorAll("[data-picture]:not([data-drawn])")) {
    const charts = figure.querySelector(".picture-charts");
    if (!charts) continue;
    figure.dataset.drawn = "";
    const table = read(figure.querySelector("table"));
    charts.hidden = false;
    for (const canvas of charts.querySelectorAll("[data-kind]")) {
      if (canvas.dataset.kind === "bars") canvas.style.height = `${table.lines.length * ROW + 60}px`;
      const one = { canvas, table, chart: echarts.init(canvas) };
      drawn.add(one);
      draw(one);
      new ResizeObserver(() => one.chart.resize()).observe(canvas);
    }
    const control = figure.querySelector("[data-switch]");
    if (!control) continue;
    const data = figure.querySelector(".picture-data");
    const input = control.querySelector("input");
    control.hidden = false;
    const show = () => data.classList.toggle("picture-hidden", !input.checked);
    input.addEventListener("change", show);
    show();
  }
}

function again() {
  for (const one of drawn) {
    if (one.canvas.isConnected) draw(one);
    else { one.chart.dispose(); drawn.delete(one); }
  }
}

document.addEventListener("themechange", again);
calm.addEventListener("change", again);
// Paper is light; its width is a matter of the style sheet.
window.addEventListener("beforeprint", () => {
  paper = true;
  document.documentElement.dataset.bsTheme = "light";
  again();
});
window.addEventListener("afterprint", () => {
  paper = false;
  document.dispatchEvent(new CustomEvent("themechoice"));
});
document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement ?? document));
start(document);
