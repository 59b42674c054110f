// Small helpers: elements without innerHTML, JSON calls, times.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "style") Object.assign(element.style, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const en = (text) => h("small", { lang: "en" }, text);

export function notice(text) {
  const box = document.getElementById("notice");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => (box.hidden = true), 4500);
}

export async function call(method, path, body) {
  try {
    const answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const value = await answer.json();
    if (!answer.ok) {
      notice(value.error || `HTTP ${answer.status}`);
      return null;
    }
    return value;
  } catch (error) {
    notice(`ติดต่อตัวจำลองไม่ได้ · The simulator does not answer (${error.message})`);
    return null;
  }
}

const clockFormat = new Intl.DateTimeFormat("th-TH", {
  timeZone: "Asia/Bangkok", hour: "2-digit", minute: "2-digit", hour12: false,
});
const secondsFormat = new Intl.DateTimeFormat("th-TH", {
  timeZone: "Asia/Bangkok", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});
export const clock = (ms) => clockFormat.format(ms);
export const clockSeconds = (ms) => secondsFormat.format(ms);

export function duration(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const LINKS = /(https?:\/\/[^\s<>"'）)]+|tel:\+?[\d-]+|\+66[\d-]{8,12}|\b0\d{1,2}[- ]?\d{3}[- ]?\d{3,4}\b|(?<!\d)(?:191|199|1669|1155|1300)(?!\d))/g;

// Text with what a phone makes tappable: URLs, phone numbers, emergency short codes.
export function linked(text, onUri) {
  return text.split(LINKS).map((part, index) => {
    if (index % 2 === 0) return part;
    const uri = /^(https?|tel):/.test(part) ? part : `tel:${part.replace(/[ -]/g, "")}`;
    return h("a", { href: uri, onclick: (event) => { event.preventDefault(); onUri(uri); } }, part);
  });
}
