/** Every word on the pages comes from locales/, by way of GET /api/words/{lang}. */
import { ApiError } from "./errors.js";
import { browser } from "./memory.js";

const LANGUAGES = ["zh-CN", "en"];
let words = {};
let timeZone = "Asia/Shanghai";
let language = LANGUAGES[0];

/** The language asked for in the address, else chosen earlier, else Chinese. */
export function preferredLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = asked ?? browser.get("lang");
  return LANGUAGES.includes(wanted) ? wanted : LANGUAGES[0];
}

export function chooseLanguage(lang) {
  browser.set("lang", lang);
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  location.replace(url);
}

export const currentLanguage = () => language;
export const otherLanguage = () => LANGUAGES.find((lang) => lang !== language);

/** With a page only its own words come, which are a phone's to wait for. */
export async function loadWords(lang, page = "") {
  const response = await fetch(`/api/words/${lang}${page && `?page=${page}`}`).catch(() => null);
  // Without words there is nothing to say it in: the page tries again.
  if (!response?.ok) throw new ApiError(response?.status ?? 0, "words", `words ${lang}`);
  words = await response.json();
  timeZone = response.headers.get("x-timezone") ?? timeZone;
  language = lang;
  document.documentElement.lang = lang;
}

/** The text of a message; a missing one shows its id, so that it is noticed and mended. */
export function t(id, args = {}) {
  const text = words[id] ?? id;
  return text.replace(/\{(\w+)\}/g, (hole, name) => args[name] ?? hole);
}

/**
 * Fills the words into the page: `data-words` is the text, `data-words-label` the name of a
 * control that shows a picture only, `data-words-hint` what an empty field says.
 */
export function fillWords(root = document) {
  for (const node of root.querySelectorAll("[data-words]")) node.textContent = t(node.dataset.words);
  for (const node of root.querySelectorAll("[data-words-label]")) {
    node.setAttribute("aria-label", t(node.dataset.wordsLabel));
    node.title = t(node.dataset.wordsLabel);
  }
  for (const node of root.querySelectorAll("[data-words-hint]")) node.placeholder = t(node.dataset.wordsHint);
}

export const number = (value) => new Intl.NumberFormat(language).format(value);

/** The pages tell the community's time, as the cards do, wherever the browser is. */
const when = (format) =>
  new Intl.DateTimeFormat(language, { timeZone, hour12: false, ...format });
const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DAY = { month: "numeric", day: "numeric" };

export const clockTime = (iso) => when(CLOCK).format(new Date(iso));

/** Today's things by the clock, older ones with their day. */
export function dayTime(iso) {
  const today = when(DAY).format(new Date(iso)) === when(DAY).format(new Date());
  return when(today ? CLOCK : { ...DAY, ...CLOCK }).format(new Date(iso));
}
