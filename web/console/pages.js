/**
 * The pages beside the map, by what stands behind # in the address: `#/` is the map,
 * `#/list/NAME?filter=…` a list. Their modules are loaded when the first one is opened.
 */
import { byId, el } from "../shared/dom.js";
import { t } from "../shared/words.js";

const LIST = /^#\/list\/?([\w-]*)\??(.*)$/;

export function createPages(client) {
  const page = byId("page");
  const centre = byId("centre");
  let lists = null; // what shows them, once it is loaded
  let open = false;

  async function loadLists() {
    if (lists) return lists;
    const sheet = el("link", { rel: "stylesheet", href: "/web/console/lists/lists.css" });
    const dressed = new Promise((done) => ["load", "error"].forEach((name) => sheet.addEventListener(name, done)));
    document.head.append(sheet);
    const [{ createLists }] = await Promise.all([import("./lists/view.js"), dressed]);
    lists = createLists(client, page);
    return lists;
  }

  async function show() {
    const [whole, name, query] = LIST.exec(location.hash) ?? [];
    open = whole !== undefined;
    centre.classList.toggle("listing", open);
    page.hidden = !open;
    for (const link of byId("pages").querySelectorAll("a")) {
      const here = link.hash === "#/" ? !open : open;
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    // Leaflet measures its box when the window changes; hidden it had none.
    if (!open) return window.dispatchEvent(new Event("resize"));
    if (!lists) page.replaceChildren(el("p", { class: "soft" }, t("web-list-loading")));
    const shown = await loadLists();
    await shown.show(name, new URLSearchParams(query));
  }

  window.addEventListener("hashchange", () => client.known && show());

  return {
    show,
    /** What is opened beside the map needs the map. */
    toMap() {
      if (!open) return;
      history.pushState(null, "", "#/");
      show();
    },
    /** Something changed that the lists of a group show. */
    refresh(group) {
      if (open) lists?.refresh(group);
    },
    /** Whoever leaves takes what was shown along. */
    leave() {
      lists?.leave();
      page.replaceChildren();
    },
  };
}
