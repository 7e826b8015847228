/** The rows of a list as a table, and its next page below them. */
import { el } from "../../shared/dom.js";
import { dayTime, number, t } from "../../shared/words.js";
import { stateSign } from "../signs.js";

const RIGHT = new Set(["number"]);

const chips = (values) => values.map((text) => el("span", { class: "chip" }, text));

/** What a cell shows, by the shape of its column. */
const SHAPES = {
  number: (value) => number(value),
  moment: (value) => el("time", { datetime: value }, dayTime(value)),
  flag: (value) => (value ? el("span", { role: "img", "aria-label": t("web-list-yes") }, "✓") : ""),
  chips,
  groups: chips,
  lines: (values) => values.map((text) => el("div", {}, text)),
  state: ({ code, text }) => [el("span", { class: `sign ${code}`, "aria-hidden": "true" }, stateSign(code)), text],
};

export function drawCell(shape, value) {
  if (value === null || value === undefined || value === "") return "";
  return (SHAPES[shape] ?? String)(value);
}

export function createTable({ acts, onMore }) {
  const rows = el("tbody");
  const more = el("button", { type: "button", class: "button" });
  const foot = el("p", { class: "list-more" }, more);
  let head = null;
  let place = null;
  more.addEventListener("click", () => onMore(place));

  function line(row) {
    const cells = new Map();
    const node = el("tr", { data: { id: row.id } });
    for (const { code, shape, title } of head.columns) {
      // A narrow window has no room for a head: there each cell stands beside its own title.
      const cell = el("td", { class: RIGHT.has(shape) ? "right" : shape, data: { col: code, title } });
      cell.append(...[drawCell(shape, row[code])].flat());
      cells.set(code, cell);
      node.append(cell);
    }
    /** What an act shows of a row stands in its place: a name that was masked, a telephone. */
    const reveal = (answer) => {
      for (const { code, shape } of head.columns) {
        if (answer[code] !== undefined && typeof answer[code] !== "object") cells.get(code).replaceChildren(...[drawCell(shape, answer[code])].flat());
      }
    };
    node.append(el("td", { class: "acts" }, acts.ofRow(head, row, reveal)));
    return node;
  }

  function goOn(next) {
    place = next;
    foot.hidden = !next;
    more.textContent = t("web-list-more");
  }

  return {
    draw(given, found, next) {
      head = given;
      rows.replaceChildren(...found.map(line));
      goOn(next);
      const titles = head.columns.map(({ title, shape }) => el("th", { scope: "col", class: RIGHT.has(shape) ? "right" : shape }, title));
      const busy = head.acts.some(({ on }) => on === "row");
      return el(
        "div",
        { class: "list-scroll", tabindex: 0, role: "region", "aria-labelledby": "list-title" },
        el(
          "table",
          {},
          el("thead", {}, el("tr", {}, titles, el("th", { scope: "col" }, busy && el("span", { class: "aloud" }, t("web-list-acts"))))),
          rows,
        ),
        foot,
      );
    },

    /** The next page; whoever pressed for it goes on from its first row. */
    add(found, next) {
      const lines = found.map(line);
      rows.append(...lines);
      goOn(next);
      const first = lines[0]?.querySelector("button, a") ?? lines[0];
      if (first) {
        if (first.tagName === "TR") first.tabIndex = -1;
        first.focus();
      }
    },
  };
}
