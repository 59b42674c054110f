// Sizes the letters of the page and returns what is wrong with it, each fault a sentence.
function fit() {
  const LEAST_MARGIN_PX = 24;
  const faults = [];
  const pen = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.documentElement).fontFamily;
  pen.font = `700 1000px ${family}`;

  // Without a Thai font every letter is the same box.
  const widths = [..."กนวฬ"].map((letter) => pen.measureText(letter).width);
  if (new Set(widths).size === 1) faults.push("there is no Thai font");

  // What is seen is the height of a consonant, not the font's own em.
  const consonant = pen.measureText("น").actualBoundingBoxAscent / 1000;
  for (const line of document.querySelectorAll("[data-letter-px]")) {
    line.style.fontSize = `${Number(line.dataset.letterPx) / consonant}px`;
  }

  // A line's box is higher or lower than its letters: look at where the letters themselves are.
  const ink = (line) => {
    const foot = document.createElement("span");
    foot.style.display = "inline-block";
    line.append(foot);
    const base = foot.getBoundingClientRect().bottom;
    foot.remove();
    const range = document.createRange();
    range.selectNodeContents(line);
    const { left, right } = range.getBoundingClientRect();
    pen.font = `700 ${line.style.fontSize} ${family}`;
    const seen = pen.measureText(line.textContent);
    return {
      left,
      right,
      top: base - seen.actualBoundingBoxAscent,
      bottom: base + seen.actualBoundingBoxDescent,
    };
  };

  for (const key of document.querySelectorAll(".key")) {
    const outer = key.getBoundingClientRect();
    const lines = [...key.querySelectorAll("[data-letter-px]")].map((line) => [line.textContent, ink(line)]);
    const icon = key.querySelector(".icon").getBoundingClientRect();
    for (const [what, box] of [["the icon", icon], ...lines]) {
      const room = Math.min(
        box.left - outer.left,
        outer.right - box.right,
        box.top - outer.top,
        outer.bottom - box.bottom,
      );
      if (room < LEAST_MARGIN_PX) faults.push(`${what} does not fit into ${key.dataset.name}`);
    }
    for (let n = 1; n < lines.length; n += 1) {
      if (lines[n][1].top < lines[n - 1][1].bottom) faults.push(`${lines[n][0]} touches the line above`);
    }
  }
  return faults;
}
