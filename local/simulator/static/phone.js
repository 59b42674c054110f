// One phone: header, chat, quick replies, rich menu, input.
import { h, en, call, clock, linked, notice } from "./dom.js";
import { flex, template, picture } from "./flex.js";
import { miniMap, pickPlace } from "./map.js";

const STICKERS = { 52002734: "😨", 52002735: "😭", 52002736: "🙏", 52002737: "👍", 52002738: "😡", 52002739: "💚", 52002740: "🆘", 52002741: "🏃" };
const COLOURS = ["#ef6f6c", "#4f86c6", "#7b6cd9", "#e29a3b", "#2a9d8f", "#c05299"];

export const previewOf = (message) => ({
  text: () => message.text, textV2: () => message.text,
  flex: () => message.altText, template: () => message.altText,
  sticker: () => "ส่งสติกเกอร์ · sent a sticker", image: () => "ส่งรูปภาพ · sent a photo",
  location: () => `📍 ${message.title}`,
}[message.type]?.() ?? message.type);

export function colourOf(userId) {
  return COLOURS[parseInt(userId.slice(-4), 16) % COLOURS.length];
}

export class Phone {
  constructor(user) {
    this.id = user.user_id;
    this.entries = new Map();
    this.menuOpen = true;
    this.build();
    this.update(user);
  }

  build() {
    const test = (name) => ({ "data-testid": name });
    this.caption = h("div", { class: "caption" });
    this.chat = h("div", { class: "chat", ...test("chat"), role: "log", "aria-live": "polite", tabindex: "0" });
    this.toast = h("div", { class: "toast", ...test("toast"), role: "status" });
    this.quick = h("div", { class: "quick", ...test("quick-replies"), role: "group", "aria-label": "ตอบด่วน Quick replies" });
    this.friend = h("div", { class: "friend", ...test("friend-bar") });
    this.sheet = h("div", { class: "sheet", hidden: true });
    this.menu = h("div", { class: "rich-menu", ...test("rich-menu") });
    this.time = h("span", {}, clock(Date.now()));
    this.input = h("input", { ...test("text-input"), "aria-label": "พิมพ์ข้อความ Message", placeholder: "Aa", autocomplete: "off",
      onkeydown: (event) => { if (event.key === "Enter" && !event.isComposing) this.sendText(); } });
    this.file = h("input", { type: "file", accept: "image/*", hidden: true, ...test("photo-file"), onchange: () => this.sendPhoto() });
    this.toggle = h("button", { class: "icon", ...test("menu-toggle"), "aria-label": "เมนู / แป้นพิมพ์ Menu or keyboard", onclick: () => this.showMenu(!this.menuOpen) });
    this.typing = h("div", { class: "row bot typing", "aria-label": "กำลังพิมพ์ Typing", hidden: true }, h("div", { class: "face" }), h("div", { class: "bubble" }, h("i"), h("i"), h("i")));
    this.bar = h("div", { class: "bar" }, this.toggle,
      h("button", { class: "icon", ...test("plus"), "aria-label": "เพิ่มเติม More", onclick: () => this.showSheet("plus") }, "+"),
      this.input,
      h("button", { class: "icon", ...test("sticker"), "aria-label": "สติกเกอร์ Stickers", onclick: () => this.showSheet("stickers") }, "☺"),
      h("button", { class: "send", ...test("send"), "aria-label": "ส่ง Send", onclick: () => this.sendText() }, "➤"));
    this.menuBar = h("button", { class: "menu-bar", ...test("menu-bar"), onclick: () => this.showMenu(!this.menuOpen) });
    this.status = h("div", { class: "delivery", ...test("delivery"), role: "status" });
    this.screen = h("div", { class: "screen" },
      h("div", { class: "notch" }, this.time, h("span", { "aria-hidden": "true" }, "▮▮▮ 5G 🔋")),
      h("div", { class: "bar-top" }, h("span", { class: "back", "aria-hidden": "true" }, "‹"),
        h("img", { src: "/static/icon.svg", alt: "", width: 28, height: 28 }),
        h("b", {}, "ESS Help Me"), h("span", { class: "shield", title: "บัญชีทางการ Official account" }, "✓")),
      this.toast, this.friend, this.chat, this.quick, this.sheet, this.bar, this.menuBar, this.menu, this.file);
    this.element = h("article", { class: "phone", "data-testid": `phone-${this.id}`, "data-user": this.id },
      this.caption, h("div", { class: "case" }, this.screen), this.status);
    this.chat.append(this.typing);
    new ResizeObserver(() => this.scroll()).observe(this.chat);
  }

