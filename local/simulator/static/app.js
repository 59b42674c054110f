// Draws the snapshot, then follows the live stream.
import { h, call, notice } from "./dom.js";
import { Phone } from "./phone.js";
import * as panels from "./panels.js";

const phones = new Map();
const column = document.getElementById("phones");

function place() {
  const order = [...phones.values()].sort((a, b) => (a.user.role === "officer") - (b.user.role === "officer"));
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
  else phones.set(user.user_id, new Phone(user));
  place();
}

async function draw() {
  const state = await call("GET", "/_sim/state");
  if (!state) return;
  const people = new Set(state.users.map((user) => user.user_id));
  for (const [id, phone] of phones) if (!people.has(id)) { phone.element.remove(); phones.delete(id); }
  state.users.forEach(setUser);
  place();
  for (const [id, chat] of Object.entries(state.chats)) for (const entry of chat) if (!phones.get(id)?.entries.has(entry.id)) phones.get(id)?.add(entry);
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
  on("message", (entry) => phones.get(entry.user_id)?.add(entry, true));
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
  form.addEventListener("submit", () => call("POST", "/_sim/users", Object.fromEntries(new FormData(form))));
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
