// A map without tiles: a sketch of Thailand, a graticule, stations, one pin. Works offline.
import { h, en, call } from "./dom.js";

// A sketch by hand, good to about 10 km: for orientation only, never for a decision.
const THAILAND = [
  [99.88,20.43],[100.09,20.35],[100.4,20.27],[100.58,20.16],[100.55,19.75],[100.75,19.5],[101.2,19.57],[101.25,19.1],[101.05,18.45],[101.17,18.05],[100.98,17.8],[101.15,17.46],[101.55,17.8],[101.66,17.9],[102.1,18.21],[102.42,17.99],[102.74,17.88],[103.07,18.03],[103.25,18.34],[103.4,18.44],[103.65,18.37],[103.98,18.3],[104.22,17.98],[104.45,17.66],[104.6,17.58],[104.79,17.4],[104.81,17.2],[104.74,16.94],[104.73,16.55],[105.05,16.1],[105.22,16.04],[105.41,15.8],[105.52,15.32],[105.47,15.13],[105.6,14.95],[105.5,14.5],[105.2,14.34],[104.68,14.39],[104.2,14.38],[103.7,14.4],[103.2,14.33],[102.93,14.18],[102.7,13.78],[102.55,13.66],[102.36,13.55],[102.48,13.15],[102.5,12.65],[102.75,12.4],[102.91,11.65],[102.55,12.1],[102.05,12.42],[101.7,12.68],[101.27,12.64],[100.9,12.62],[100.88,12.93],[100.97,13.36],[100.58,13.52],[100.2,13.47],[100.0,13.35],[100.05,13.1],[99.97,12.57],[99.8,11.82],[99.5,11.2],[99.28,10.5],[99.16,9.9],[99.3,9.3],[99.8,9.28],[99.95,8.8],[100.2,8.45],[100.3,7.9],[100.6,7.2],[101.25,6.95],[101.6,6.85],[101.82,6.43],[102.07,6.24],[101.96,6.03],[101.7,5.8],[101.07,5.62],[101.05,6.2],[100.7,6.45],[100.33,6.66],[100.12,6.45],[100.05,6.65],[99.7,6.85],[99.35,7.3],[98.92,8.0],[98.5,8.3],[98.4,7.85],[98.27,7.85],[98.27,8.3],[98.25,8.85],[98.55,9.85],[98.78,10.5],[99.2,11.15],[99.62,11.8],[99.4,12.25],[99.42,12.6],[99.15,13.1],[99.2,13.7],[98.95,14.1],[98.6,14.6],[98.2,15.1],[98.57,15.4],[98.6,16.05],[98.88,16.35],[98.55,16.68],[98.47,17.05],[97.8,17.65],[97.63,18.25],[97.37,18.55],[97.75,18.9],[97.83,19.5],[98.05,19.8],[98.95,19.77],[99.05,20.05],[99.5,20.35],
];
const SEAS = [
  [[88,-3],[88,21.5],[92,21],[94.3,18.5],[94.3,16],[95.4,15.7],[97,16.7],[97.7,16.2],[97.8,15],[98.1,13.9],[98.6,12.5],[98.7,11],[98.7,10],[98.6,8.3],[99.6,7],[100.4,6.2],[100.4,5],[101,3],[103.4,1.4],[100.5,2.2],[97.6,5.2],[95.3,5.6],[96,3.8],[98.7,1.7],[100.3,-1],[100.3,-3]],
  [[99.9,13.6],[101.1,13.6],[101.1,12.9],[102.2,12.6],[103,11.65],[103.2,10.9],[103.6,10.5],[104.4,10.4],[105,9.9],[104.8,8.6],[106.7,9.6],[107.2,10.4],[109.2,11.5],[109.3,13.5],[108.9,15.3],[107.8,16.6],[106.5,17.9],[105.7,19],[106.5,20.2],[108,21.5],[112,21.7],[118,24],[118,-3],[104.3,-3],[104.3,1.4],[103.4,3.5],[103.4,4.8],[102.2,6.1],[101.4,6.7],[100.4,7],[100,8.5],[99.7,9],[99,9.3],[99,10.5],[99.6,11.9],[99.8,13]],
];
const MEKONG = [THAILAND.findIndex(([lon]) => lon === 101.66), THAILAND.findIndex(([lon]) => lon === 105.52)];
const COUNTRIES = [["สปป.ลาว", 19.6, 103], ["เมียนมา Myanmar", 18.3, 96.6], ["กัมพูชา Cambodia", 12.9, 104.6], ["อ่าวไทย", 9.9, 101], ["ทะเลอันดามัน", 9.6, 96.6], ["สปป.ลาว Laos", 17.28, 104.96, true]];
const PLACES = [
  ["นครพนม", 17.41, 104.78, 1], ["กรุงเทพฯ", 13.75, 100.5, 0], ["เชียงใหม่", 18.79, 98.98, 0],
  ["ขอนแก่น", 16.43, 102.83, 0], ["อุดรธานี", 17.41, 102.79, 1], ["สกลนคร", 17.16, 104.15, 1],
  ["มุกดาหาร", 16.54, 104.72, 1], ["อุบลราชธานี", 15.24, 104.85, 0], ["นครราชสีมา", 14.97, 102.1, 0],
  ["หาดใหญ่", 7.01, 100.47, 0], ["ภูเก็ต", 7.89, 98.4, 0], ["สุราษฎร์ธานี", 9.14, 99.33, 0],
  ["ธาตุพนม", 16.94, 104.71, 2], ["ท่าอุเทน", 17.57, 104.6, 2], ["ศรีสงคราม", 17.62, 104.25, 2],
  ["บ้านแพง", 17.96, 104.21, 2], ["เรณูนคร", 17.05, 104.68, 2], ["นาแก", 16.95, 104.5, 2], ["ปลาปาก", 17.18, 104.52, 2],
];
const STEPS = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const HOME = { lat: 17.41, lon: 104.76, zoom: 900 }; // zoom: pixels for one degree of latitude

