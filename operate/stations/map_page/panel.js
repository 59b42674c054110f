// Words: what a lookup found and why, Thai first and English beside it. Names come from outside, so
// that everything is put into the page as text, never as HTML.

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const en = (...words) => h("span", { lang: "en" }, ...words);
const both = (thai, english) => [thai, " ", en(english)];
const count = (number) => number.toLocaleString("en-US");

const rounded = (metres) => {
  if (metres < 999.5) return [metres.toFixed(0), "ม.", "m"];
  return [String(Number((metres / 1000).toFixed(metres < 9_995 ? 2 : 1))), "กม.", "km"];
};
const kilometres = (metres) => { const [number, , unit] = rounded(metres); return `${number} ${unit}`; };
const thaiDistance = (metres) => { const [number, unit] = rounded(metres); return `${number} ${unit}`; };

const COMPASS = [
  ["เหนือ", "N"], ["ตะวันออกเฉียงเหนือ", "NE"], ["ตะวันออก", "E"], ["ตะวันออกเฉียงใต้", "SE"],
  ["ใต้", "S"], ["ตะวันตกเฉียงใต้", "SW"], ["ตะวันตก", "W"], ["ตะวันตกเฉียงเหนือ", "NW"],
];
const compass = (bearing) => COMPASS[Math.round(bearing / 45) % 8];

const KINDS = { police_station: ["สถานีตำรวจ", "Police station"] };
function kindName(kind) {
  const name = DATA.kinds[kind];
  return Object.hasOwn(KINDS, name) ? both(...KINDS[name]) : [name.replaceAll("_", " ")];
}

const WHY = {
  jurisdiction: ["อยู่ในเขตรับผิดชอบ", "in its jurisdiction"],
  boundary: ["ใกล้เส้นแบ่งเขต", "beside the boundary"],
  nearest: ["ใกล้ที่สุด", "nearest"],
  next_nearest: ["ใกล้รองลงมา", "next nearest"],
};

const written = ({ lat, lon }) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;

// --- the answer ---

function answerOf(found, { show, zoom, clear }) {
  const { matches, place, from } = found;
  const head = h("p", { class: "place" },
    h("span", {}, from ? `${from.th} ` : "", written(place)),
    h("span", { class: "buttons" },
      h("button", { type: "button", onclick: zoom }, "ดูใกล้ ", en("Zoom")),
      h("button", { type: "button", onclick: clear }, "ล้าง ", en("Clear"))));
  if (!matches.length) {
    return [head, h("h2", {}, "ไม่พบสถานี ", en("No station found")),
      h("p", { class: "verdict" }, both("ไม่มีสถานีใดผ่านตัวกรอง", "No station passes the filters."))];
  }
  return [
    head,
    h("h2", {}, verdictHead(found)),
    verdicts(found).map(([thai, english]) => h("p", { class: "verdict" }, both(thai, english))),
    h("ol", { class: "list" }, matches.map((match, rank) => matchRow(match, rank, found, show))),
    h("h3", {}, "ทำไมจึงแน่ใจ ", en("Why this is certain")),
    h("ol", { class: "steps" }, steps(found).map((step) => h("li", {}, step))),
    found.leaf ? candidatesTable(found) : null,
  ];
}

function verdictHead({ responsible, nearest }) {
  const { station } = responsible[0] ?? nearest[0];
  const [thai, english] = responsible.length ? ["ผู้รับผิดชอบ", "Responsible"] : ["ใกล้ที่สุด", "Nearest"];
  return both(`${thai}: ${station.th}`, `${english}: ${station.en}`);
}

