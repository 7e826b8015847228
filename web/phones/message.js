/** How each app shows a message, drawn from what the vendor was sent. */
import { el, safeUrl } from "../shared/dom.js";
import { clockTime, t } from "../shared/words.js";

const LINK = /(https?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+)/;
const STYLE = { 1: "primary", 2: "danger" };
const STRESS = { bold: "strong", italic: "em", code: "code" };

/** `press(button, label)` does what pressing it on the phone does. */
export function drawMessage(channel, message, press) {
  const body = message.mine ? [own(message)] : DRAW[channel](message, press);
  return el(
    "div",
    { class: message.mine ? "row mine" : "row", data: { message: message.id, edits: String(message.edits) } },
    ...body,
    el(
      "p",
      { class: "when" },
      el("time", { datetime: message.at }, clockTime(message.at)),
      message.edits > 0 && el("span", { class: "edited" }, t("web-phones-edited")),
    ),
  );
}

function own({ text, raw }) {
  if (raw.msgtype === "location" || raw.location) return bubble(t("web-phones-sent-place"));
  if (raw.msgtype === "image" || raw.photo) return bubble(t("web-phones-sent-picture"));
  if (raw.contact) return bubble(t("web-phones-sent-contact"));
  return bubble(text);
}

const bubble = (...parts) => el("div", { class: "bubble" }, ...parts);

/** Addresses within a text can be tapped, as in the apps. */
function linked(text) {
  return text.split(LINK).map((part) => (LINK.test(part) ? link(part, part) : part));
}

function link(url, label, props = {}) {
  const href = safeUrl(url);
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer", ...props }, label) : label;
}

function button(label, press, props = {}) {
  const made = el("button", { type: "button", ...props }, label);
  made.addEventListener("click", () => press(made, label));
  return made;
}

const DRAW = {
  wechat({ text, knobs, raw }, press) {
    if (raw.msgtype === "msgmenu") {
      const { head_content: head, tail_content: tail } = raw.msgmenu;
      return [
        bubble(
          el("div", {}, linked(head)),
          el("ul", { class: "entries" }, knobs.map(({ label }) => el("li", {}, button(label, press, { class: "entry" })))),
          el("div", {}, linked(tail)),
        ),
      ];
    }
    if (raw.template_id) {
      const [title, ...lines] = text.split("\n");
      return [
        el(
          "div",
          { class: "notice" },
          el("h3", {}, title),
          el("p", {}, lines.join("\n")),
          knobs.map(({ url }) => link(url, t("web-phones-open"), { class: "more" })),
        ),
      ];
    }
    return [bubble(linked(text))];
  },

  wecom({ text, knobs, raw, pressed }, press) {
    const card = raw.template_card ?? (raw.card_type ? raw : null);
    if (!card) return [bubble(linked(text))];
    const lists = card.button_selection || card.select_list;
    const styles = new Map((card.button_list ?? []).map((one) => [one.text, STYLE[one.style]]));
    const rows = card.horizontal_content_list ?? [];
    const inRows = new Set(rows.filter(({ type }) => type === 1).map(({ url }) => url));
    const knob = ({ label, url }) => {
      if (url) return link(url, label, { class: "button" });
      const chosen = pressed === label;
      const props = { class: `button ${lists ? "option" : (styles.get(label) ?? "")}`, disabled: pressed !== null };
      return button(label, press, chosen ? { ...props, "aria-pressed": "true" } : props);
    };
    return [
      el(
        "div",
        { class: "sheet" },
        card.source?.desc && el("p", { class: "source" }, card.source.desc),
        el("h3", {}, card.main_title?.title ?? ""),
        card.main_title?.desc && el("p", { class: "text" }, linked(card.main_title.desc)),
        card.sub_title_text && el("p", { class: "text" }, linked(card.sub_title_text)),
        rows.length > 0 &&
          el("dl", {}, rows.map(({ keyname, value = "", type, url }) =>
            el("div", {}, el("dt", {}, keyname), el("dd", {}, type === 1 ? link(url, value) : value)))),
        card.card_action?.url && link(card.card_action.url, t("web-phones-open"), { class: "more" }),
        card.replace_text
          ? el("p", { class: "spent" }, card.replace_text)
          : el("div", { class: lists ? "options" : "buttons" }, knobs.filter(({ url }) => !inRows.has(url)).map(knob)),
      ),
    ];
  },

  telegram({ text, raw }, press) {
    const markup = raw.reply_markup ?? {};
    const rows = markup.inline_keyboard ?? markup.keyboard ?? [];
    const key = (one) =>
      one.url ? link(one.url, one.text, { class: "key" }) : button(one.text, press, { class: "key" });
    return [
      bubble(stressed(text, raw.entities ?? [])),
      rows.length > 0 && el("div", { class: "keyboard" }, rows.map((row) => el("div", {}, row.map(key)))),
    ];
  },
};

/** Entities count in UTF-16 units, as strings do here. */
function stressed(text, entities) {
  const parts = [];
  let end = 0;
  for (const { type, offset, length, url } of entities) {
    if (offset < end) continue;
    parts.push(...linked(text.slice(end, offset)));
    const words = text.slice(offset, offset + length);
    parts.push(url ? link(url, words) : STRESS[type] ? el(STRESS[type], {}, words) : words);
    end = offset + length;
  }
  return [...parts, ...linked(text.slice(end))];
}
