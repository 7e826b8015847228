/** An alarm must be noticed: a sound, a count in the tab's title, and read out at once. */
import { ring } from "../shared/bell.js";
import { t } from "../shared/words.js";

export function createAttention(region) {
  let unseen = 0;

  function showCount() {
    document.title = unseen ? t("web-chat-page-unseen", { count: unseen }) : t("web-chat-page");
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    unseen = 0;
    showCount();
  });

  return {
    showCount,
    alarm(card) {
      ring();
      region.textContent = [card.title, card.summary].filter(Boolean).join("。");
      if (document.hidden) unseen += 1;
      showCount();
    },
  };
}