// Why the first station is the one to call, sentence by sentence.
function verdicts({ responsible, nearest }) {
  const [owner] = responsible;
  const said = [];
  if (!owner) {
    said.push(DATA.areas
      ? ["ไม่มีข้อมูลเขตรับผิดชอบที่จุดนี้ จึงแจ้งสถานีที่ใกล้ที่สุด", "No jurisdiction is known here, so the nearest station is the one to call."]
      : ["หน้านี้ไม่มีเส้นเขต (มากเกินกำหนด) จึงบอกไม่ได้ว่าใครรับผิดชอบ", "This page carries no jurisdictions (too many), so it cannot say who is responsible."]);
    return said;
  }
  const covering = responsible.filter(({ why }) => why === "jurisdiction");
  const beside = responsible.filter((one) => one.why === "boundary" && one !== owner);
  if (owner.why === "boundary") {
    said.push([`ไม่มีเขตใดคลุมจุดนี้ แต่เขตของ ${owner.station.th} อยู่ห่างเพียง ${thaiDistance(owner.edgeM)}`,
      `No jurisdiction covers the point, but that of ${owner.station.en} is only ${kilometres(owner.edgeM)} away.`]);
  } else {
    said.push([`จุดนี้อยู่ในเขตรับผิดชอบของ ${owner.station.th}`, `The point lies in the jurisdiction of ${owner.station.en}.`]);
  }
  if (covering.length > 1) {
    said.push([`มี ${covering.length} เขตซ้อนกันที่นี่ เขตที่เล็กที่สุดเป็นเจ้าของพื้นที่`, `${covering.length} jurisdictions overlap here: the smallest one owns the point.`]);
  }
  for (const { station, edgeM } of beside) {
    said.push([`เส้นแบ่งเขตกับ ${station.th} ห่างเพียง ${thaiDistance(edgeM)} (ไม่เกิน ${BOUNDARY_M} ม.) จึงระบุสถานีนั้นด้วย`,
      `The boundary of ${station.en} is ${kilometres(edgeM)} away, within ${BOUNDARY_M} m, so it is named too.`]);
  }
  const [near] = nearest;
  if (near && near.metres < owner.metres && !responsible.some(({ station }) => station === near.station)) {
    said.push([`${near.station.th} อยู่ใกล้กว่า (${thaiDistance(near.metres)}) แต่จุดนี้ไม่ใช่พื้นที่ของสถานีนั้น`,
      `${near.station.en} is nearer (${kilometres(near.metres)}), but not responsible here.`]);
  }
  return said;
}

function matchRow({ station, metres, why, edgeM }, rank, found, show) {
  const bearing = bearingDeg(found.place, station);
  const [thaiWind, wind] = compass(bearing);
  const isNearest = found.nearest[0]?.station === station;
  const reasons = [why, ...(isNearest && why !== "nearest" ? ["nearest"] : [])];
  return h("li", {},
    h("button", { type: "button", onclick: () => show(station), "data-id": station.id },
      h("span", { class: "number" }, String(rank + 1)),
      h("span", { class: "name" }, station.th),
      h("span", { class: "away" }, kilometres(metres)),
      h("span", { class: "more", lang: "en" }, subtitle(station)),
      h("span", { class: "tags" },
        metres > 0.5 ? h("span", { class: "wind" }, arrow(bearing), ` ${bearing.toFixed(0)}° ${thaiWind} ${wind}`) : null,
        reasons.map((reason) => h("span", { class: reason === "jurisdiction" ? "tag owner" : "tag" },
          both(...WHY[reason]), reason === "boundary" ? ` ${kilometres(edgeM)}` : "")),
        warnings(station))),
    station.phone ? h("a", { class: "call", href: `tel:${station.phone.replace(/[^+\d]/g, "")}` }, `โทร ${station.phone}`) : null);
}

const subtitle = ({ th, en: english, province }) => [english === th ? "" : english, province].filter(Boolean).join(" · ");

function warnings(station) {
  return [
    station.open ? null : h("span", { class: "tag warn" }, both("ปิดอยู่", "closed")),
    station.sample ? h("span", { class: "tag warn" }, both("ตัวอย่าง", "sample")) : null,
  ];
}

const arrow = (bearing) =>
  h("span", { "aria-hidden": "true", style: { display: "inline-block", transform: `rotate(${bearing.toFixed(0)}deg)` } }, "↑");

const swatch = (look, colour) => h("span", { class: `swatch ${look}`, style: { borderColor: `var(${colour})` }, "aria-hidden": "true" });

