// LINE Flex Messages and templates as DOM. Figures: developers.line.biz, "Flex Message layout".
import { h } from "./dom.js";

const GAPS = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const TEXT = { xxs: 10, xs: 12, sm: 13, md: 15, lg: 17.5, xl: 20, xxl: 26, "3xl": 31, "4xl": 42, "5xl": 64 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const BUBBLE = { nano: 120, micro: 160, deca: 190, hecto: 212, kilo: 232, mega: 254, giga: 272 };

const size = (value, table) => (value in table ? `${table[value]}px` : value);
const gap = (value) => size(value, GAPS);

function tappable(element, action, path, onTap) {
  if (!action) return element;
  element.classList.add("tappable");
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", "0");
  element.dataset.path = path;
  if (action.label) element.setAttribute("aria-label", action.label);
  const go = (event) => { event.stopPropagation(); onTap(path, action); };
  element.addEventListener("click", go);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go(event); }
  });
  return element;
}

function picture(url, alt = "") {
  const image = h("img", { src: url, alt, loading: "lazy" });
  image.addEventListener("error", () => {
    image.replaceWith(h("div", { class: "no-image", role: "img", "aria-label": "ภาพ Image" }, "🖼"));
  });
  return image;
}

function text(component) {
  const element = h("div", { class: "fx-text" });
  const spans = component.contents?.length ? component.contents : null;
  if (spans) {
    for (const span of spans) element.append(styled(h("span", {}, span.text), span));
  } else {
    element.append(component.text ?? "");
  }
  styled(element, component);
  if (component.wrap) element.classList.add("wrap");
  if (component.wrap && component.maxLines) {
    element.classList.add("clamp");
    element.style.webkitLineClamp = component.maxLines;
  }
  if (component.align) element.style.textAlign = component.align;
  if (component.lineSpacing) element.style.lineHeight = `calc(1.35em + ${component.lineSpacing})`;
  return element;
}

function styled(element, component) {
  const style = element.style;
  if (component.size) style.fontSize = size(component.size, TEXT);
  if (component.weight === "bold") style.fontWeight = "700";
  if (component.color) style.color = component.color;
  if (component.style === "italic") style.fontStyle = "italic";
  if (component.decoration && component.decoration !== "none") style.textDecoration = component.decoration;
  return element;
}

function image(component) {
  const [width, height] = (component.aspectRatio || "1:1").split(":").map(Number);
  const element = h("div", { class: "fx-image" }, picture(component.url));
  const named = component.size || "md";
  element.style.width = named === "full" ? "100%" : size(named, IMAGE);
  element.style.aspectRatio = `${width} / ${height}`;
  element.style.alignSelf = { start: "flex-start", end: "flex-end" }[component.align] || "center";
  if (component.aspectMode === "cover") element.classList.add("cover");
  if (component.backgroundColor) element.style.background = component.backgroundColor;
  return element;
}

function button(component) {
  const style = component.style || "link";
  const element = h("div", { class: `fx-button ${style} ${component.height || "md"}` }, component.action.label ?? "");
  if (component.color) element.style[style === "link" ? "color" : "backgroundColor"] = component.color;
  return element;
}

function box(component, path, onTap) {
  const element = h("div", { class: `fx-box ${component.layout}` });
  const style = element.style;
  if (component.spacing) style.gap = gap(component.spacing);
  for (const [key, name] of Object.entries({
    paddingAll: "padding", paddingTop: "paddingTop", paddingBottom: "paddingBottom",
    paddingStart: "paddingLeft", paddingEnd: "paddingRight",
  })) if (component[key]) style[name] = gap(component[key]);
  if (component.backgroundColor) style.backgroundColor = component.backgroundColor;
  const paint = component.background;
  if (paint?.type === "linearGradient") {
    const middle = paint.centerColor ? `, ${paint.centerColor} ${paint.centerPosition || "50%"}` : "";
    style.backgroundImage = `linear-gradient(${paint.angle}, ${paint.startColor}${middle}, ${paint.endColor})`;
  }
  if (component.borderWidth || component.borderColor) {
    style.border = `${size(component.borderWidth || "normal", BORDER)} solid ${component.borderColor || "#000"}`;
  }
  if (component.cornerRadius) style.borderRadius = gap(component.cornerRadius);
  for (const key of ["width", "height", "maxWidth", "maxHeight"]) if (component[key]) style[key] = component[key];
  if (component.justifyContent) style.justifyContent = component.justifyContent;
  if (component.alignItems) style.alignItems = component.alignItems;
  component.contents.forEach((child, index) => {
    const made = part(child, `${path}.contents.${index}`, onTap, component.layout);
    if (index === 0 && !child.margin) made.style.marginTop = made.style.marginLeft = "0";
    element.append(made);
  });
  return element;
}

