/**
 * One line finds a building, a flat, somebody or a device. The server looks, within the rights of
 * whoever asks, and writes down whom it has shown.
 */
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { t } from "../shared/words.js";
import { kindName } from "./signs.js";

const PAUSE_MS = 250;

/** `go.building(id, home?)` and `go.device(id)` lead to what was chosen. */
export function createSearch(client, go) {
  const field = byId("search");
  const list = byId("found");
  let asked = 0; // the newest question: a slow answer to an earlier one is not shown
  let timer = null;
  let chosen = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function close() {
    asked += 1;
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function option(lead, name, about) {
    const node = el("div", { role: "option", "aria-selected": "false" }, el("span", {}, name), el("span", { class: "soft" }, about));
    // Before the field loses its focus, which closes the list.
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => {
      close();
      field.value = "";
      lead();
    });
    return node;
  }

  const group = (title, some) =>
    some.length > 0 && el("div", { role: "group", "aria-label": t(title) }, el("p", { class: "soft", "aria-hidden": "true" }, t(title)), some);

  function show(found) {
    const groups = [
      group("web-search-buildings", found.buildings.map((one) => option(() => go.building(one.id), one.name, one.address))),
      group("web-search-flats", found.flats.map((one) => option(() => go.building(one.building, one.id), one.place, one.use_text))),
      group(
        "web-search-people",
        found.people.map((one) => option(() => go.building(one.building, one.home), one.name, [one.place, ...one.groups].join(" · "))),
      ),
      group("web-search-devices", found.devices.map((one) => option(() => go.device(one.id), one.name, kindName(one.kind)))),
    ].filter(Boolean);
    if (found.more.length || !groups.length) {
      groups.push(el("p", { class: "soft" }, groups.length ? t("web-search-more") : t("web-search-none")));
    }
    list.replaceChildren(...groups);
    options().forEach((node, index) => (node.id = `found-${index}`));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    choose(0);
  }

  function choose(index) {
    const all = options();
    chosen = all.length ? (index + all.length) % all.length : -1;
    all.forEach((node, at) => node.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  async function look() {
    const text = field.value.trim();
    if (!text) return close();
    const own = (asked += 1);
    try {
      const found = await client.post("/api/console/search", { text });
      if (own === asked) show(found);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (own !== asked) return;
      list.replaceChildren(el("p", { role: "alert" }, error.message));
      list.hidden = false;
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") options()[chosen]?.click();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);

  return { focus: () => field.focus(), close };
}