function steps(found) {
  const { leaf, candidates, ask, nearest, how } = found;
  const passing = candidates.filter(({ station }) => passes(station, ask)).length;
  const filtered = passing < candidates.length;
  const last = nearest.at(-1);
  const said = [];
  if (leaf) {
    said.push([swatch("frame", "--cell"), both(
      `อ่านดัชนีเพียงช่องเดียว ในช่องนี้มีรายชื่อ ${leaf.listed.length} สถานี`,
      `One cell of the index is read. It lists ${leaf.listed.length} stations.`)]);
  }
  said.push([swatch("", "--chosen"), both(
    `เรียงตามระยะทางบนผิวโลก${filtered ? ` ผ่านตัวกรอง ${count(passing)} สถานี` : ""} วงกลมทึบคือระยะของอันดับ ${nearest.length} (${last ? thaiDistance(last.metres) : "–"})`,
    `They are ranked by great-circle distance${filtered ? `; ${count(passing)} pass the filters` : ""}. The solid circle reaches to number ${nearest.length}.`)]);
  const complete = leaf && Number.isFinite(leaf.completeM);
  if (complete) {
    said.push([swatch("dashed", "--cell"), both(
      `ภายใน ${thaiDistance(leaf.completeM)} (วงกลมประ) ไม่มีสถานีใดอยู่นอกรายชื่อ`,
      `Within ${kilometres(leaf.completeM)} (dashed circle) there is no station off the list.`)]);
  }
  said.push([both(...certainty(how, found))]);
  return said;
}

function certainty(how, { nearest, candidates }) {
  const numbers = new Set(nearest.map(({ station }) => station.number));
  const deepest = candidates.findLastIndex(({ station }) => numbers.has(station.number)) + 1;
  return {
    all: ["รายชื่อนี้มีทุกสถานีในระบบ จึงไม่มีสถานีใดตกหล่น", "The list holds every station there is, so none can be missed."],
    listed: [`รายชื่อของช่องมี ${INDEX_K} อันดับแรกครบสำหรับทุกจุดในช่อง และคำตอบนี้ใช้ถึงอันดับ ${deepest} จึงแน่นอน`,
      `A cell lists the ${INDEX_K} nearest stations of each of its points for certain, and the answer goes down to number ${deepest}.`],
    complete: ["สถานีสุดท้ายที่เลือกอยู่ในวงกลมประ จึงไม่มีสถานีอื่นมาก่อน", "The last station chosen lies within the dashed circle, so no other comes before it."],
    second: ["ตัวกรองทำให้รายชื่อนี้ไม่พอจะยืนยัน ระบบจริงจะอ่านตารางรอบจุดนี้เป็นรอบที่สอง ส่วนหน้านี้วัดระยะจากทุกสถานี คำตอบเหมือนกัน",
      "After the filters the list is not enough to be certain. The service reads the table around the point in a second round; this page measured every station, which gives the same."],
    page: ["หน้านี้ไม่มีดัชนีของช่องนี้ จึงวัดระยะจากทุกสถานี คำตอบเหมือนกัน", "The page does not carry this cell of the index, so every station was measured, which gives the same."],
  }[how];
}