let stations = [];
export async function loadStations() {
  const found = await call("GET", "/_sim/stations");
  if (found) stations = found;
  return stations;
}

class View {
  constructor(canvas, { lat, lon, zoom }) {
    Object.assign(this, { canvas, lat, lon, zoom });
  }
  get shrink() { return Math.cos((this.lat * Math.PI) / 180); }
  toScreen(lat, lon) {
    return [this.width / 2 + (lon - this.lon) * this.zoom * this.shrink, this.height / 2 - (lat - this.lat) * this.zoom];
  }
  toPlace(x, y) {
    return [this.lat - (y - this.height / 2) / this.zoom, this.lon + (x - this.width / 2) / (this.zoom * this.shrink)];
  }
  draw(pin, small = false) {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth || Number(this.canvas.getAttribute("width"));
    this.height = this.canvas.clientHeight || Number(this.canvas.getAttribute("height"));
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    const g = this.canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.fillStyle = "#e4e7e3";
    g.fillRect(0, 0, this.width, this.height);
    g.lineJoin = g.lineCap = "round";
    g.fillStyle = "#cfe3ee";
    for (const sea of SEAS) { this.trace(g, sea); g.fill(); }
    this.trace(g, THAILAND);
    g.closePath();
    g.fillStyle = "#f8f4e8";
    g.fill();
    g.strokeStyle = "#c3b592";
    g.lineWidth = 1.5;
    g.stroke();
    this.trace(g, THAILAND.slice(MEKONG[0], MEKONG[1] + 1));
    g.strokeStyle = "#a9cfe3";
    g.lineWidth = Math.min(9, Math.max(2, this.zoom / 90));
    g.stroke();
    this.graticule(g, small);
    this.labels(g, small);
    for (const station of stations) this.station(g, station, small);
    if (pin) this.pin(g, pin, small);
    if (!small) this.scale(g);
  }
  trace(g, points) {
    g.beginPath();
    points.forEach(([lon, lat], index) => g[index ? "lineTo" : "moveTo"](...this.toScreen(lat, lon)));
  }
  graticule(g, small) {
    const step = STEPS.findLast((one) => one * this.zoom >= (small ? 45 : 80)) ?? STEPS[0];
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const [north, west] = this.toPlace(0, 0);
    const [south, east] = this.toPlace(this.width, this.height);
    g.strokeStyle = "rgba(40,70,90,.13)";
    g.fillStyle = "rgba(40,70,90,.6)";
    g.lineWidth = 1;
    g.font = "10px system-ui, sans-serif";
    g.textAlign = "left";
    for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
      const [x] = this.toScreen(this.lat, lon);
      g.beginPath(); g.moveTo(x, 0); g.lineTo(x, this.height); g.stroke();
      if (!small) g.fillText(`${lon.toFixed(digits)}°`, x + 3, this.height - 5);
    }
    for (let lat = Math.ceil(south / step) * step; lat <= north; lat += step) {
      const [, y] = this.toScreen(lat, this.lon);
      g.beginPath(); g.moveTo(0, y); g.lineTo(this.width, y); g.stroke();
      if (!small) g.fillText(`${lat.toFixed(digits)}°`, 4, y - 3);
    }
  }
  labels(g, small) {
    if (small) return;
    const level = this.zoom > 280 ? 2 : this.zoom > 75 ? 1 : 0;
    g.textAlign = "center";
    g.font = "500 13px 'Noto Sans Thai', Loma, sans-serif";
    g.fillStyle = "rgba(60,80,90,.5)";
    for (const [name, lat, lon, near] of COUNTRIES) if (Boolean(near) === this.zoom > 200) g.fillText(name, ...this.toScreen(lat, lon));
    for (const [name, lat, lon, least] of PLACES) {
      if (least > level) continue;
      const [x, y] = this.toScreen(lat, lon);
      g.font = "600 12px 'Noto Sans Thai', Loma, sans-serif";
      g.lineWidth = 3;
      g.strokeStyle = "rgba(255,255,255,.85)";
      g.strokeText(name, x, y + 20);
      g.fillStyle = "#4d4635";
      g.fillText(name, x, y + 20);
      g.beginPath(); g.arc(x, y, 2, 0, 7); g.fill();
    }
  }
  station(g, station, small) {
    const [x, y] = this.toScreen(station.latitude, station.longitude);
    if (x < -20 || y < -20 || x > this.width + 20 || y > this.height + 20) return;
    g.beginPath();
    g.arc(x, y, small ? 3 : 6, 0, 7);
    g.fillStyle = "#1f4e8c";
    g.fill();
    g.lineWidth = 2;
    g.strokeStyle = "#fff";
    g.stroke();
    if (!small && this.zoom > 350 && station.name) {
      g.font = "600 11px 'Noto Sans Thai', Loma, sans-serif";
      g.textAlign = "center";
      g.lineWidth = 3;
      g.strokeStyle = "rgba(255,255,255,.9)";
      g.strokeText(station.name, x, y - 11);
      g.fillStyle = "#1f4e8c";
      g.fillText(station.name, x, y - 11);
    }
  }
  pin(g, { lat, lon }, small) {
    const [x, y] = this.toScreen(lat, lon);
    const r = small ? 8 : 12;
    g.fillStyle = "rgba(0,0,0,.25)";
    g.beginPath(); g.ellipse(x, y, r * 0.6, r * 0.25, 0, 0, 7); g.fill();
    g.fillStyle = "#e5383b";
    g.beginPath();
    g.arc(x, y - r * 2, r, Math.PI * 0.85, Math.PI * 0.15);
    g.lineTo(x, y);
    g.closePath();
    g.fill();
    g.fillStyle = "#fff";
    g.beginPath(); g.arc(x, y - r * 2, r * 0.42, 0, 7); g.fill();
  }
  scale(g) {
    const metres = 111_195 / this.zoom;
    const steps = [50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5];
    const length = steps.findLast((one) => one / metres <= 110) ?? steps[0];
    const x = this.width - 14;
    g.strokeStyle = "#33505f";
    g.fillStyle = "#33505f";
    g.lineWidth = 2;
    g.beginPath(); g.moveTo(x - length / metres, this.height - 22); g.lineTo(x, this.height - 22); g.stroke();
    g.font = "600 11px system-ui, sans-serif";
    g.textAlign = "right";
    g.fillText(length >= 1000 ? `${length / 1000} km` : `${length} m`, x, this.height - 28);
  }
}

