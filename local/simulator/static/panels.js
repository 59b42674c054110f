// The right side (timeline, SMS, log) and the chaos drawer.
import { h, en, call, clockSeconds, duration, linked } from "./dom.js";

const byId = (id) => document.getElementById(id);
const empty = (face, th, english) => h("div", { class: "empty" }, h("span", { "aria-hidden": "true" }, face), th, en(english));

// --- timeline ---

const KINDS = ["", "ข่มขู่/ทำร้าย", "กักขังหน่วงเหนี่ยว", "เสี่ยงถูกล่วงละเมิด", "ผู้คลุ้มคลั่ง", "มั่วสุมก่อเหตุ"];

function detailOf(detail) {
  if (!detail || typeof detail !== "object") return String(detail ?? "");
  return Object.entries(detail).filter(([, value]) => value !== null && value !== "").map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(" · ");
}

export function drawReports(reports) {
  byId("timeline").replaceChildren(...(reports.length ? reports.map((report, index) =>
    h("details", { class: "report", open: index === 0, "data-testid": "timeline-report", "data-report-id": report.report_id },
      h("summary", {}, h("b", {}, report.reference || report.report_id.slice(0, 8)),
        h("span", { class: `status s-${report.status}` }, report.status || "…"), h("span", { class: "unit" }, report.unit)),
      report.kind || report.closing_reason ? h("p", { class: "about" }, [KINDS[report.kind], report.closing_reason].filter(Boolean).join(" · ")) : null,
      h("ol", {}, report.timeline.map((step, at) => h("li", { "data-testid": "timeline-step", "data-action": step.action },
        h("span", { class: "gap" }, at ? `+${duration(step.at - report.timeline[at - 1].at)}` : clockSeconds(step.at)),
        h("b", {}, step.action.replaceAll("_", " ")), h("span", { class: "actor" }, step.actor), h("p", {}, detailOf(step.detail))))))) :
    [empty("📍", "ยังไม่มีเหตุ ลองแจ้งจากโทรศัพท์ของประชาชน", "No report yet: send one from the citizen’s phone")]));
}

// --- SMS ---

// A link opens in a window as narrow as a small phone.
const open = (uri) => uri.startsWith("http") && window.open(uri, "_blank", "noopener,width=360,height=640");
let messages = [];
export function setSms(list) { messages = list; drawSms(); }
export function addSms(message) { messages.push(message); drawSms(); }
function drawSms() {
  const numbers = Map.groupBy(messages, (message) => message.to);
  byId("sms").replaceChildren(...(messages.length ? [...numbers].map(([number, list]) =>
    h("div", { class: "sms-thread" }, h("h3", {}, `📱 ${number}`),
      list.map((message) => h("div", { class: "sms", "data-testid": "sms-item", "data-to": number }, linked(message.text, open), h("time", {}, clockSeconds(message.at)))))) :
    [empty("✉️", "ยังไม่มี SMS", "No SMS yet")]));
}

// --- log ---

let lines = 0;
export function clearLog() { lines = 0; byId("log").replaceChildren(); byId("log-count").textContent = "0"; }
export function addLog(line) {
  const out = line.direction === "out";
  const good = line.status >= 200 && line.status < 300;
  const events = line.request?.events?.map?.((event) => event.message?.type ?? event.type ?? "").join(", ");
  byId("log").prepend(h("details", { class: `line ${good ? "" : "bad"}`, "data-testid": "log-line", "data-status": line.status },
    h("summary", {}, h("span", { class: out ? "out" : "in" }, out ? "→" : "←"), h("b", {}, String(line.status)),
      h("span", {}, out ? `webhook ${events || "∅"}` : line.what.replace("/v2/bot/", "")), line.note ? h("em", {}, line.note) : "", h("time", {}, `${Math.round(line.ms)} ms`)),
    h("pre", {}, JSON.stringify({ request: line.request, response: line.response }, null, 1))));
  while (byId("log").childElementCount > 200) byId("log").lastChild.remove();
  byId("log-count").textContent = String(++lines);
}

// --- top chips ---

export function drawConnection(on) {
  const chip = byId("connection");
  chip.textContent = on ? "● สด live" : "○ กำลังต่อ connecting";
  chip.classList.toggle("good", on);
}
export function drawQuota({ limit, used }) {
  byId("quota").textContent = limit === null ? `โควตา quota ${used} / ∞` : `โควตา quota ${used} / ${limit}`;
  byId("quota").classList.toggle("warn", limit !== null && used >= limit);
}
const SWITCHES = [
  ["standby", "โหมดสแตนด์บาย", "Standby mode"], ["bad_signature", "ลายเซ็นผิดทุกครั้ง", "Every signature bad"],
  ["duplicate", "ส่งสองครั้งพร้อมกัน", "Deliver everything twice"], ["hold", "กักเหตุการณ์ไว้", "Hold events back"],
  ["redelivery", "ส่งซ้ำเมื่อบอทล้ม", "Redeliver on failure"],
];
export function drawConfig(config) {
  const on = SWITCHES.filter(([name]) => name !== "redelivery" && config[name]);
  byId("switches").hidden = on.length === 0;
  byId("switches").textContent = on.map(([, , english]) => english).join(" · ");
  byId("webhook").textContent = config.webhook_url ? `webhook ${new URL(config.webhook_url).host}` : "ยังไม่มี webhook";
  byId("webhook").title = config.webhook_url;
  byId("webhook").classList.toggle("warn", !config.webhook_url);
  for (const [name] of SWITCHES) {
    const box = document.querySelector(`[data-switch="${name}"]`);
    if (box) box.checked = config[name];
  }
}
export function drawHeld(count) {
  const place = byId("held");
  if (place) place.textContent = String(count);
}