function candidatesTable({ candidates, ask, matches }) {
  const chosen = new Set(matches.map(({ station }) => station.number));
  const remark = (station) => {
    if (chosen.has(station.number)) return ["เลือก ", en("chosen")];
    if (passes(station, ask)) return "";
    if (ask.kinds && !ask.kinds.includes(station.kind)) return ["คนละชนิด ", en("other kind")];
    return ["ปิดอยู่ ", en("closed")];
  };
  return h("details", {},
    h("summary", {}, `รายชื่อทั้ง ${candidates.length} สถานีในช่องนี้ `, en("All of the cell's list")),
    h("table", {},
      h("thead", {}, h("tr", {}, ["#", "สถานี", "km", ""].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, candidates.map(({ station, metres }, rank) =>
        h("tr", { class: passes(station, ask) ? null : "out" },
          h("td", {}, String(rank + 1)), h("td", {}, station.th),
          h("td", {}, (metres / 1000).toFixed(2)), h("td", {}, remark(station)))))));
}

// --- what stands in the panel from the start ---

function tell(id, ...children) { document.getElementById(id).replaceChildren(...children.flat(9)); }

function tellFacts() {
  const samples = STATIONS.filter(({ sample }) => sample).length;
  const closed = STATIONS.filter(({ open }) => !open).length;
  document.getElementById("empty").hidden = STATIONS.length > 0;
  if (!STATIONS.length) return;
  tell("facts",
    `${count(STATIONS.length)} สถานี `, en("stations"), ` · ณ ${DATA.at}`,
    closed ? [` · ปิด ${count(closed)} `, en("closed")] : "");
  document.getElementById("samples").hidden = !samples;
  tell("samples", both(`${count(samples)} สถานีเป็นข้อมูลตัวอย่าง ห้ามใช้งานจริง`, `${count(samples)} of them are made-up samples: not for real use.`));
}

function tellMarks(chart) {
  const rows = DATA.kinds.map((_, kind) => [{ kind, open: true, sample: false }, kindName(kind)]);
  if (STATIONS.some(({ open }) => !open)) rows.push([{ kind: 0, open: false, sample: false }, both("ปิดอยู่ในเวลานี้", "closed at this time")]);
  if (STATIONS.some(({ sample }) => sample)) rows.push([{ kind: 0, open: true, sample: true }, both("ตัวอย่าง ไม่ใช่สถานีจริง", "a sample, no real station")]);
  tell("marks", rows.map(([look, words]) => {
    const canvas = h("canvas", { width: 52, height: 52, "aria-hidden": "true" });
    const g = canvas.getContext("2d");
    g.scale(2, 2);
    drawMark(g, SHAPES[look.kind % SHAPES.length], chart.kindColour(look.kind), chart.colour("--halo"), 13, 13, 7.5, look);
    return h("div", { class: "mark" }, canvas, h("span", {}, words));
  }));
}

const LAYERS = [
  ["stations", "สถานี", "Stations", { borderRadius: "50%", width: "14px", height: "14px", margin: "0 5px", background: "var(--kind-0)" }],
  ["areas", "เขตรับผิดชอบ", "Jurisdictions", { border: "2px solid var(--boundary)" }],
  ["names", "ชื่อ", "Names", null],
  ["far", "จุดไกลสถานี (วงกลมว่าง)", "Far places (empty circles)", { border: "2px dotted var(--far)", borderRadius: "50%", width: "18px", height: "18px", margin: "0 3px" }],
  ["bands", "ระยะถึงสถานีที่เปิดใกล้สุด", "Distance to the nearest open station", { background: "linear-gradient(90deg, var(--band-2), var(--band-5))" }],
  ["leaves", "ช่องดัชนี (เลขคือจำนวนสถานีในรายชื่อ)", "Index cells, with the number listed", { background: "color-mix(in srgb, var(--leaf) 35%, transparent)", border: "1px solid var(--leaf)" }],
];

function tellLayers(chart) {
  tell("layers", LAYERS.map(([name, thai, english, key]) => {
    const missing = name === "leaves" && !DATA.leaves.length ? true : name === "areas" && !AREAS.length;
    const scale = name === "bands" ? bandScale(chart) : null;
    const box = h("input", { type: "checkbox", id: `layer-${name}`, checked: chart.layers[name] && !missing, disabled: missing,
      onchange: () => { chart.layers[name] = box.checked; if (scale) scale.hidden = !box.checked; chart.redraw(); } });
    return [h("label", { class: "layer" }, box, h("span", { class: key ? "key" : "", style: key ?? {}, "aria-hidden": "true" }, key ? "" : "ก A"),
      h("span", {}, both(thai, english), missing ? [" · ", both("ไม่มีในหน้านี้", "not in this page")] : "")), scale ?? ""];
  }));
}

function bandScale(chart) {
  const limits = ["<5", "5–10", "10–20", "20–30", ">30 km"];
  return h("div", { class: "scale", hidden: !chart.layers.bands },
    limits.map((text, i) => h("span", {}, h("i", { style: { background: `var(--band-${i + 1})` } }), text)));
}

function tellFar(go) {
  const { places, apartM, toleranceM, within } = DATA.far;
  document.getElementById("far-section").hidden = !STATIONS.length;
  const where = within ? within === "jurisdictions" ? both("ภายในเขตรับผิดชอบทั้งหมด", "inside the jurisdictions") : both(`ภายในเขตของไฟล์ ${within}`, `inside ${within}`) : both("ภายในเส้นขอบประเทศคร่าว ๆ ซึ่งกว้างกว่าจริงไม่กี่กิโลเมตร จุดริมขอบจึงอาจอยู่นอกประเทศหรือในทะเล",
    "inside a coarse outline of Thailand that lies some kilometres outside of the border: places on its edge may be abroad or at sea");
  if (!places.length) {
    tell("far-note", both("ไม่มีรายการ", "none listed"));
    return;
  }
  const kinds = DATA.far.kinds?.map((kind) => kindName(kind));
  tell("far-note",
    kinds ? [both("เฉพาะชนิด", "Only kinds:"), " ", kinds.map((name, i) => [i ? ", " : "", ...name])] : "",
    both(`แต่ละจุดห่างจากจุดก่อนหน้าอย่างน้อย ${thaiDistance(apartM)} และไกลที่สุดเท่าที่เหลือ (คลาดเคลื่อนไม่เกิน ${thaiDistance(toleranceM)})`,
      `Each is the farthest place at least ${kilometres(apartM)} from those above it, to within ${kilometres(toleranceM)}.`), " ", where);
  tell("far", places.map((place, number) => {
    const station = STATIONS[place.station];
    const [thai, wind] = compass(bearingDeg(station, place));
    return h("li", {}, h("button", { type: "button", onclick: () => go(place) },
      h("span", { class: "number" }, h("span", {}, String(number + 1))),
      h("span", { class: "name" }, `ทิศ${thai}ของ ${station.th}`, en(`${wind} of ${station.en}${station.province ? ` · ${station.province}` : ""}`)),
      h("span", { class: "away" }, kilometres(place.metres))));
  }));
}

function tellAbout() {
  const { head, limits } = DATA;
  const rows = [
    [["ข้อมูล ", en("Data")], [`รุ่น ${head.label}`, head.published ? ` · ${head.published}` : "", head.note ? ` · ${head.note}` : ""]],
    [["เวลา ", en("Time")], both(`เปิดหรือปิดตามเวลา ${DATA.at} สถานีที่ไม่ทราบเวลาทำการถือว่าเปิด`, "Open or closed is told for this time; a station whose hours are not known counts as open.")],
    [["ระยะทาง ", en("Distance")], both("วงกลมใหญ่บนทรงกลมที่มีพื้นที่ผิวเท่า WGS84 ไม่ใช่ระยะตามถนน", "Great circle on the WGS84 authalic sphere; not the way by road.")],
    [["คำตอบ ", en("Answers")], both("คำนวณในหน้านี้ด้วยกฎเดียวกับระบบจริง ไม่มีข้อมูลออกจากเครื่องนี้", "Computed in this page by the service's own rule. Nothing leaves this device.")],
    [["จุดบนแผนที่ ", en("Marks")], both(
      `ถ้ามีเกิน ${count(MOST_MARKS)} สถานีในจอ จะวาดหนึ่งสถานีต่อ ${THIN_PX}×${THIN_PX} จุดภาพ ระดับสีของระยะทางใช้สถานีที่วาดเท่านั้น ผลค้นหาใช้ทุกสถานีเสมอ`,
      `With more than ${count(MOST_MARKS)} stations in view one is drawn for each ${THIN_PX} by ${THIN_PX} pixels, also for the distance bands; lookups always use all. The list of the far places is exact as stated there.`)],
    [["เส้นขอบ ", en("Outline")], DATA.far.within
      ? both("ตามที่ผู้จัดทำระบุ", "As whoever made this page chose it.")
      : both("เส้นประรอบประเทศวาดด้วยมืออย่างคร่าว ๆ ไม่ใช่แนวเขตแดน", "The dashed outline was drawn by hand and is coarse; it is no survey of any border.")],
  ];
  if (DATA.leaves.length < head.leaves) {
    rows.push([["ดัชนี ", en("Index")], both(
      `มี ${count(head.leaves)} ช่อง เกิน ${count(limits.leaves)} ช่องที่หน้านี้รับได้ จึงใส่ไว้ ${count(DATA.leaves.length)} ช่อง`,
      `It has ${count(head.leaves)} cells; a page carries ${count(limits.leaves)} at the most, so ${count(DATA.leaves.length)} are here.`)]);
  }
  if (!DATA.areas) {
    rows.push([["เขตรับผิดชอบ ", en("Jurisdictions")], both(
      `มีจุดมุมเกิน ${count(limits.vertices)} จุด จึงไม่ได้ใส่ไว้`, `They have more than ${count(limits.vertices)} vertices and were left out.`)]);
  }
  tell("about", rows.map(([term, words]) => [h("dt", {}, term), h("dd", {}, words)]));
}
