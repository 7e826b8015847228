"""What an eye would see, measured in the page: the signs on the map, overflow, contrast, names."""

from typing import Any

from playwright.async_api import Page

# The sign in the middle of what is seen of the map: its colour by counting pixels, its shape by its
# breadth at a fifth, half and four fifths of its height.
SIGN = """() => {
  const style = getComputedStyle(document.documentElement);
  const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.trim().slice(at, at + 2), 16));
  const COLOURS = Object.fromEntries(
    ["alarm", "handled", "offline", "normal"].map((state) => [state, parts(style.getPropertyValue(`--${state}`))]),
  );
  const canvas = document.querySelector("canvas.points");
  const side = 40;
  const beside = document.querySelector("#stage dialog[open]")?.getBoundingClientRect().width ?? 0;
  const left = Math.round((canvas.width - beside) / 2) - side / 2;
  const top = Math.round(canvas.height / 2) - side / 2;
  const { data } = canvas.getContext("2d").getImageData(left, top, side, side);
  const rows = {};
  for (let y = 0; y < side; y += 1) for (let x = 0; x < side; x += 1) {
    const at = 4 * (y * side + x);
    if (data[at + 3] < 250) continue;
    for (const [state, colour] of Object.entries(COLOURS)) {
      if (colour.some((value, i) => Math.abs(value - data[at + i]) > 6)) continue;
      const lines = (rows[state] ??= {});
      const line = (lines[y] ??= { first: x, last: x, count: 0 });
      line.last = x;
      line.count += 1;
    }
  }
  const size = (lines) => Object.values(lines).reduce((sum, { count }) => sum + count, 0);
  const [state, lines] = Object.entries(rows).sort((a, b) => size(b[1]) - size(a[1]))[0] ?? [null, {}];
  if (!state) return null;
  const ys = Object.keys(lines).map(Number);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const breadth = (part) => {
    const line = lines[Math.round(low + (high - low) * part)];
    return line ? line.last - line.first + 1 : 0;
  };
  const [upper, middle, lower] = [breadth(0.2), breadth(0.5), breadth(0.8)];
  const shape = lower > 2 * upper ? "triangle" : middle > 1.6 * upper && middle > 1.6 * lower ? "diamond" : "circle";
  return `${state} ${shape}`;
}"""

# Elements that stick out sideways of the window.
OVERFLOW = """() => [...document.querySelectorAll("body *")]
  .filter((node) => node.checkVisibility() && !node.closest(".aloud, #map, canvas"))
  .filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
  })
  .map((node) => `${node.tagName}#${node.id}.${node.className}`)"""

# Controls that a screen reader could not name, ids used twice, words that were not found.
UNNAMED = """() => {
  const faults = [];
  const name = (node) =>
    node.getAttribute("aria-label") || node.textContent.trim() ||
    [...(node.labels ?? [])].map((label) => label.textContent.trim()).join("");
  for (const node of document.querySelectorAll("button, a[href], input:not([type=file]), select, textarea, [role=log], dialog[open]")) {
    if (!node.checkVisibility()) continue;
    if (!name(node)) faults.push(`no name: ${node.outerHTML.slice(0, 120)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`id twice: ${id}`);
  for (const image of document.images) if (!image.hasAttribute("alt")) faults.push(`no alt: ${image.src}`);
  for (const found of document.documentElement.innerText.match(/\\bweb-[a-z-]+/g) ?? []) faults.push(`no words: ${found}`);
  if (!document.title || document.title.startsWith("web-")) faults.push("no title");
  return faults;
}"""

# Texts whose contrast with the ground below them is under 4.5.
PALE = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const over = (top, below) => top.slice(0, 3).map((value, i) => value * (top[3] ?? 1) + below[i] * (1 - (top[3] ?? 1)));
  const ground = (node) => {
    if (!node) return [255, 255, 255];
    const own = parse(getComputedStyle(node).backgroundColor);
    return (own[3] ?? 1) === 1 ? own : over(own, ground(node.parentElement));
  };
  const faults = [];
  for (const node of document.querySelectorAll("body *")) {
    const says = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!says || !node.checkVisibility() || node.closest(":disabled, .aloud, .pending, [aria-busy=true]")) continue;
    const below = ground(node);
    const [a, b] = [light(over(parse(getComputedStyle(node).color), below)), light(below)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faults.push(`${contrast.toFixed(1)} ${node.textContent.trim().slice(0, 40)}`);
  }
  return faults;
}"""

# Things to press that are smaller than a finger of an old hand wants.
SMALL = """() => [...document.querySelectorAll("button, a.button, summary, textarea")]
  .filter((node) => node.checkVisibility())
  .filter((node) => node.getBoundingClientRect().height < 59.5 || node.getBoundingClientRect().width < 59.5)
  .map((node) => node.outerHTML.slice(0, 120))"""


async def faults(page: Page) -> list[str]:
    """Return what is wrong with a page at its present width and colours."""
    found: list[Any] = []
    for probe in (OVERFLOW, UNNAMED, PALE):
        found += await page.evaluate(probe)
    return found


async def sign(page: Page) -> str | None:
    """Say colour and shape of the sign in the middle of the map, "alarm triangle"."""
    seen: str | None = await page.evaluate(SIGN)
    return seen
