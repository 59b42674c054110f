// The page: gestures and keys, the form, and what happens when a place is asked about.

const canvas = document.getElementById("map");
const chart = new Chart(canvas);
const { view } = chart;
const ask = { k: DATA.ask.k, kinds: DATA.ask.kinds, open: DATA.ask.open };

// --- lookups ---

function lookUp(place, { from = null, fit = false } = {}) {
  const found = { ...findStation(place, ask), from };
  chart.found = found;
  tell("answer", ...answerOf(found, { show: showStation, zoom: zoomToAnswer, clear: clearAnswer }).filter(Boolean));
  if (fit) zoomToAnswer();
  document.getElementById("answer").scrollIntoView({ block: "nearest" });
  chart.redraw();
}

function zoomToAnswer() {
  const { place, nearest, matches } = chart.found;
  const reach = nearest.at(-1)?.metres ?? 5_000;
  const around = [0, 90, 180, 270].map((bearing) => destination(place, bearing, reach));
  view.fit([place, ...matches.map(({ station }) => station), ...around], 60);
  chart.redraw();
}

function clearAnswer() {
  chart.found = null;
  tell("answer");
  chart.redraw();
}

// The form has changed.
function again() {
  chart.ask = ask;
  if (chart.found) lookUp(chart.found.place, { from: chart.found.from });
  chart.redraw();
}

function showStation(station) {
  view.cx = worldX(station.lon);
  view.cy = worldY(station.lat);
  view.zoom(Math.max(1, 60_000 / view.scale));
  chart.redraw();
}

function showEverything() {
  const land = LAND.flat(2).map(([lon, lat]) => ({ lat, lon }));
  const [west, east] = extent(land.map(({ lon }) => lon)), [south, north] = extent(land.map(({ lat }) => lat));
  const home = STATIONS.filter(({ lat, lon }) => lat >= south && lat <= north && lon >= west && lon <= east);
  view.fit(home.length ? home : STATIONS.length ? STATIONS : land, 30);
  chart.redraw();
}

// --- the pointer: a tap looks up, a drag moves, two fingers or the wheel zoom ---

const fingers = new Map();
let moved = false;
const spot = (event) => {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  if (!fingers.size) moved = false;
  fingers.set(event.pointerId, spot(event));
  chart.crosshair = false;
});

canvas.addEventListener("pointermove", (event) => {
  const now = spot(event);
  const before = fingers.get(event.pointerId);
  if (!before) { hover(now); return; }
  if (fingers.size === 2) {
    const [, other] = [...fingers].find(([id]) => id !== event.pointerId);
    const middle = (a) => [(a[0] + other[0]) / 2, (a[1] + other[1]) / 2];
    const apart = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]) || 1;
    const [x, y] = middle(now), [x0, y0] = middle(before);
    view.move(x - x0, y - y0);
    view.zoom(apart(now) / apart(before), x, y);
    moved = true;
  } else if (moved || Math.hypot(now[0] - before[0], now[1] - before[1]) > (event.pointerType === "touch" ? 8 : 4)) {
    view.move(now[0] - before[0], now[1] - before[1]);
    moved = true;
    hover(null);
  } else return;
  fingers.set(event.pointerId, now);
  chart.redraw();
});

canvas.addEventListener("pointerup", (event) => {
  const known = fingers.delete(event.pointerId);
  if (!known || moved || fingers.size || event.button !== 0) return;
  const [x, y] = spot(event);
  // Marks that are large enough to be aimed at stand for their station, others for nothing.
  const aimed = chart.markSize() >= 3.5;
  const station = aimed ? chart.stationAt(x, y, event.pointerType === "touch" ? 10 : 2) : null;
  lookUp(station ? { lat: station.lat, lon: station.lon } : view.place(x, y), { from: station });
});
canvas.addEventListener("pointercancel", (event) => { fingers.delete(event.pointerId); moved = true; });
canvas.addEventListener("pointerleave", () => hover(null));

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const lines_ = event.deltaMode === 1 ? 16 : 1;
  view.zoom(Math.exp(-event.deltaY * lines_ * (event.ctrlKey ? 0.01 : 0.002)), ...spot(event));
  chart.redraw();
}, { passive: false });

const tip = document.getElementById("tip");

function hover(at) {
  const station = at ? chart.stationAt(...at, 3) : null;
  if (station !== chart.hovered) {
    chart.hovered = station;
    chart.redraw();
  }
  tip.hidden = !station;
  if (!station) return;
  tip.replaceChildren(...[
    h("b", {}, station.th), en(station.en),
    h("span", {}, kindName(station.kind), station.province ? ` · ${station.province}` : ""),
    station.phone ? h("span", {}, `โทร ${station.phone}`) : "",
    h("span", {}, station.open ? both("เปิดอยู่", "open") : both("ปิดอยู่", "closed"), station.hours ? ` · ${station.hours}` : ""),
    station.sample ? h("span", {}, both("ข้อมูลตัวอย่าง", "sample")) : "",
    h("span", { lang: "en" }, station.id),
  ].filter(Boolean));
  const [x, y] = at;
  tip.style.left = `${Math.max(4, Math.min(x + 14, view.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > view.height ? y - tip.offsetHeight - 12 : y + 18}px`;
}

// --- keys and buttons ---

