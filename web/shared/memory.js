/**
 * What the browser remembers. A private window may refuse storage; the page then
 * simply forgets at the next visit instead of failing now.
 */
function box(storage) {
  return {
    get(name) {
      try {
        return JSON.parse(window[storage].getItem(`linling.${name}`));
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        if (value === null) window[storage].removeItem(`linling.${name}`);
        else window[storage].setItem(`linling.${name}`, JSON.stringify(value));
      } catch {
        // Refused or full: nothing to do.
      }
    },
  };
}

/** Per browser: how the person likes the page. */
export const browser = box("localStorage");
/** Per tab: who this tab is. Several personas can be open side by side. */
export const tab = box("sessionStorage");