const MAKERS = {
  box, text, image, button,
  icon: (c) => h("div", { class: "fx-icon", style: { width: size(c.size || "md", TEXT) } }, picture(c.url)),
  separator: (c) => h("div", { class: "fx-separator", style: c.color ? { backgroundColor: c.color } : {} }),
  filler: () => h("div", { class: "fx-filler" }),
  spacer: (c) => h("div", { style: { padding: gap(c.size || "md") } }),
  video: (c) => h("div", { class: "fx-image cover", style: { width: "100%", aspectRatio: (c.aspectRatio || "16:9").replace(":", "/") } }, picture(c.previewUrl)),
};

function part(component, path, onTap, layout) {
  const element = (MAKERS[component.type] || MAKERS.filler)(component, path, onTap);
  const sideways = layout === "horizontal" || layout === "baseline";
  const style = element.style;
  if (component.flex !== undefined) {
    style.flex = component.flex === 0 ? "0 0 auto" : `${component.flex} ${component.flex} 0`;
  } else if (sideways && !["separator", "icon"].includes(component.type) && !component.width) {
    style.flex = "1 1 0";
  }
  if (component.margin) style[sideways ? "marginLeft" : "marginTop"] = gap(component.margin);
  if (component.position === "absolute") style.position = "absolute";
  for (const [key, name] of Object.entries({ offsetTop: "top", offsetBottom: "bottom", offsetStart: "left", offsetEnd: "right" })) {
    if (component[key]) {
      style[name] = gap(component[key]);
      if (!style.position) style.position = "relative";
    }
  }
  if (sideways && component.gravity) {
    style.alignSelf = { top: "flex-start", center: "center", bottom: "flex-end" }[component.gravity];
  }
  return tappable(element, component.action, `${path}.action`, onTap);
}

export function bubble(content, path, onTap) {
  const element = h("div", { class: "fx-bubble", "data-testid": "flex-bubble" });
  element.style.width = `${BUBBLE[content.size || "mega"]}px`;
  if (content.direction === "rtl") element.dir = "rtl";
  for (const name of ["header", "hero", "body", "footer"]) {
    if (!content[name]) continue;
    const block = h("div", { class: `fx-block ${name}` }, part(content[name], `${path}.${name}`, onTap, "vertical"));
    const style = content.styles?.[name];
    if (style?.backgroundColor) block.style.backgroundColor = style.backgroundColor;
    if (style?.separator) block.style.borderTop = `1px solid ${style.separatorColor || "#d4d6da"}`;
    if (content[name].paddingAll) block.style.padding = "0";
    element.append(block);
  }
  return tappable(element, content.action, `${path}.action`, onTap);
}

export function flex(message, onTap) {
  const content = message.contents;
  if (content.type === "bubble") return bubble(content, "contents", onTap);
  return h("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": message.altText },
    content.contents.map((one, index) => bubble(one, `contents.contents.${index}`, onTap)));
}

function choices(actions, path, onTap) {
  return actions.map((action, index) =>
    tappable(h("div", { class: "tpl-action" }, action.label), action, `${path}.${index}`, onTap));
}

function column(content, path, onTap) {
  return h("div", { class: "tpl" },
    content.thumbnailImageUrl ? h("div", { class: "tpl-image" }, picture(content.thumbnailImageUrl)) : null,
    h("div", { class: "tpl-body" },
      content.title ? h("b", {}, content.title) : null,
      h("p", {}, content.text)),
    choices(content.actions, `${path}.actions`, onTap));
}

export function template(message, onTap) {
  const content = message.template;
  if (content.type === "confirm") {
    return h("div", { class: "tpl" }, h("div", { class: "tpl-body" }, h("p", {}, content.text)),
      h("div", { class: "tpl-pair" }, choices(content.actions, "template.actions", onTap)));
  }
  if (content.type === "buttons") return column(content, "template", onTap);
  const make = content.type === "carousel"
    ? (one, index) => column(one, `template.columns.${index}`, onTap)
    : (one, index) => tappable(h("div", { class: "tpl square" }, picture(one.imageUrl), h("span", {}, one.action.label ?? "")),
        one.action, `template.columns.${index}.action`, onTap);
  return h("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": message.altText }, content.columns.map(make));
}

export { picture };
