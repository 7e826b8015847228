/** What does not arrive: a quiet line in the header that leads to the list of it. */
import { byId } from "../shared/dom.js";
import { t } from "../shared/words.js";

const CHANNELS = {
  web: "web-channel-web",
  wechat: "web-channel-wechat",
  miniprogram: "web-channel-miniprogram",
  wecom: "web-channel-wecom",
  telegram: "web-channel-telegram",
};

export function createReach() {
  const line = byId("reach");

  return {
    /** The sums, as the stream tells them; with nothing to tell the line is not there. */
    show({ undelivered, unreachable, resting }) {
      const parts = [
        undelivered > 0 && t("web-reach-undelivered", { count: undelivered }),
        unreachable > 0 && t("web-reach-unreachable", { count: unreachable }),
        ...resting.map((channel) => t("web-reach-resting", { name: t(CHANNELS[channel]) })),
      ].filter(Boolean);
      line.textContent = parts.join(" · ");
      line.hidden = !parts.length;
      line.hash = `#/list/${undelivered ? "undelivered" : unreachable ? "unreachable" : "channels"}`;
      line.classList.toggle("warning", undelivered + resting.length > 0);
    },
  };
}
