/** The little that this page needs of a template language. Text is always text, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** An element: `el("p.note", { hidden: true, onclick: f }, "text", child)`. */
export function el(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag);
  if (classes.length > 0) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else attribute(node, name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Set, or with null or false remove, an attribute; touches the page only where it changes. */
export function attribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value === true ? "" : value)) {
    node.setAttribute(name, value === true ? "" : value);
  }
}

/** Set the text of a node where it differs. */
export function text(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** Something a person wrote: it keeps its own direction. */
export const written = (words, what = "bdi") => el(what, { dir: "auto" }, words);

/** An icon of the sprite in index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

/** Let an icon show another picture. */
export function redraw(svg, name) {
  attribute(svg.firstElementChild, "href", `#${name}`);
}

/** Clone the one child of a template in index.html. */
export const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/**
 * Make the children of `parent` those of `items`, in order: `create(item)` gives a node once per
 * `key(item)`, `update(node, item)` keeps it true. Nodes that stay are not moved without need,
 * so focus and animations survive.
 */
export function keyed(parent, items, { key, create, update }) {
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    let node = known.get(id);
    known.delete(id);
    if (!node) {
      node = create(item);
      node.dataset.key = id;
    }
    update(node, item);
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const node of known.values()) node.remove();
}
