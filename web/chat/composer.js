/** Where the person writes, takes a photo or shares the place. */
import { byId, el } from "../shared/dom.js";
import { t } from "../shared/words.js";

const LONGEST_SIDE = 1600;
const LOCATE_WITHIN_MS = 15_000;

/** A photo in the size a phone can send in the lift: at most 1600 px, as JPEG. */
async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = el("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.toDataURL("image/jpeg", 0.85);
}

/** `say(body, content)` sends; `note(text)` tells the person why something did not work. */
export function setUpComposer(say, note) {
  const form = byId("composer");
  const text = byId("text");
  const file = byId("file");
  const place = byId("place");

  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = text.value.trim();
    if (!said) return;
    text.value = "";
    grow();
    text.focus();
    say({ text: said }, said);
  });
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    // While an input method is composing, Enter chooses the characters.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  byId("photo").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    try {
      const image = await shrink(chosen);
      say({ image }, el("img", { src: image, alt: t("web-chat-my-photo") }));
    } catch {
      note(t("web-chat-photo-unreadable"));
    }
  });

  place.addEventListener("click", () => {
    if (!navigator.geolocation) {
      note(t("web-chat-place-unknown"));
      return;
    }
    place.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        place.disabled = false;
        say({ location: { lat: coords.latitude, lon: coords.longitude, datum: "wgs84" } }, t("web-chat-my-place"));
      },
      () => {
        place.disabled = false;
        note(t("web-chat-place-unknown"));
      },
      { enableHighAccuracy: true, timeout: LOCATE_WITHIN_MS },
    );
  });

  return {
    enable(on) {
      for (const control of form.elements) control.disabled = !on;
    },
    focus: () => text.focus(),
  };
}
