/** The fields of forms, by their kinds; each gives its value and takes a fault. */
import { el } from "../../shared/dom.js";
import { t } from "../../shared/words.js";

let count = 0;

const INPUTS = {
  text: { type: "text" },
  tel: { type: "tel", autocomplete: "off" },
  number: { type: "number", step: 1, inputmode: "numeric" },
  decimal: { type: "number", step: "any", inputmode: "decimal" },
  date: { type: "date" },
  time: { type: "time" },
  month: { type: "month" },
  moment: { type: "datetime-local" },
};

/** The difference to UTC is the browser's own: an operator means the clock on the wall. */
const asMoment = (text) => (text ? new Date(text).toISOString() : null);

function input(field, value, id) {
  const number = field.kind === "number" || field.kind === "decimal";
  const control = el("input", { id, name: field.name, ...INPUTS[field.kind], min: field.min, max: field.max, maxlength: field.most, autocomplete: "off" });
  control.value = value ?? "";
  const read = () => {
    const text = control.value.trim();
    if (field.kind === "moment") return asMoment(text);
    // A table's cell is a text; a route's body wants the number, and what is left out is nothing.
    if (field.cell) return text;
    if (text === "") return field.required ? "" : null;
    return number ? Number(text) : text;
  };
  return { control, read };
}

function area(field, value, id) {
  const control = el("textarea", { id, name: field.name, rows: 3, maxlength: field.most });
  control.value = value ?? "";
  return { control, read: () => control.value.trim() };
}

function choice(field, value, id) {
  const known = field.choices.some((one) => one.value === value);
  const kept = value && !known ? [{ value, text: value }] : [];
  const options = [...kept, ...field.choices].map((one) => el("option", { value: one.value, selected: one.value === value }, one.text));
  const control = el("select", { id, name: field.name }, el("option", { value: "" }, t("web-form-choose")), options);
  return { control, read: () => control.value || (field.cell || field.required ? "" : null) };
}

function check(field, value, id) {
  const control = el("input", { id, name: field.name, type: "checkbox", checked: Boolean(value) });
  // What is nothing unless it is said is not said by a box that nobody ticked.
  const not = field.value === undefined && !field.required ? null : false;
  return { control, read: () => control.checked || not };
}

/** Several of many: with more than twenty a line to search in them stands above. */
function several(field, value, id) {
  const chosen = new Set(value ?? []);
  const boxes = field.choices.map((one) => {
    const box = el("input", { type: "checkbox", value: one.value, checked: chosen.has(one.value) });
    return { box, one, node: el("label", { class: "tick" }, box, el("span", {}, one.text)) };
  });
  const search = el("input", { type: "search", "aria-label": t("web-list-search"), autocomplete: "off", placeholder: t("web-list-search") });
  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase();
    for (const { box, one, node } of boxes) node.hidden = !box.checked && !one.text.toLowerCase().includes(words);
  });
  const many = boxes.length > 20;
  const control = el("div", { id, class: `ticks${many ? " many" : ""}`, role: "group", tabindex: -1 }, many && search, boxes.map(({ node }) => node));
  const read = () => boxes.filter(({ box }) => box.checked).map(({ one }) => one.value);
  return { control, read, focus: () => (many ? search : boxes[0]?.box)?.focus() };
}

/** A list of small forms: the steps of a chain, the hours of a week. */
function rows(field, value, id) {
  const lines = el("ol", { class: "lines" });
  const kept = new Map();
  const add = el("button", { type: "button", class: "button small" }, t("web-form-add-line"));
  const control = el("div", { id, class: "rows", role: "group", tabindex: -1 }, lines, el("p", {}, add));

  function line(given = {}) {
    const parts = field.fields.map((part) => createField(part, given[part.name] ?? part.value));
    const away = el("button", { type: "button", class: "button small" }, t("web-form-drop-line"));
    const node = el("li", {}, el("div", { class: "fields" }, parts.map((part) => part.node)), away);
    away.addEventListener("click", () => {
      kept.delete(node);
      node.remove();
      add.focus();
    });
    kept.set(node, parts);
    lines.append(node);
    return parts;
  }

  add.addEventListener("click", () => line()[0].focus());
  for (const given of value ?? []) line(given);
  const read = () => [...kept.values()].map((parts) => Object.fromEntries(parts.map((part) => [part.name, part.value()])));
  return { control, read, focus: () => add.focus() };
}

function group(field, value, id) {
  const given = value ?? {};
  // Of a group that is there already only the parts that it has are asked for.
  const parts = field.fields.filter(({ name }) => !value || name in given).map((part) => createField(part, given[part.name]));
  const control = el("div", { id, class: "fields", role: "group", tabindex: -1 }, parts.map(({ node }) => node));
  return { control, read: () => Object.fromEntries(parts.map((part) => [part.name, part.value()])), focus: () => parts[0]?.focus() };
}

const KINDS = { area, choice, check, several, rows, group };
const WIDE = new Set(["area", "several", "rows", "group"]);

export function createField(field, opened) {
  count += 1;
  const id = `field-${count}`;
  const made = (KINDS[field.kind] ?? input)(field, opened, id);
  const wrong = el("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
  const now = el("p", { class: "there", hidden: true });
  const hint = field.hint && !field.choices && field.kind !== "area" ? t("web-form-hint", { example: field.hint }) : "";
  if (hint && made.control.placeholder !== undefined) made.control.placeholder = hint;
  made.control.setAttribute("aria-describedby", wrong.id);
  const mark = field.required ? el("abbr", { title: t("web-form-required") }, " *") : null;
  const labelled = made.control.matches("input, select, textarea");
  const label = labelled
    ? el("label", { for: id, class: "name" }, field.title, mark)
    : el("span", { class: "name", id: `${id}-name` }, field.title, mark);
  if (!labelled) made.control.setAttribute("aria-labelledby", `${id}-name`);
  if (labelled && field.required) made.control.setAttribute("aria-required", "true");
  const node = el("div", { class: `field ${field.kind}${WIDE.has(field.kind) ? " wide" : ""}`, data: { field: field.name } }, label, made.control, wrong, now);
  return {
    node,
    name: field.name,
    title: field.title,
    opened,
    value: made.read,
    focus: () => (made.focus ? made.focus() : made.control.focus()),
    fault(text) {
      wrong.textContent = text;
      wrong.hidden = !text;
      if (text) made.control.setAttribute("aria-invalid", "true");
      else made.control.removeAttribute("aria-invalid");
    },
    /** What somebody else has put there meanwhile; null where it is as it was. */
    there(text) {
      now.hidden = text === null || text === undefined;
      now.textContent = now.hidden ? "" : t("web-form-there-now", { value: text || t("web-form-nothing") });
    },
  };
}