  update(user) {
    const was = this.user;
    this.user = user;
    const officer = user.role === "officer";
    this.element.dataset.role = user.role;
    this.element.setAttribute("aria-label", `โทรศัพท์ของ ${user.display_name} Phone`);
    const blocked = user.friendship === "blocked";
    this.caption.replaceChildren(
      h("div", { class: "avatar", style: { background: colourOf(user.user_id) }, "aria-hidden": "true" }, officer ? "👮" : [...user.display_name][0]),
      h("div", { class: "who" }, h("b", { "data-testid": "name" }, user.display_name),
        h("span", {}, officer ? user.unit || "เจ้าหน้าที่ · Officer" : "ประชาชน · Citizen")),
      user.friendship === "none" ? "" : h("button", { class: blocked ? "pill on" : "pill", "data-testid": blocked ? "unblock" : "block",
        onclick: () => this.act({ type: blocked ? "follow" : "unfollow" }) },
        blocked ? "เลิกบล็อก " : "บล็อก ", en(blocked ? "Unblock" : "Block")));
    this.friend.replaceChildren();
    this.friend.hidden = user.friendship === "friend";
    if (user.friendship === "none") {
      this.friend.append(h("p", {}, "ยังไม่ได้เพิ่มบัญชีนี้เป็นเพื่อน"), h("button", { class: "go", "data-testid": "follow", onclick: () => this.act({ type: "follow" }) }, "เพิ่มเพื่อน ", en("Add friend")));
    } else if (blocked) {
      this.friend.append(h("p", {}, "🚫 บล็อกบัญชีนี้อยู่ ", en("This account is blocked")));
    }
    if (JSON.stringify(was?.menu) !== JSON.stringify(user.menu)) this.drawMenu();
  }

  // --- rich menu ---

  drawMenu() {
    const menu = this.user.menu;
    this.menu.replaceChildren();
    if (!menu) {
      this.menuBar.textContent = "ไม่มีเมนู · no menu";
      this.menuBar.disabled = true;
      this.showMenu(false);
      return;
    }
    this.menuBar.disabled = false;
    const { width, height } = menu.size;
    this.menu.style.aspectRatio = `${width} / ${height}`;
    this.menu.append(h("img", { src: `/_sim/richmenu/${menu.richMenuId}/image`, alt: menu.chatBarText }));
    menu.areas.forEach(({ bounds, action }, index) => {
      const percent = (value, whole) => `${(100 * value) / whole}%`;
      this.menu.append(h("button", {
        class: "area", "data-testid": `rich-menu-area-${index}`, "aria-label": action.label || action.displayText || action.text || `เมนู ${index + 1}`,
        style: { left: percent(bounds.x, width), top: percent(bounds.y, height), width: percent(bounds.width, width), height: percent(bounds.height, height) },
        onclick: () => this.act({ type: "tap", rich_menu: index }),
      }));
    });
    this.showMenu(menu.selected);
  }

  showMenu(open) {
    const menu = this.user.menu;
    this.menuOpen = Boolean(open && menu);
    this.menu.hidden = !this.menuOpen;
    this.bar.hidden = this.menuOpen;
    if (menu) this.menuBar.textContent = this.menuOpen ? `⌨  ${menu.chatBarText} ▾` : `${menu.chatBarText} ▴`;
    this.toggle.textContent = menu ? "☰" : "";
    this.toggle.hidden = !menu;
    this.scroll();
  }

  // --- sheets ---

