/** One view for every list: search, filters, pages by their keys, and what may be done with a row. */
import { el } from "../../shared/dom.js";
import { ApiError } from "../../shared/errors.js";
import { number, t } from "../../shared/words.js";
import { createActs } from "./acts.js";
import { createRail } from "./rail.js";
import { createTable } from "./table.js";

const PAUSE_MS = 250; // between the last key of a search and the question

export function createLists(client, page) {
  const rail = createRail(client);
  const title = el("h2", { id: "list-title", tabindex: -1 });
  const sum = el("span", { class: "soft", id: "list-sum" });
  const note = el("p", { role: "status", class: "note" });
  const tools = el("form", { class: "list-tools", role: "search" });
  const buttons = el("p", { class: "list-acts" });
  const body = el("div", { class: "list-body" });
  const content = el(
    "div",
    { class: "list", "aria-labelledby": "list-title" },
    el("header", {}, el("div", {}, title, " ", sum), buttons),
    tools,
    note,
    body,
  );
  let name = null;
  let head = null;
  let asked = new URLSearchParams();
  let wanted = 0; // the newest question: a slow answer to an earlier one is not shown
  let pause = null;

  const acts = createActs(client, { say, reload: () => load(), list: () => ({ name, head, asked }) });
  const table = createTable({ acts, onMore: more });
  tools.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    narrow();
  });
  content.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
    // Here it means the list's own search, not that of the whole centre.
    event.preventDefault();
    event.stopPropagation();
    tools.querySelector("[type=search]")?.focus();
  });

  function say(text, wrong = false) {
    note.textContent = text;
    note.classList.toggle("wrong", wrong);
  }

  const path = () => `/api/console/lists/${name}`;

  async function ask(query, mine) {
    body.setAttribute("aria-busy", "true");
    try {
      const answer = await client.get(`${path()}?${query}`);
      return mine === wanted ? answer : null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (mine === wanted) say(error.message, true);
      return null;
    } finally {
      if (mine === wanted) body.removeAttribute("aria-busy");
    }
  }

  async function load() {
    const mine = ++wanted;
    const answer = await ask(asked, mine);
    if (!answer) return;
    const fresh = head?.name !== name;
    head = { name, ...answer.head };
    title.textContent = head.title;
    sum.textContent = answer.total === null ? "" : t("web-list-sum", { count: number(answer.total) });
    if (fresh || !tools.contains(document.activeElement)) drawTools();
    const at = focused();
    buttons.replaceChildren(...acts.ofList());
    body.replaceChildren(answer.rows.length ? table.draw(head, answer.rows, answer.next) : empty());
    if (at) (content.querySelector(at) ?? title).focus({ preventScroll: true });
  }

  /** Whoever is at a button stays there when the list is drawn anew around it. */
  function focused() {
    const act = document.activeElement?.dataset.act;
    if (!act || !content.contains(document.activeElement)) return null;
    const row = document.activeElement.closest("tr");
    return `${row ? `tr[data-id="${CSS.escape(row.dataset.id)}"]` : ".list-acts"} [data-act="${act}"]`;
  }

  function empty() {
    return el("p", { class: "list-empty" }, [...asked].length ? t("web-list-none-found") : head.empty);
  }

  async function more(place) {
    const query = new URLSearchParams(asked);
    query.set("after", place);
    const answer = await ask(query, wanted);
    if (answer) table.add(answer.rows, answer.next);
  }

  /** The filters go into the address, so that a list can be kept, sent on and gone back to. */
  function narrow() {
    const chosen = new URLSearchParams([...new FormData(tools)].filter(([, value]) => value.trim()));
    if (`${chosen}` === `${asked}`) return;
    history.replaceState(null, "", `#/list/${name}${`${chosen}` && `?${chosen}`}`);
    asked = chosen;
    say("");
    load();
  }

  function narrowSoon() {
    clearTimeout(pause);
    pause = setTimeout(narrow, PAUSE_MS);
  }

  function choice({ code, title: label, choices }) {
    const options = choices.map(({ value, text }) => el("option", { value, selected: asked.get(code) === value }, text));
    const select = el("select", { name: code }, el("option", { value: "" }, t("web-list-all")), options);
    select.addEventListener("change", narrow);
    return el("label", {}, el("span", {}, label), select);
  }

  function drawTools() {
    const search = el("input", { type: "search", name: "q", value: asked.get("q") ?? "", maxlength: 40, autocomplete: "off" });
    search.addEventListener("input", narrowSoon);
    const clear = el("a", { class: "button", href: `#/list/${name}` }, t("web-list-clear"));
    tools.replaceChildren(
      ...(head.searched ? [el("label", { class: "wide" }, el("span", {}, t("web-list-search")), search)] : []),
      ...head.filters.map(choice),
      ...([...asked].length ? [clear] : []),
    );
    tools.hidden = !head.searched && !head.filters.length;
  }

  return {
    /** Shows a list, by its name and what it is narrowed to; without a name the first one there is. */
    async show(wantedName, query) {
      page.replaceChildren(rail.node, content);
      const lists = await rail.load().catch((error) => {
        if (!(error instanceof ApiError)) throw error;
        say(error.message, true);
        return [];
      });
      if (!lists.length) return;
      if (!wantedName) return location.replace(`#/list/${lists[0].name}`);
      if (name !== wantedName) {
        say("");
        body.replaceChildren(el("p", { class: "soft" }, t("web-list-loading")));
        tools.replaceChildren();
        buttons.replaceChildren();
        title.textContent = lists.find((one) => one.name === wantedName)?.title ?? "";
        sum.textContent = "";
        head = null;
      }
      name = wantedName;
      asked = query;
      rail.mark(name);
      await load();
      if (!page.contains(document.activeElement)) title.focus({ preventScroll: true });
    },

    refresh(group) {
      if (head?.group === group) load();
    },

    leave() {
      wanted += 1;
      acts.close();
      rail.forget();
      name = head = null;
      body.replaceChildren();
      tools.replaceChildren();
    },
  };
}
