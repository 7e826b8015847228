/**
 * 来访模式: one key, and nobody is named on any screen of this session until its own password ends
 * it. The server holds it: this page only shows that it is so.
 */
import { byId, el } from "../shared/dom.js";
import { t } from "../shared/words.js";

export function createVisitors(client, { onChange }) {
  const line = el("div", { id: "visitors-line", role: "status", hidden: true });
  const door = el("button", { type: "button", class: "button", id: "visitors", "aria-keyshortcuts": "V" }, t("web-visitors-begin"));
  const end = el("button", { type: "button", class: "button", id: "visitors-end", "aria-haspopup": "dialog" }, t("web-visitors-end"));
  let masked = false;

  byId("log-out").before(door);
  byId("stale").before(line);
  door.addEventListener("click", begin);

  async function begin() {
    if (masked || client.me.kind === "wall") return;
    await client.post("/api/console/visitors", { on: true });
    show(true);
  }

  function show(now) {
    const turned = now !== masked;
    masked = now;
    const wall = client.me.kind === "wall";
    door.hidden = masked || wall;
    line.replaceChildren(el("span", {}, t("web-visitors-on")), end);
    line.hidden = !masked || wall;
    if (turned) onChange();
  }

  return {
    begin,
    /** What the stream or the session says. */
    show,
    /** Calls `act` when somebody wants to end it. */
    onEnd(act) {
      end.addEventListener("click", act);
    },
  };
}
