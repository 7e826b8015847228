/** The lists that there are for whoever looks, in groups. */
import { el } from "../../shared/dom.js";
import { t } from "../../shared/words.js";

export function createRail(client) {
  const node = el("nav", { class: "rail", "aria-label": t("web-pages-lists") });
  let lists = null;

  function draw() {
    const groups = new Map();
    for (const one of lists) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
    const link = ({ name, title }) => el("li", {}, el("a", { href: `#/list/${name}`, data: { list: name } }, title));
    node.replaceChildren(
      ...[...groups].map(([group, some]) => el("section", {}, el("h3", {}, group), el("ul", {}, some.map(link)))),
    );
  }

  return {
    node,
    async load() {
      if (!lists) {
        lists = (await client.get("/api/console/lists")).lists;
        draw();
      }
      return lists;
    },
    mark(name) {
      for (const link of node.querySelectorAll("a")) {
        if (link.dataset.list === name) {
          link.setAttribute("aria-current", "page");
          link.scrollIntoView({ block: "nearest" });
        } else link.removeAttribute("aria-current");
      }
    },
    forget() {
      lists = null;
      node.replaceChildren();
    },
  };
}