const KEYS = {
  ArrowLeft: () => view.move(80, 0),
  ArrowRight: () => view.move(-80, 0),
  ArrowUp: () => view.move(0, 80),
  ArrowDown: () => view.move(0, -80),
  "+": () => view.zoom(1.5),
  "=": () => view.zoom(1.5),
  "-": () => view.zoom(1 / 1.5),
  "−": () => view.zoom(1 / 1.5),
  Home: showEverything,
  Escape: clearAnswer,
  Enter: () => lookUp(view.place(view.width / 2, view.height / 2)),
};

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  chart.crosshair = true;
  KEYS[event.key]();
  chart.redraw();
});
canvas.addEventListener("focus", () => { chart.crosshair = canvas.matches(":focus-visible"); chart.redraw(); });
canvas.addEventListener("blur", () => { chart.crosshair = false; chart.redraw(); });

document.getElementById("zoom-in").addEventListener("click", () => { view.zoom(1.8); chart.redraw(); });
document.getElementById("zoom-out").addEventListener("click", () => { view.zoom(1 / 1.8); chart.redraw(); });
document.getElementById("zoom-all").addEventListener("click", showEverything);

// --- the form ---

const query = document.getElementById("query");
const hits = document.getElementById("hits");
const note = document.getElementById("query-note");
const usualNote = [...note.childNodes];

// "17.39, 104.78", also with degree signs, a space or Thai digits; null when it is no place.
function placeOf(text) {
  const plain = text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50)).replace(/°/g, "").trim();
  const match = plain.match(/^([-−]?\d{1,2}(?:\.\d+)?)\s*[,\s]\s*([-−]?\d{1,3}(?:\.\d+)?)$/);
  if (!match) return null;
  const [lat, lon] = match.slice(1).map((part) => Number(part.replace("−", "-")));
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

function stationsNamed(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = [];
  for (const station of STATIONS) {
    const names = [station.th, station.en, station.id].map((name) => name.toLowerCase());
    const rank = names.some((name) => name === wanted) ? 0 : names.some((name) => name.startsWith(wanted)) ? 1 : names.some((name) => name.includes(wanted)) ? 2 : 3;
    if (rank < 3) found.push([rank, station]);
  }
  return found.sort(([a], [b]) => a - b).map(([, station]) => station);
}

const toStation = (station) => {
  hits.hidden = true;
  lookUp({ lat: station.lat, lon: station.lon }, { from: station, fit: true });
};

function suggest() {
  note.classList.remove("bad");
  note.replaceChildren(...usualNote);
  const found = placeOf(query.value) ? [] : stationsNamed(query.value).slice(0, 6);
  hits.hidden = !found.length;
  hits.replaceChildren(...found.map((station) => h("li", {}, h("button", { type: "button", onclick: () => toStation(station) },
    h("span", { class: "name" }, station.th, en(subtitle(station)))))));
}

query.addEventListener("input", suggest);
document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const place = placeOf(query.value);
  const [station] = place ? [] : stationsNamed(query.value);
  if (place) lookUp(place, { fit: true });
  else if (station) toStation(station);
  else {
    note.classList.add("bad");
    note.replaceChildren(...both("ไม่พบ: พิมพ์ละติจูด, ลองจิจูด หรือชื่อสถานี", "Not found: type latitude, longitude or a station's name"));
  }
});

const k = document.getElementById("k");
for (let number = 1; number <= INDEX_K; number += 1) k.append(h("option", { value: number }, String(number)));
k.value = String(ask.k);
k.addEventListener("change", () => { ask.k = Number(k.value); again(); });

const open = document.getElementById("open");
open.checked = ask.open;
open.addEventListener("change", () => { ask.open = open.checked; again(); });

const kinds = document.getElementById("kinds");
kinds.hidden = DATA.kinds.length < 2;
DATA.kinds.forEach((_, kind) => {
  const box = h("input", { type: "checkbox", checked: !ask.kinds || ask.kinds.includes(kind), onchange: () => {
    const boxes = [...kinds.querySelectorAll("input")];
    const chosen = boxes.flatMap((one, number) => (one.checked ? [number] : []));
    ask.kinds = chosen.length === boxes.length ? null : chosen;
    again();
  } });
  kinds.append(h("label", { class: "check" }, box, h("span", {}, kindName(kind))));
});

// --- start ---

const thinned = document.getElementById("thinned");
let toldOfThinning = "";
chart.onFrame = () => {
  const { marks, inView } = chart.shown;
  const text = marks < inView && chart.layers.stations ? `${count(marks)} / ${count(inView)}` : "";
  if (text === toldOfThinning) return;
  toldOfThinning = text;
  thinned.hidden = !text;
  thinned.replaceChildren(...both(`แสดง ${count(marks)} จาก ${count(inView)} สถานี ขยายเพื่อดูครบ`, `${count(marks)} of ${count(inView)} shown: zoom in for all`));
};

tellFacts();
tellMarks(chart);
tellLayers(chart);
tellFar((place) => lookUp(place, { fit: true }));
tellAbout();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => tellMarks(chart));
again();
showEverything();
if (DATA.ask.point) lookUp(DATA.ask.point, { fit: true });

// For the console, and for tests: the same lookup as a click, as plain values.
globalThis.stationMap = {
  chart,
  lookUp,
  find: (lat, lon, wanted = ask) => {
    const found = findStation({ lat, lon }, wanted);
    const plain = (matches) => matches.map(({ station, metres, why }) => [station.id, metres, bearingDeg({ lat, lon }, station), why]);
    return { responsible: plain(found.responsible), nearest: plain(found.nearest), leaf: found.leaf?.start ?? null, how: found.how };
  },
  draw: () => { chart.draw(); return chart.frameMs; },
};
