// The drawing: a canvas in Mercator's projection, drawn anew for every frame that differs.

// Kinds of stations differ by shape as well as by colour (Okabe and Ito's, told apart by everyone).
const SHAPES = ["circle", "square", "triangle", "diamond", "cross"];

// Distance to the nearest open station, in bands: metres, and the CSS variable of the band beyond.
const BANDS = [[30_000, "--band-4"], [20_000, "--band-3"], [10_000, "--band-2"], [5_000, "--band-1"]];

const MOST_MARKS = 3_000; // in view; with more, one a square of so many pixels stands for the others:
const THIN_PX = 7;
const MOST_NAMES = 250;

const COUNTRIES = [
  ["สปป.ลาว Laos", 19.4, 103.0], ["เมียนมา Myanmar", 18.6, 96.2], ["กัมพูชา Cambodia", 12.7, 104.9],
  ["มาเลเซีย Malaysia", 5.0, 101.9], ["เวียดนาม Vietnam", 16.0, 107.6],
  ["อ่าวไทย Gulf of Thailand", 10.1, 101.0], ["ทะเลอันดามัน Andaman Sea", 8.6, 96.6],
];

// --- Mercator: x and y grow east and south, 1 is a radian of longitude ---

const MOST_LATITUDE = 85;
const worldX = (lon) => radians(lon);
const worldY = (lat) => -Math.asinh(Math.tan(radians(Math.max(-MOST_LATITUDE, Math.min(MOST_LATITUDE, lat)))));
const placeAt = (x, y) => ({
  lat: degrees(Math.atan(Math.sinh(-y))),
  lon: Math.max(-180, Math.min(180, degrees(x))),
});

// A line or ring, projected once. Drawn without the vertices that fall on the pixel of the last one.
class Line {
  constructor(positions) {
    this.xs = Float64Array.from(positions, ([lon]) => worldX(lon));
    this.ys = Float64Array.from(positions, ([, lat]) => worldY(lat));
    this.west = Math.min(...extent(this.xs)); this.east = Math.max(...extent(this.xs));
    this.north = Math.min(...extent(this.ys)); this.south = Math.max(...extent(this.ys));
  }
  trace(g, view) {
    if (this.west > view.east || this.east < view.west || this.north > view.south || this.south < view.north) return;
    const { xs, ys } = this;
    const last = xs.length - 1;
    let x = view.x(xs[0]), y = view.y(ys[0]);
    g.moveTo(x, y);
    for (let i = 1; i <= last; i += 1) {
      const nextX = view.x(xs[i]), nextY = view.y(ys[i]);
      if (i < last && Math.abs(nextX - x) + Math.abs(nextY - y) < 1.2) continue;
      x = nextX; y = nextY;
      g.lineTo(x, y);
    }
  }
}

function extent(values) {
  let least = Infinity, most = -Infinity;
  for (const value of values) { if (value < least) least = value; if (value > most) most = value; }
  return [least, most];
}

const lines = (polygons) => polygons.flat().map((ring) => new Line(ring));

// What part of the world is seen, and how large. `scale`: pixels for a radian of longitude.
class View {
  constructor() { Object.assign(this, { cx: 0, cy: 0, scale: 300, width: 1, height: 1, zoomedAt: 0 }); }
  x(worldX_) { return this.width / 2 + (worldX_ - this.cx) * this.scale; }
  y(worldY_) { return this.height / 2 + (worldY_ - this.cy) * this.scale; }
  at({ lat, lon }) { return [this.x(worldX(lon)), this.y(worldY(lat))]; }
  place(x, y) {
    return placeAt(this.cx + (x - this.width / 2) / this.scale, this.cy + (y - this.height / 2) / this.scale);
  }
  get west() { return this.cx - this.width / 2 / this.scale; }
  get east() { return this.cx + this.width / 2 / this.scale; }
  get north() { return this.cy - this.height / 2 / this.scale; }
  get south() { return this.cy + this.height / 2 / this.scale; }
  pixels(metres, lat) { return (metres / RADIUS_M / Math.cos(radians(lat))) * this.scale; }
  move(dx, dy) { this.cx -= dx / this.scale; this.cy -= dy / this.scale; this.keepIn(); }
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const [worldX0, worldY0] = [this.cx + (x - this.width / 2) / this.scale, this.cy + (y - this.height / 2) / this.scale];
    this.scale = Math.max(this.width / 7, Math.min(3e7, this.scale * factor));
    this.zoomedAt = performance.now();
    this.cx = worldX0 - (x - this.width / 2) / this.scale;
    this.cy = worldY0 - (y - this.height / 2) / this.scale;
    this.keepIn();
  }
  keepIn() {
    this.cx = Math.max(-Math.PI, Math.min(Math.PI, this.cx));
    this.cy = Math.max(-3.2, Math.min(3.2, this.cy));
  }
  fit(places, room = 40, most = 2e5) {
    if (!places.length) return;
    const [west, east] = extent(places.map(({ lon }) => worldX(lon)));
    const [north, south] = extent(places.map(({ lat }) => worldY(lat)));
    this.cx = (west + east) / 2; this.cy = (north + south) / 2;
    const wide = Math.max(80, this.width - 2 * room), high = Math.max(80, this.height - 2 * room);
    this.scale = Math.min(most, wide / Math.max(east - west, 1e-9), high / Math.max(south - north, 1e-9));
    this.zoom(1);
    this.zoomedAt = 0;
  }
}