// --- chaos ---

async function run(path, body, said) {
  const result = await call("POST", path, body);
  if (!result) return;
  const outcomes = (result.deliveries ?? (result.ms !== undefined ? [result] : []))
    .map((outcome) => `${outcome.status || outcome.reason} · ${Math.round(outcome.ms)} ms`).join("   ");
  byId("chaos-result").textContent = `${said}  ${outcomes}`;
}

export function buildChaos() {
  const drawer = byId("chaos");
  const button = (id, th, english, path, body) => h("button", { "data-testid": `chaos-${id}`, onclick: () => run(path, body, `✓ ${english}`) }, th, en(english));
  const group = (th, english, ...children) => h("section", {}, h("h3", {}, th, " ", en(english)), ...children);
  drawer.replaceChildren(
    h("div", { class: "head" },
      h("header", {}, h("h2", {}, "⚡ ป่วนระบบ ", en("Chaos: does the bot stand it?")), h("button", { class: "x", "aria-label": "ปิด Close", "data-testid": "chaos-close", onclick: toggleChaos }, "✕")),
      h("p", { id: "chaos-result", role: "status", "data-testid": "chaos-result" }, "เลือกสิ่งที่อยากให้พัง · Choose what should break")),
    group("ส่งเหตุการณ์อีกครั้ง", "Deliver again",
      button("redeliver", "ส่งซ้ำอันล่าสุด", "Redeliver the last event", "/_sim/deliver", { last: 1, redeliver: true }),
      button("duplicate", "ส่งพร้อมกัน 3 ครั้ง", "Three at once", "/_sim/deliver", { last: 1, duplicate: 2, concurrent: true }),
      button("out-of-order", "สองอันล่าสุด สลับลำดับ", "Last two, out of order", "/_sim/deliver", { last: 2, order: "reversed", split: true, redeliver: true }),
      button("bad-signature", "ลายเซ็นผิด", "Bad signature", "/_sim/deliver", { last: 1, signature: "bad" }),
      button("standby-last", "แบบสแตนด์บาย", "As standby", "/_sim/deliver", { last: 1, standby: true }),
      button("verify", "ตรวจการเชื่อมต่อ", "LINE’s connection check", "/_sim/verify", {})),
    group("สวิตช์", "Switches", SWITCHES.map(([name, th, english]) =>
      h("label", { class: "switch" }, h("input", { type: "checkbox", role: "switch", "data-switch": name, "data-testid": `switch-${name}`,
        onchange: (event) => call("POST", "/_sim/config", { [name]: event.target.checked }) }), h("span", {}, th, en(english))))),
    group("ปล่อยเหตุการณ์ที่กักไว้", "Release held events", h("p", {}, "กักอยู่ held: ", h("b", { id: "held" }, "0")),
      button("release", "รวมเป็นชุดเดียว", "As one batch", "/_sim/release", {}),
      button("release-reversed", "ย้อนลำดับ ทีละอัน", "Reversed, one by one", "/_sim/release", { order: "reversed", split: true }),
      button("release-race", "พร้อมกันทั้งหมด", "All at once", "/_sim/release", { split: true, concurrent: true })),
    group("LINE ล้มครั้งถัดไป", "LINE’s next call fails",
      button("fail-reply", "reply 500", "Next reply fails", "/_sim/faults", { endpoint: "reply", status: 500 }),
      button("fail-push", "push 500", "Next push fails", "/_sim/faults", { endpoint: "push", status: 500 }),
      button("lost-push", "push สำเร็จแต่คำตอบหาย", "Push accepted, answer lost", "/_sim/faults", { endpoint: "push", status: 500, after: true }),
      button("rate-limit", "429 ถี่เกินไป", "Rate limit", "/_sim/faults", { endpoint: "push", status: 429 }),
      button("slow", "ตอบช้า 5 วินาที", "Five seconds late", "/_sim/faults", { endpoint: "*", delay_ms: 5000 })),
    group("โควตา", "Quota",
      button("quota-spent", "โควตาหมด", "Quota spent", "/_sim/quota", { spent: true }),
      button("quota-restore", "เติมโควตา", "Restore", "/_sim/quota", { limit: 3000, used: 0 })),
    h("button", { class: "reset", "data-testid": "chaos-reset", onclick: () => confirm("ล้างโทรศัพท์และบทสนทนาทั้งหมด? Clear all phones and chats?") && run("/_sim/reset", {}, "✓ Reset") }, "เริ่มใหม่ทั้งหมด ", en("Reset everything")));
}

export function toggleChaos() {
  const drawer = byId("chaos");
  drawer.hidden = !drawer.hidden;
  byId("chaos-open").setAttribute("aria-expanded", String(!drawer.hidden));
  (drawer.hidden ? byId("chaos-open") : drawer.querySelector("button")).focus();
}