  showSheet(name) {
    if (!this.sheet.hidden && this.sheet.dataset.name === name) { this.sheet.hidden = true; return; }
    this.sheet.dataset.name = name;
    this.sheet.replaceChildren();
    const close = (after) => () => { this.sheet.hidden = true; after(); };
    if (name === "stickers") {
      for (const [id, face] of Object.entries(STICKERS)) {
        this.sheet.append(h("button", { class: "sticker-choice", "data-testid": `sticker-${id}`, "aria-label": `สติกเกอร์ ${face}`,
          onclick: close(() => this.act({ type: "sticker", package_id: "11537", sticker_id: id })) }, face));
      }
    } else {
      for (const [id, face, th, name_en, go] of [
        ["location", "📍", "ตำแหน่ง", "Location", () => this.sharePlace()],
        ["photo", "🖼", "รูปภาพ", "Photo", () => this.file.click()],
        ["sample-photo", "📷", "ถ่ายรูป", "Camera", () => this.act({ type: "image" })],
        ["sticker-sheet", "☺", "สติกเกอร์", "Sticker", () => this.showSheet("stickers")],
        ["unsend", "↩", "ยกเลิกข้อความล่าสุด", "Unsend last", () => this.unsend()],
      ]) {
        this.sheet.append(h("button", { class: "sheet-choice", "data-testid": `sheet-${id}`, onclick: close(go) }, h("span", { "aria-hidden": "true" }, face), th, en(name_en)));
      }
    }
    this.sheet.hidden = false;
    this.sheet.querySelector("button").focus();
  }

  unsend() {
    const mine = [...this.entries.values()].filter((entry) => entry.from === "user" && entry.message.type !== "unsent").pop();
    if (mine) this.act({ type: "unsend", message_id: mine.id });
    else notice("ยังไม่ได้ส่งอะไร · Nothing was sent yet");
  }

  // --- acting ---

  async act(action) {
    this.status.textContent = "…";
    const result = await call("POST", `/_sim/users/${this.id}/actions`, action);
    if (!result) { this.status.textContent = ""; return; }
    const last = result.deliveries?.at(-1);
    this.status.replaceChildren();
    this.status.classList.toggle("bad", Boolean(last?.reason));
    if (last) this.status.textContent = last.reason ? `⚠ webhook: ${last.status || ""} ${last.reason}` : `✓ webhook ${last.status} · ${Math.round(last.ms)} ms`;
    if (result.opens) this.open(result.opens);
  }

  async open(opens) {
    if (opens.picker) await this.sharePlace();
    if (opens.uri) this.openUri(opens.uri);
    if (opens.camera) this.file.click();
    if (opens.clipboard) notice(`คัดลอกแล้ว · Copied: ${opens.clipboard}`);
    if (opens.datetime) notice("ตัวจำลองเลือกวันเวลาผ่าน API เท่านั้น · Pick dates through the control API");
    if (opens.input === "openKeyboard") {
      this.showMenu(false);
      this.input.value = opens.fill_in ?? "";
      this.input.focus();
    }
    if (opens.input === "closeRichMenu") this.showMenu(false);
    if (opens.input === "openRichMenu") this.showMenu(true);
  }

  openUri(uri) {
    const phone = uri.startsWith("tel:");
    const card = h("div", { class: "browser", "data-testid": phone ? "call-sheet" : "link-sheet", role: "dialog", "aria-label": "เปิดลิงก์ Open" },
      h("p", {}, phone ? "📞 กำลังโทร (จำลอง) " : "🌐 เปิดลิงก์ ", en(phone ? "Calling, not really" : "Open a link")),
      phone ? h("b", {}, uri.slice(4)) : h("a", { href: uri, target: "_blank", rel: "noreferrer noopener" }, uri),
      h("button", { class: "pill", "data-testid": "sheet-close", onclick: () => card.remove() }, phone ? "วางสาย " : "ปิด ", en(phone ? "Hang up" : "Close")));
    this.screen.querySelector(".browser")?.remove();
    this.screen.append(card);
    card.querySelector("button").focus();
  }

  async sharePlace() {
    const place = await pickPlace();
    if (place) await this.act({ type: "location", latitude: Number(place.lat.toFixed(6)), longitude: Number(place.lon.toFixed(6)) });
  }