// --- marks ---

function shapePath(g, shape, x, y, r) {
  g.beginPath();
  if (shape === "square") g.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76);
  else if (shape === "triangle") polygonPath(g, x, y + r * 0.15, [[0, -1.25], [1.15, 0.8], [-1.15, 0.8]], r);
  else if (shape === "diamond") polygonPath(g, x, y, [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]], r);
  else if (shape === "cross") {
    polygonPath(g, x, y, [[-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4],
      [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4]], r);
  } else g.arc(x, y, r, 0, 2 * Math.PI);
}

function polygonPath(g, x, y, corners, r) {
  corners.forEach(([dx, dy], i) => g[i ? "lineTo" : "moveTo"](x + dx * r, y + dy * r));
  g.closePath();
}

// Filled when open, hollow when closed; paler, and with a bar across, when it is a sample.
function drawMark(g, shape, colour, paper, x, y, r, { open, sample }) {
  g.lineJoin = "round";
  shapePath(g, shape, x, y, r);
  g.lineWidth = r < 3.5 ? 0.9 : 2.4;
  g.strokeStyle = paper;
  g.stroke();
  g.fillStyle = open ? colour : paper;
  g.fill();
  if (open && sample) { g.globalAlpha = 0.4; g.fillStyle = paper; g.fill(); g.globalAlpha = 1; }
  if (!open) { g.lineWidth = r < 3.5 ? 1.1 : 1.9; g.strokeStyle = colour; g.stroke(); }
  if (sample && r >= 3.5) {
    g.beginPath();
    g.moveTo(x - r * 0.62, y); g.lineTo(x + r * 0.62, y);
    g.lineWidth = Math.max(1.3, r * 0.34);
    g.strokeStyle = open ? paper : colour;
    g.stroke();
  }
}

// --- the chart ---

class Chart {
  constructor(canvas) {
    this.canvas = canvas;
    this.g = canvas.getContext("2d", { alpha: false });
    this.view = new View();
    this.land = LAND.map((polygon) => lines([polygon]));
    this.coarse = !DATA.far.within;
    this.sea = lines(DATA.sea);
    this.areas = AREAS.map((area) => ({ number: area.number, lines: area.rings.map((ring) => new Line(ring)) }));
    this.areaOf = new Map(this.areas.map((area) => [area.number, area]));
    this.xs = Float64Array.from(STATIONS, ({ lon }) => worldX(lon));
    this.ys = Float64Array.from(STATIONS, ({ lat }) => worldY(lat));
    this.provinces = provinceNames();
    this.layers = { stations: true, areas: true, names: true, far: true, bands: false, leaves: false };
    this.found = null;     // the lookup that is drawn
    this.hovered = null;   // the station under the pointer
    this.ask = { kinds: null }; // the bands are of these kinds
    this.crosshair = false;
    this.onFrame = () => {};
    this.frameMs = 0;
    this.shown = { marks: 0, inView: 0 };
    this.sprites = new Map();
    this.theme();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"])
      matchMedia(query).addEventListener("change", () => { this.theme(); this.redraw(); });
  }

