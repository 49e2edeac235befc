// Draws a tree of plain objects into the page, and changes only what differs from the tree drawn before. Text is always
// text: nothing here reads markup, so nothing that anybody said can become any.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Describe an element.
 *
 * props: `key` tells siblings apart, `on` holds listeners, `prop` DOM properties, `style` single declarations, `made` and
 * `gone` are called with the element; everything else is an attribute: true is empty, false and null are none.
 * children: elements, texts, arrays of them; null and false stand for nothing and keep their place.
 */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: flat(children, ""), node: null };
}

/** Draw the children into the element; `before` is what the last call returned. */
export function draw(host, before, children) {
  const after = flat(children, "");
  patchAll(host, before ?? [], after, host.namespaceURI === SVG);
  return after;
}

function flat(children, place) {
  const found = [];
  children.forEach((child, index) => {
    const at = `${place}${child?.props?.key ?? `#${index}`}`;
    if (Array.isArray(child)) found.push(...flat(child, `${at}/`));
    else if (child === null || child === undefined || child === false || child === "") return;
    else found.push(typeof child === "object" ? Object.assign(child, { at }) : { text: String(child), at, node: null });
  });
  return found;
}

function patchAll(parent, before, after, isSvg) {
  const old = new Map(before.map((one) => [one.at, one]));
  const kept = new Map();
  for (const one of after) {
    const was = old.get(one.at);
    if (was && was.tag === one.tag) {
      kept.set(one, was);
      old.delete(one.at);
    }
  }
  // What goes is taken out first: otherwise everything behind it would be moved, and a moved video starts anew.
  for (const one of old.values()) remove(one);
  let next = parent.firstChild;
  for (const one of after) {
    const was = kept.get(one);
    const node = was ? patch(was, one, isSvg) : create(one, isSvg);
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
    if (!was) one.props?.made?.(node);
  }
}

function remove(one) {
  gone(one);
  one.node.remove();
}

function gone(one) {
  one.props?.gone?.(one.node);
  one.children?.forEach(gone);
}

function create(one, isSvg) {
  if (one.tag === undefined) return (one.node = document.createTextNode(one.text));
  const svg = isSvg || one.tag === "svg";
  const node = svg ? document.createElementNS(SVG, one.tag) : document.createElement(one.tag);
  one.node = node;
  // Children before properties: a select knows its value only once it has its options.
  patchAll(node, [], one.children, svg);
  setAll(node, {}, one.props);
  return node;
}

function patch(was, one, isSvg) {
  const node = (one.node = was.node);
  if (one.tag === undefined) {
    if (was.text !== one.text) node.data = one.text;
    return node;
  }
  patchAll(node, was.children, one.children, isSvg || one.tag === "svg");
  setAll(node, was.props, one.props);
  return node;
}

const OURS = new Set(["key", "on", "prop", "style", "made", "gone"]);

function setAll(node, was, now) {
  for (const name of new Set([...Object.keys(was), ...Object.keys(now)])) {
    if (OURS.has(name) || was[name] === now[name]) continue;
    const value = now[name];
    if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : value);
  }
  listen(node, now.on ?? {});
  for (const [name, value] of Object.entries(now.style ?? {})) {
    if (was.style?.[name] !== value) node.style.setProperty(name, value);
  }
  for (const [name, value] of Object.entries(now.prop ?? {})) {
    // What a person typed since is kept until we mean something else.
    if (!(was.prop && name in was.prop && was.prop[name] === value) && node[name] !== value) node[name] = value;
  }
}

const LISTENERS = Symbol("listeners");

function listen(node, wanted) {
  const now = (node[LISTENERS] ??= {});
  for (const name of Object.keys(wanted)) {
    if (!(name in now)) node.addEventListener(name, (event) => node[LISTENERS][name]?.(event));
  }
  for (const name of Object.keys(now)) if (!(name in wanted)) now[name] = null;
  Object.assign(now, wanted);
}
