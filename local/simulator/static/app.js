// Draws the snapshot, then follows the live stream.
import { h, call, notice } from "./dom.js";
import { Phone, colourOf } from "./phone.js";
import * as panels from "./panels.js";

const phones = new Map();
const column = document.getElementById("phones");

// With many people, officers' phones stay in the pocket until they are alerted or asked for.
const FEW = 4;
let alarms = 0;

function inPocket(phone) {
  return phones.size > FEW && phone.user.role === "officer" && !phone.awake;
}

function wake(phone) {
  if (!phone || phone.awake) return;
  phone.awake = ++alarms;
  place();
}

function look(phone) {
  wake(phone);
  phone.element.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
  phone.input.focus({ preventScroll: true });
}

const seen = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) {
    if (isIntersecting) mark(target.dataset.user, false);
  }
}, { root: column, threshold: 0.6 });

function mark(userId, unread) {
  document.querySelector(`[data-testid="person-${userId}"]`)?.classList.toggle("unread", unread);
}

function inView(phone) {
  const [box, frame] = [phone.element.getBoundingClientRect(), column.getBoundingClientRect()];
  return box.width > 0 && box.left < frame.right - 80 && box.right > frame.left + 80;
}

function drawPeople() {
  const bar = document.getElementById("people");
  bar.hidden = phones.size <= FEW;
  const unread = new Set([...bar.querySelectorAll(".unread")].map((chip) => chip.dataset.user));
  bar.replaceChildren(...[...phones.values()].map((phone) =>
    h("button", { class: `one${inPocket(phone) ? " pocket" : ""}${unread.has(phone.id) ? " unread" : ""}`, "data-testid": `person-${phone.id}`, "data-user": phone.id,
      title: phone.user.unit, onclick: () => { look(phone); mark(phone.id, false); } },
      h("span", { class: "dot", style: { background: colourOf(phone.id) }, "aria-hidden": "true" }), phone.user.display_name)));
}

function hear(entry) {
  const phone = phones.get(entry.user_id);
  if (!phone) return;
  phone.add(entry, true);
  if (entry.from !== "bot") return;
  if (entry.via !== "reply") wake(phone);
  if (!inView(phone)) mark(phone.id, true);
}

function place() {
  const rank = (phone) => (phone.user.role === "officer" ? 1 : 0);
  // Whoever was alerted last stands next to the citizen, where the eye is.
  const order = [...phones.values()].sort((a, b) => rank(a) - rank(b) || (phones.size > FEW ? (b.awake || 0) - (a.awake || 0) : 0));
  for (const phone of order) phone.element.hidden = inPocket(phone);
  drawPeople();
  order.forEach((phone, index) => { if (column.children[index] !== phone.element) column.insertBefore(phone.element, column.children[index] ?? null); });
  const waiting = column.querySelector(".welcome");
  if (phones.size === 0 && !waiting) {
    column.append(h("div", { class: "welcome" }, h("img", { src: "/static/icon.svg", alt: "", width: 72, height: 72 }),
      h("h2", {}, "ยังไม่มีใครถือโทรศัพท์"), h("p", {}, "กด “เพิ่มคน” แล้วเริ่มแจ้งเหตุได้เลย"), h("p", { lang: "en" }, "Nobody holds a phone yet. Add a person and send a report.")));
  } else if (phones.size) waiting?.remove();
}

function setUser(user) {
  const phone = phones.get(user.user_id);
  if (phone) phone.update(user);
  else {
    phones.set(user.user_id, new Phone(user));
    seen.observe(phones.get(user.user_id).element);
  }
  place();
}

async function draw() {
  const known = [...phones.keys()]; // whoever is added while the snapshot travels is not in it
  const state = await call("GET", "/_sim/state");
  if (!state) return;
  const people = new Set(state.users.map((user) => user.user_id));
  for (const id of known) if (!people.has(id)) { phones.get(id)?.element.remove(); phones.delete(id); }
  state.users.forEach(setUser);
  place();
  for (const [id, chat] of Object.entries(state.chats)) for (const entry of chat) {
    const phone = phones.get(id);
    if (!phone || phone.entries.has(entry.id)) continue;
    phone.add(entry);
    if (entry.from === "bot" && entry.via !== "reply" && !phone.awake) phone.awake = ++alarms;
  }
  place();
  panels.drawConfig(state.config);
  panels.drawQuota(state.quota);
  panels.drawHeld(state.held);
  panels.drawReports(state.reports);
  panels.setSms(state.sms);
  panels.clearLog();
  state.log.forEach(panels.addLog);
}

function follow() {
  const stream = new EventSource("/_sim/events");
  const on = (kind, act) => stream.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  stream.onerror = () => panels.drawConnection(false);
  on("hello", async () => { await draw(); panels.drawConnection(true); });
  on("user", setUser);
  on("message", hear);
  on("loading", ({ user_id, seconds }) => phones.get(user_id)?.loading(seconds));
  on("quota", panels.drawQuota);
  on("config", panels.drawConfig);
  on("held", ({ count }) => panels.drawHeld(count));
  on("log", panels.addLog);
  on("sms", panels.addSms);
  on("reports", panels.drawReports);
  on("warning", ({ what, error }) => notice(`อ่าน ${what} จากคลาวด์ไม่ได้ · Cannot read ${what}: ${error}`));
  on("reset", () => { for (const phone of phones.values()) phone.element.remove(); phones.clear(); place(); draw(); });
}

function people() {
  const dialog = document.getElementById("person");
  const form = dialog.querySelector("form");
  document.getElementById("add-user").onclick = () => { form.reset(); dialog.showModal(); };
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  form.addEventListener("submit", async () => {
    const user = await call("POST", "/_sim/users", Object.fromEntries(new FormData(form)));
    if (!user) return;
    setUser(user);
    look(phones.get(user.user_id));
  });
}

panels.buildChaos();
document.getElementById("chaos-open").onclick = panels.toggleChaos;
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.getElementById("chaos").hidden && !document.querySelector("dialog[open]")) panels.toggleChaos();
});
panels.drawReports([]);
panels.setSms([]);
people();
follow();