export function miniMap(lat, lon) {
  const canvas = h("canvas", { class: "mini-map", width: 214, height: 118, role: "img", "aria-label": `แผนที่ Map ${lat}, ${lon}` });
  requestAnimationFrame(() => new View(canvas, { lat: lat + 0.01, lon, zoom: 900 }).draw({ lat, lon }, true));
  return canvas;
}

// "17.39, 104.78", also with a degree sign, a space or Thai digits; null when it is no place.
export function parsePlace(text) {
  const plain = text.replace(/[๐-๙]/g, (digit) => String("๐๑๒๓๔๕๖๗๘๙".indexOf(digit))).replace(/°/g, "");
  const match = plain.trim().match(/^(-?\d{1,2}(?:\.\d+)?)\s*[, ]\s*(-?\d{1,3}(?:\.\d+)?)$/);
  if (!match) return null;
  const [lat, lon] = [Number(match[1]), Number(match[2])];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

const SHORTCUTS = [
  ["ตัวเมืองนครพนม", "City", 17.3922, 104.7838], ["ธาตุพนม", "That Phanom", 16.9427, 104.7107],
  ["กรุงเทพฯ", "Bangkok", 13.7563, 100.5018], ["กลางทะเล", "At sea", 9.5, 101.5], ["นอกประเทศ", "Abroad", 17.9757, 102.6331],
];

export function pickPlace() {
  const dialog = document.getElementById("pin");
  const canvas = h("canvas", { "data-testid": "pin-map", tabindex: "0", role: "application",
    "aria-label": "แผนที่: แตะเพื่อปักหมุด ลูกศรเลื่อนหมุด + − ซูม. Map: tap to drop the pin, arrow keys move it, + and − zoom" });
  const view = new View(canvas, HOME);
  let pin = { lat: HOME.lat, lon: HOME.lon };
  const field = h("input", { "data-testid": "pin-coordinates", "aria-label": "พิกัด Coordinates", inputmode: "text", autocomplete: "off", spellcheck: "false" });
  const hint = h("p", { class: "hint", role: "status", "data-testid": "pin-hint" });
  const share = h("button", { class: "go wide", type: "button", "data-testid": "pin-share" }, "แชร์ตำแหน่งนี้ ", en("Share this location"));
  const show = (text = true) => {
    if (text) field.value = `${pin.lat.toFixed(5)}, ${pin.lon.toFixed(5)}`;
    field.classList.remove("bad");
    share.disabled = false;
    hint.textContent = stations.length ? `${stations.length} สถานีบนแผนที่ · stations on the map` : "ลากเพื่อเลื่อน แตะเพื่อปักหมุด · Drag to move, tap to drop the pin";
    view.draw(pin);
  };
  const zoom = (factor, x = view.width / 2, y = view.height / 2) => {
    const [lat, lon] = view.toPlace(x, y);
    view.zoom = Math.min(400_000, Math.max(24, view.zoom * factor));
    const [nextLat, nextLon] = view.toPlace(x, y);
    view.lat += lat - nextLat;
    view.lon += lon - nextLon;
    view.draw(pin);
  };
  const go = (lat, lon) => { pin = { lat, lon }; view.lat = lat; view.lon = lon; show(); };

  const fingers = new Map();
  let moved = false;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
    if (fingers.size === 1) moved = false;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = [event.offsetX, event.offsetY];
    if (fingers.size === 2) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
      const spread = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]) || 1;
      zoom(spread(now) / spread(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      moved = true;
    } else if (moved || Math.hypot(now[0] - before[0], now[1] - before[1]) > 4) {
      moved = true;
      view.lat += (now[1] - before[1]) / view.zoom;
      view.lon -= (now[0] - before[0]) / (view.zoom * view.shrink);
      view.draw(pin);
    } else return;
    fingers.set(event.pointerId, now);
  });
  canvas.addEventListener("pointerup", (event) => {
    fingers.delete(event.pointerId);
    if (moved) return;
    const [lat, lon] = view.toPlace(event.offsetX, event.offsetY);
    pin = { lat, lon };
    show();
  });
  canvas.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.25 : 0.8, event.offsetX, event.offsetY);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = 10 / view.zoom;
    const moves = { ArrowUp: [step, 0], ArrowDown: [-step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] };
    if (moves[event.key]) {
      event.preventDefault();
      pin = { lat: pin.lat + moves[event.key][0], lon: pin.lon + moves[event.key][1] };
      show();
    } else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
  });
  field.addEventListener("input", () => {
    const place = parsePlace(field.value);
    field.classList.toggle("bad", !place);
    share.disabled = !place;
    if (place) { pin = place; view.lat = place.lat; view.lon = place.lon; show(false); }
    else hint.textContent = "พิมพ์แบบนี้: 17.39, 104.78 · Type it like this";
  });

  return new Promise((resolve) => {
    let chosen = null;
    const done = (place) => { chosen = place; dialog.close(); };
    share.onclick = () => done(pin);
    field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !share.disabled) done(pin); });
    dialog.replaceChildren(
      h("header", {}, h("h2", { id: "pin-title" }, "ปักหมุดที่เกิดเหตุ ", en("Pin the place")),
        h("button", { class: "x", type: "button", "aria-label": "ปิด Close", "data-testid": "pin-cancel", onclick: () => done(null) }, "✕")),
      h("div", { class: "map-frame" }, canvas,
        h("div", { class: "zoom" },
          h("button", { type: "button", "aria-label": "ซูมเข้า Zoom in", onclick: () => zoom(1.6) }, "+"),
          h("button", { type: "button", "aria-label": "ซูมออก Zoom out", onclick: () => zoom(1 / 1.6) }, "−"))),
      h("div", { class: "shortcuts" }, SHORTCUTS.map(([th, name, lat, lon]) =>
        h("button", { type: "button", onclick: () => go(lat, lon) }, th, " ", en(name)))),
      h("label", { class: "coordinates" }, "พิกัด ", en("Coordinates"), field),
      hint, share);
    dialog.onclose = () => { dialog.onclose = null; resolve(chosen); };
    dialog.showModal();
    show();
    field.focus();
    field.select();
    loadStations().then(() => view.draw(pin)).then(() => show(false));
  });
}