  theme() {
    const style = getComputedStyle(document.documentElement);
    const cache = new Map();
    this.colour = (name) => {
      if (!cache.has(name)) cache.set(name, style.getPropertyValue(name).trim());
      return cache.get(name);
    };
    this.sprites.clear();
  }
  kindColour(kind) { return this.colour(`--kind-${kind % SHAPES.length}`); }

  resize() {
    this.ratio = Math.min(2, devicePixelRatio || 1);
    const { clientWidth, clientHeight } = this.canvas;
    this.view.width = clientWidth || 1;
    this.view.height = clientHeight || 1;
    this.canvas.width = Math.round(this.view.width * this.ratio);
    this.canvas.height = Math.round(this.view.height * this.ratio);
    this.sprites.clear();
    this.redraw();
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.draw(); });
  }

  draw() {
    const started = performance.now();
    const { g } = this;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.lineJoin = g.lineCap = "round";
    this.taken = [[this.view.width - 62, 0, this.view.width, 146]]; // rectangles with text or buttons
    this.ground();
    this.graticule();
    if (this.layers.areas) this.ownArea();
    if (this.layers.far) this.farPlaces();
    if (this.found) this.reasoning();
    if (this.layers.stations) this.stations();
    if (this.found) this.chosen();
    if (this.layers.names) this.names();
    if (this.layers.leaves) this.leafNumbers();
    if (this.crosshair) this.drawCrosshair();
    this.scaleBar();
    this.frameMs = performance.now() - started;
    this.onFrame();
  }

  // --- the ground ---

  // Most of the work is in what lies below the stations. It is drawn once, with a margin, and moved
  // with the map; while the scale changes it is stretched, and drawn anew when the scale rests.
  ground() {
    const { g, view, layers } = this;
    const key = JSON.stringify([view.width, view.height, this.ratio, this.colour("--land"), layers.bands, layers.leaves, layers.areas, this.ask.kinds]);
    const old = this.drawnGround?.key === key ? this.drawnGround : null;
    const { west, east, north, south } = view;
    const same = old?.view.scale === view.scale;
    const within = old && old.view.west <= west && old.view.east >= east && old.view.north <= north && old.view.south >= south;
    const resting = performance.now() - view.zoomedAt > 120;
    if (!(same && within)) {
      if (old && !same && !resting) setTimeout(() => this.redraw(), 130);
      else this.drawGround(key);
    }
    const { canvas, view: then } = this.drawnGround;
    const stretch = view.scale / then.scale;
    g.fillStyle = this.colour("--abroad");
    g.fillRect(0, 0, view.width, view.height);
    g.drawImage(canvas, view.x(then.west), view.y(then.north), then.width * stretch, then.height * stretch);
  }

  drawGround(key) {
    const { g: screen, view: seen, ratio } = this;
    const canvas = this.drawnGround?.canvas ?? document.createElement("canvas");
    const view = Object.assign(new View(), seen, { width: Math.round(seen.width * 1.5), height: Math.round(seen.height * 1.5) });
    canvas.width = view.width * ratio;
    canvas.height = view.height * ratio;
    const g = canvas.getContext("2d", { alpha: false });
    g.scale(ratio, ratio);
    g.lineJoin = g.lineCap = "round";
    Object.assign(this, { g, view });
    g.fillStyle = this.colour("--abroad");
    g.fillRect(0, 0, view.width, view.height);
    this.base();
    if (this.layers.leaves) this.leaves();
    if (this.layers.areas) this.boundaries();
    Object.assign(this, { g: screen, view: seen });
    this.drawnGround = { key, canvas, view };
  }

  trace(shapes) {
    this.g.beginPath();
    for (const line of shapes) line.trace(this.g, this.view);
  }

  base() {
    const { g } = this;
    for (const sea of this.sea) { this.trace([sea]); g.fillStyle = this.colour("--sea"); g.fill(); }
    g.fillStyle = this.colour("--land");
    for (const polygon of this.land) { this.trace(polygon); g.fill("evenodd"); }
    if (this.layers.bands) this.bands();
    if (!DATA.land && this.layers.areas) return; // the land is the jurisdictions
    this.trace(this.land.flat());
    g.lineWidth = 1.2;
    g.strokeStyle = this.colour("--coast");
    g.setLineDash(this.coarse ? [6, 4] : []);
    g.stroke();
    g.setLineDash([]);
  }

  // Everything in the colour of the farthest band, then circles of smaller and smaller radius around
  // the open stations: what stays visible of a band is where no open station is nearer.
  bands() {
    const { g, view } = this;
    g.save();
    this.trace(this.land.flat());
    g.clip();
    g.fillStyle = this.colour("--band-5");
    g.fillRect(0, 0, view.width, view.height);
    const wanted = { kinds: this.ask.kinds, open: true };
    const open = this.thinned(view.pixels(BANDS[0][0], 70), (station) => passes(station, wanted)).numbers;
    for (const [metres, name] of BANDS) {
      g.fillStyle = this.colour(name);
      for (const number of open) {
        const x = view.x(this.xs[number]), y = view.y(this.ys[number]);
        const r = view.pixels(metres, STATIONS[number].lat);
        if (x + r < 0 || y + r < 0 || x - r > view.width || y - r > view.height) continue;
        g.beginPath();
        g.arc(x, y, r, 0, 2 * Math.PI);
        g.fill();
      }
    }
    g.restore();
  }

  graticule() {
    const { g, view } = this;
    const steps = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
    const step = steps.findLast((one) => radians(one) * view.scale >= 110) ?? steps[0];
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const from = view.place(0, view.height), to = view.place(view.width, 0);
    g.lineWidth = 1;
    g.strokeStyle = this.colour("--graticule");
    g.fillStyle = this.colour("--faint");
    g.font = `11px ${FONT}`;
    g.textAlign = "left";
    g.beginPath();
    for (let lon = Math.ceil(from.lon / step) * step; lon <= to.lon; lon += step) {
      const x = Math.round(view.x(worldX(lon))) + 0.5;
      g.moveTo(x, 0); g.lineTo(x, view.height);
      if (x > 60 && x < view.width - 190) g.fillText(`${lon.toFixed(digits)}°`, x + 3, view.height - 6);
    }
    for (let lat = Math.ceil(from.lat / step) * step; lat <= to.lat; lat += step) {
      const y = Math.round(view.y(worldY(lat))) + 0.5;
      g.moveTo(0, y); g.lineTo(view.width, y);
      if (y > view.height - 30) continue;
      g.fillText(`${lat.toFixed(digits)}°`, 4, y - 3);
      this.taken.push([0, y - 14, 46, y]);
    }
    g.stroke();
  }

  // --- what the directory holds ---

  leaves() {
    const { g, view } = this;
    const shade = this.colour("--leaf");
    for (const leaf of LEAVES) {
      const [left, top] = view.at({ lat: leaf.box.north, lon: leaf.box.west });
      const [right, bottom] = view.at({ lat: leaf.box.south, lon: leaf.box.east });
      if (right < 0 || bottom < 0 || left > view.width || top > view.height) continue;
      g.globalAlpha = 0.04 + 0.5 * Math.min(1, leaf.listed.length / MOST_LISTED) ** 2;
      g.fillStyle = shade;
      g.fillRect(left, top, right - left, bottom - top);
      g.globalAlpha = 0.65;
      g.lineWidth = 0.8;
      g.strokeStyle = shade;
      if (right - left > 4) g.strokeRect(left, top, right - left, bottom - top);
    }
    g.globalAlpha = 1;
  }

  leafNumbers() {
    const { view } = this;
    const middle = (a, b, most) => (Math.max(a, 0) + Math.min(b, most)) / 2;
    for (const leaf of LEAVES) {
      const [left, top] = view.at({ lat: leaf.box.north, lon: leaf.box.west });
      const [right, bottom] = view.at({ lat: leaf.box.south, lon: leaf.box.east });
      if (right < 0 || bottom < 0 || left > view.width || top > view.height || right - left < 54 || bottom - top < 34) continue;
      this.label(middle(left, right, view.width), middle(top, bottom, view.height) + 4, String(leaf.listed.length), this.colour("--leaf"), 12, 700, true);
    }
  }

  boundaries() {
    const { g } = this;
    this.trace(this.areas.flatMap((area) => area.lines));
    g.lineWidth = 1.1;
    g.strokeStyle = this.colour("--boundary");
    g.stroke();
  }

  // The area of the owner of what was looked up, or of the station under the pointer.
  ownArea() {
    const { g } = this;
    const fill = (number, colour) => {
      const area = this.areaOf.get(number);
      if (!area) return;
      this.trace(area.lines);
      g.fillStyle = this.colour(colour);
      g.fill("evenodd");
    };
    const owner = this.found?.responsible[0];
    if (owner) fill(owner.station.number, "--owner");
    else if (this.hovered) fill(this.hovered.number, "--hover");
    if (owner && this.areaOf.has(owner.station.number)) {
      this.trace(this.areaOf.get(owner.station.number).lines);
      g.lineWidth = 2.4;
      g.strokeStyle = this.colour("--chosen");
      g.stroke();
    }
  }

  // Numbers of the stations in view, `margin` pixels around included; of too many, the first one of
  // each square. Squares keep still while the map is moved, and change once the scale has doubled.
  thinned(margin = 12, wanted = () => true) {
    const { view, xs, ys } = this;
    const room = margin / view.scale;
    const west = view.west - room, east = view.east + room, north = view.north - room, south = view.south + room;
    const inside = [];
    for (let i = 0; i < xs.length; i += 1)
      if (xs[i] >= west && xs[i] <= east && ys[i] >= north && ys[i] <= south && wanted(STATIONS[i])) inside.push(i);
    if (inside.length <= MOST_MARKS) return { numbers: inside, total: inside.length };
    const square = THIN_PX / 2 ** Math.floor(Math.log2(view.scale));
    const columns = Math.ceil((east - west) / square) + 2;
    const firstColumn = Math.floor(west / square), firstRow = Math.floor(north / square);
    const taken = new Uint8Array(columns * (Math.ceil((south - north) / square) + 2));
    const numbers = inside.filter((i) => {
      const cell = (Math.floor(ys[i] / square) - firstRow) * columns + Math.floor(xs[i] / square) - firstColumn;
      if (taken[cell]) return false;
      taken[cell] = 1;
      return true;
    });
    return { numbers, total: inside.length };
  }

  markSize() {
    return Math.max(1.5, Math.min(7, 2.2 + Math.log2(this.view.scale / 2500) * 0.9));
  }

  sprite(station, r) {
    const key = `${station.kind} ${station.open} ${station.sample} ${r.toFixed(1)}`;
    let picture = this.sprites.get(key);
    if (!picture) {
      picture = document.createElement("canvas");
      const side = Math.ceil(2 * r + 8);
      picture.width = picture.height = Math.ceil(side * this.ratio);
      const g = picture.getContext("2d");
      g.scale(this.ratio, this.ratio);
      drawMark(g, SHAPES[station.kind % SHAPES.length], this.kindColour(station.kind), this.colour("--halo"), side / 2, side / 2, r, station);
      this.sprites.set(key, picture);
    }
    return picture;
  }

  stations() {
    const { g, view } = this;
    const { numbers, total } = this.thinned();
    this.shown = { marks: numbers.length, inView: total };
    this.visible = numbers;
    const r = this.markSize();
    if (this.sprites.size > 400) this.sprites.clear();
    for (const number of numbers) {
      const picture = this.sprite(STATIONS[number], r);
      const side = picture.width / this.ratio;
      g.drawImage(picture, view.x(this.xs[number]) - side / 2, view.y(this.ys[number]) - side / 2, side, side);
    }
    if (this.hovered) {
      const [x, y] = view.at(this.hovered);
      g.beginPath(); g.arc(x, y, r + 4, 0, 2 * Math.PI);
      g.lineWidth = 2; g.strokeStyle = this.colour("--ink"); g.stroke();
    }
  }

  farPlaces() {
    const { g, view } = this;
    DATA.far.places.forEach((place, number) => {
      const [x, y] = view.at(place);
      this.circle(place, place.metres);
      g.lineWidth = 1.6;
      g.strokeStyle = this.colour("--far");
      g.setLineDash([2, 4]);
      g.stroke();
      g.setLineDash([]);
      const size = view.pixels(place.metres, place.lat) < 22 ? 7 : 10;
      this.badge(x, y, number + 1, this.colour("--far"), this.colour("--on-far"), "diamond", size);
    });
  }

  // --- a lookup ---

  circle(centre, metres) {
    const { g, view } = this;
    g.beginPath();
    if (!Number.isFinite(metres) || metres <= 0) return;
    for (let i = 0; i <= 120; i += 1) {
      const [x, y] = view.at(destination(centre, i * 3, metres));
      if (i) g.lineTo(x, y); else g.moveTo(x, y);
    }
  }

  reasoning() {
    const { g, view, found } = this;
    const chosen = this.colour("--chosen"), leafColour = this.colour("--cell");
    if (found.leaf) {
      const [left, top] = view.at({ lat: found.leaf.box.north, lon: found.leaf.box.west });
      const [right, bottom] = view.at({ lat: found.leaf.box.south, lon: found.leaf.box.east });
      g.fillStyle = this.colour("--cell-fill");
      g.fillRect(left, top, right - left, bottom - top);
      g.lineWidth = 2; g.strokeStyle = leafColour;
      g.strokeRect(left, top, right - left, bottom - top);
      this.circle(found.place, found.leaf.completeM);
      g.lineWidth = 1.8; g.setLineDash([9, 6]); g.stroke(); g.setLineDash([]);
    }
    const last = found.nearest.at(-1);
    if (last) {
      this.circle(found.place, last.metres);
      g.lineWidth = 1.8; g.strokeStyle = chosen; g.stroke();
    }
    g.strokeStyle = chosen;
    found.matches.forEach((match, rank) => {
      g.beginPath();
      const bearing = bearingDeg(found.place, match.station);
      for (let i = 0; i <= 16; i += 1) {
        const [x, y] = view.at(destination(found.place, bearing, (match.metres * i) / 16));
        if (i) g.lineTo(x, y); else g.moveTo(x, y);
      }
      g.lineWidth = rank ? 1.6 : 3.2;
      g.stroke();
    });
  }

  chosen() {
    const { g, view, found } = this;
    const [x, y] = view.at(found.place);
    g.beginPath();
    g.moveTo(x, y);
    g.bezierCurveTo(x - 3, y - 9, x - 10, y - 13, x - 10, y - 22);
    g.arc(x, y - 22, 10, Math.PI, 0);
    g.bezierCurveTo(x + 10, y - 13, x + 3, y - 9, x, y);
    g.fillStyle = this.colour("--pin"); g.fill();
    g.lineWidth = 1.8; g.strokeStyle = this.colour("--halo"); g.stroke();
    g.beginPath(); g.arc(x, y - 22, 4, 0, 2 * Math.PI); g.fillStyle = this.colour("--halo"); g.fill();
    this.taken.push([x - 12, y - 34, x + 12, y]);
    [...found.matches].reverse().forEach(({ station }, back) => {
      const rank = found.matches.length - back;
      this.badge(...view.at(station), rank, this.colour("--chosen"), this.colour("--on-chosen"), "circle");
    });
    const last = found.nearest.at(-1);
    if (last && found.nearest.length > 1) this.edgeLabel(last.metres, [55, 125, 235, 305], `${kilometres(last.metres)} · อันดับ ${found.nearest.length}`, this.colour("--chosen"));
    if (found.leaf) this.edgeLabel(found.leaf.completeM, [35, 145, 215, 325], `${kilometres(found.leaf.completeM)} · รู้ครบ complete`, this.colour("--cell"));
  }

  // A label on a circle around the place, where it is in view.
  edgeLabel(metres, bearings, text, colour) {
    if (!Number.isFinite(metres)) return;
    for (const bearing of bearings) {
      const [x, y] = this.view.at(destination(this.found.place, bearing, metres));
      if (this.label(x, y, text, colour, 12, 700, true)) return;
    }
  }

  badge(x, y, text, colour, ink, shape, size = 11) {
    const { g } = this;
    if (x < -20 || y < -20 || x > this.view.width + 20 || y > this.view.height + 20) return;
    shapePath(g, shape, x, y, size);
    g.fillStyle = colour; g.fill();
    g.lineWidth = 1.8; g.strokeStyle = this.colour("--halo"); g.stroke();
    g.fillStyle = ink; g.font = `700 ${size < 10 ? 9 : 12}px ${FONT}`; g.textAlign = "center";
    g.fillText(text, x, y + (size < 10 ? 3 : 4));
    this.taken.push([x - size, y - size, x + size, y + size]);
  }

  // --- words ---

  // Write a text unless it would cover another; tell whether it was written.
  label(x, y, text, colour, size, weight = 500, whole = false) {
    const { g, view } = this;
    g.font = `${weight} ${size}px ${FONT}`;
    const half = g.measureText(text).width / 2 + 3;
    const box = [x - half, y - size - 2, x + half, y + 5];
    const edge = whole ? 4 : -half;
    if (box[0] < edge || box[2] > view.width - edge || box[1] < edge || box[3] > view.height - 26) return false;
    if (this.taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) return false;
    this.taken.push(box);
    g.textAlign = "center";
    g.lineWidth = 3.5; g.strokeStyle = this.colour("--halo"); g.lineJoin = "round";
    g.strokeText(text, x, y);
    g.fillStyle = colour; g.fillText(text, x, y);
    return true;
  }

  names() {
    const { view } = this;
    const ink = this.colour("--ink"), faint = this.colour("--faint");
    const r = this.markSize();
    if (this.found) for (const { station } of this.found.matches) this.stationName(station, 16, ink, 700);
    if (this.hovered) this.stationName(this.hovered, r + 9, ink, 700);
    const near = this.visible && this.layers.stations && this.shown.inView <= MOST_NAMES;
    if (near) for (const number of this.visible) this.stationName(STATIONS[number], r + 7, ink);
    else for (const { name, lat, lon } of this.provinces) this.label(...view.at({ lat, lon }), name, ink, 12, 600);
    for (const [name, lat, lon] of COUNTRIES) this.label(...view.at({ lat, lon }), name, faint, 13, 500, true);
  }

  stationName(station, gap, ink, weight = 500) {
    const [x, y] = this.view.at(station);
    if (x < -80 || y < -20 || x > this.view.width + 80 || y > this.view.height + 20) return;
    if (!this.label(x, y - gap, station.th, ink, 12, weight)) this.label(x, y + gap + 10, station.th, ink, 12, weight);
  }

  drawCrosshair() {
    const { g, view } = this;
    const x = view.width / 2, y = view.height / 2;
    for (const [colour, width] of [[this.colour("--halo"), 5], [this.colour("--ink"), 2]]) {
      g.beginPath();
      g.moveTo(x - 16, y); g.lineTo(x - 5, y); g.moveTo(x + 5, y); g.lineTo(x + 16, y);
      g.moveTo(x, y - 16); g.lineTo(x, y - 5); g.moveTo(x, y + 5); g.lineTo(x, y + 16);
      g.lineWidth = width; g.strokeStyle = colour; g.stroke();
    }
  }

  scaleBar() {
    const { g, view } = this;
    const middle = view.place(view.width / 2, view.height / 2);
    const steps = [10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6];
    const length = steps.findLast((one) => view.pixels(one, middle.lat) <= 120) ?? steps[0];
    const x = view.width - 14, start = x - view.pixels(length, middle.lat), y = view.height - 14;
    for (const [colour, width] of [[this.colour("--halo"), 5], [this.colour("--ink"), 2]]) {
      g.beginPath(); g.moveTo(start, y - 5); g.lineTo(start, y); g.lineTo(x, y); g.lineTo(x, y - 5);
      g.lineWidth = width; g.strokeStyle = colour; g.stroke();
    }
    g.font = `600 11px ${FONT}`; g.textAlign = "right"; g.lineWidth = 3;
    const text = length >= 1000 ? `${length / 1000} กม. km` : `${length} ม. m`;
    g.strokeStyle = this.colour("--halo"); g.strokeText(text, x, y - 8);
    g.fillStyle = this.colour("--ink"); g.fillText(text, x, y - 8);
  }

  // The station within `reach` pixels of a spot of the canvas, the nearest one, or null.
  stationAt(x, y, reach) {
    let best = null, least = (reach + this.markSize()) ** 2;
    if (!this.layers.stations) return null;
    for (const number of this.visible ?? []) {
      const square = (this.view.x(this.xs[number]) - x) ** 2 + (this.view.y(this.ys[number]) - y) ** 2;
      if (square < least) { least = square; best = STATIONS[number]; }
    }
    return best;
  }
}

// A name for each province, in the middle of its stations; those with most stations first.
function provinceNames() {
  const sums = new Map();
  for (const { province, lat, lon } of STATIONS) {
    if (!province) continue;
    const sum = sums.get(province) ?? { name: province, count: 0, lat: 0, lon: 0 };
    sum.count += 1; sum.lat += lat; sum.lon += lon;
    sums.set(province, sum);
  }
  return [...sums.values()]
    .map(({ name, count, lat, lon }) => ({ name, count, lat: lat / count, lon: lon / count }))
    .sort((a, b) => b.count - a.count);
}