  sendText() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.act({ type: "text", text });
  }

  async sendPhoto() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    let binary = "";
    for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    this.act({ type: "image", data: btoa(binary), mime: file.type });
  }

  tap(entry) {
    return (path) => this.act({ type: "tap", message_id: entry.id, path });
  }

  // --- drawing ---

  add(entry, live = false) {
    const known = this.entries.get(entry.id);
    this.entries.set(entry.id, entry);
    const row = this.row(entry);
    if (known) { this.chat.querySelector(`[data-message-id="${entry.id}"]`)?.replaceWith(row); return; }
    this.chat.insertBefore(row, this.typing);
    if (entry.from === "bot") this.typing.hidden = true;
    if (live) { row.classList.add("fresh"); this.time.textContent = clock(entry.at); }
    if (live && entry.from === "bot" && entry.delivered) this.alert(entry);
    this.drawQuick();
    this.scroll();
  }

  row(entry) {
    const mine = entry.from === "user";
    const body = this.content(entry);
    const marks = h("div", { class: "marks" },
      mine ? h("span", {}, "อ่านแล้ว") : null,
      entry.silent ? h("span", { class: "silent", "data-testid": "silent", title: "ส่งเงียบ Sent silently" }, "🔕") : null,
      h("time", { datetime: new Date(entry.at).toISOString() }, clock(entry.at)));
    const row = h("div", { class: `row ${mine ? "user" : "bot"}${entry.delivered ? "" : " undelivered"}`, "data-testid": "message", "data-message-id": entry.id, "data-from": entry.from, "data-type": entry.message.type },
      mine ? null : h("div", { class: "face", "aria-hidden": "true" }), body, marks);
    if (!entry.delivered) {
      const why = { blocked: "ไม่ถึง: ถูกบล็อก · not delivered: blocked", "not a friend": "ไม่ถึง: ยังไม่เป็นเพื่อน · not delivered: not a friend" };
      row.append(h("p", { class: "why", "data-testid": "undelivered" }, why[entry.reason] ?? entry.reason));
    }
    return row;
  }

  content(entry) {
    const { message } = entry;
    const makers = {
      text: () => h("div", { class: "bubble" }, linked(message.text, (uri) => this.openUri(uri))),
      sticker: () => h("div", { class: "sticker", role: "img", "aria-label": "สติกเกอร์ Sticker" }, STICKERS[message.stickerId] ?? "🙂"),
      image: () => h("div", { class: "photo" }, picture(entry.from === "user" ? `/_sim/content/${entry.id}` : message.previewImageUrl, "รูปภาพ Photo")),
      location: () => h("div", { class: "place" }, miniMap(message.latitude, message.longitude),
        h("b", {}, message.title ?? "ตำแหน่งที่ตั้ง"), h("span", {}, message.address ?? `${message.latitude.toFixed(5)}, ${message.longitude.toFixed(5)}`)),
      flex: () => flex(message, this.tap(entry)),
      template: () => template(message, this.tap(entry)),
      unsent: () => h("div", { class: "unsent" }, "ยกเลิกข้อความแล้ว · unsent"),
    };
    makers.textV2 = makers.text;
    return (makers[message.type] ?? (() => h("div", { class: "bubble" }, `[${message.type}]`)))();
  }

  drawQuick() {
    const last = [...this.entries.values()].filter((entry) => entry.delivered).pop();
    const items = last?.message.quickReply?.items ?? [];
    this.quick.replaceChildren(...items.map((item, index) => {
      const action = item.action;
      const face = { location: "📍 ", camera: "📷 ", cameraRoll: "🖼 " }[action.type] ?? "";
      return h("button", { "data-testid": "quick-reply", onclick: () => this.tap(last)(`quickReply.items.${index}.action`) }, face, action.label);
    }));
    this.quick.hidden = items.length === 0;
  }

  alert(entry) {
    const text = entry.silent ? "🔕 ส่งเงียบ ไม่มีเสียง · silent, no alert" : previewOf(entry.message);
    this.toast.replaceChildren(h("img", { src: "/static/icon.svg", alt: "", width: 26, height: 26 }), h("div", {}, h("b", {}, "ESS Help Me", h("small", {}, "หน้าจอล็อก · lock screen")), h("p", {}, text)));
    this.toast.classList.toggle("quiet", entry.silent);
    this.toast.classList.remove("show");
    void this.toast.offsetWidth; // restarts the animation
    this.toast.classList.add("show");
  }

  loading(seconds) {
    this.typing.hidden = false;
    this.scroll();
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => (this.typing.hidden = true), seconds * 1000);
  }

  scroll() {
    requestAnimationFrame(() => (this.chat.scrollTop = this.chat.scrollHeight));
  }
}
