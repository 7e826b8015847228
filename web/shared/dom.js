/**
 * Builds elements. Whatever comes from the server goes in as text or as an attribute,
 * never as markup, so a name or a note can't become part of the page's code.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Links a card may carry: a page or a telephone. Anything else (javascript:, data:) is no link. */
export function safeUrl(text) {
  try {
    const url = new URL(text, location.href);
    return ["https:", "http:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
