// Small parts that several places use: buttons, problems, meters, pictures.

import { h } from "./dom.js";
import { capital, left_s, sentence } from "./format.js";
import { icon } from "./icons.js";

/** A button with its drawing and its words. */
export const button = (words, act, { kind = "", sign = null, busy = false, off = false, ...rest } = {}) =>
  h("button", { type: "button", class: `button ${kind}`, disabled: off || busy, "aria-busy": busy ? "true" : null, on: { click: act }, ...rest },
    sign && icon(sign), h("span", null, words));

/** Words in which a command or a setting stands between backticks. */
export const coded = (text) => (text ?? "").split("`").map((part, index) => (index % 2 ? h("code", { key: index }, part) : part));

/** What went wrong with an act: what, and what to do next. */
export const trouble = (problem, close) =>
  problem &&
  h("div", { class: `trouble ${problem.status === 409 ? "mild" : ""}`, role: "alert" },
    icon("warn"),
    h("div", null, h("p", null, coded(problem.detail)), problem.help && h("p", { class: "help" }, coded(problem.help))),
    close && h("button", { type: "button", class: "quiet-button", "aria-label": "Close this message", on: { click: close } }, icon("cross")));

/** Why work does not get on, such as that another program has the GPU. */
const waits = (step) => h("p", { class: "meter-note", title: step.note }, icon("chip"), h("span", null, sentence(capital(note_words(step.note)))));

/** Who has the GPU, as a person says it: what another film is called there is its id. */
const note_words = (note) =>
  note.replaceAll(/\b(review (\d+-\d+)|intent|plan|film)( of \S+)?(?=[, ]|$)/g, (all, what, take, of = "") => `${take ? `the review of take ${take}` : (NOTED[what] ?? what)}${of}`).replaceAll(/ of [a-z0-9]+(-[a-z0-9]+)+(?=[, ]|$)/g, " of another film");
const NOTED = { intent: "reading words", plan: "a plan", film: "the film" };

/** How far something is, as a bar and in words; nothing while it is not known how much there is to do. */
export function meter(step, label) {
  // What waits for its turn has no length yet: a bar that stands at nothing would say that it is stuck.
  if (!step.total) return step.note ? h("div", { class: "meter" }, waits(step)) : null;
  const share = Math.min(1, step.done / step.total);
  const percent = Math.floor(share * 100);
  const words = `${percent} %${step.left_s == null ? "" : ` · ${left_s(step.left_s)} left`}`;
  return h("div", { class: "meter" },
    step.note && waits(step),
    h("div", { class: "meter-bar", role: "progressbar", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(percent), "aria-valuetext": words },
      h("span", { style: { "--share": String(share) } })),
    h("span", { class: "meter-words", "aria-hidden": "true" }, words));
}

/** A picture behind a link of the gateway. */
export const picture = (app, link, alt, more = {}) => h("img", { crossorigin: app.media.crossorigin, src: app.media.src(link), alt, loading: "lazy", ...more });

/** A clip behind a link, or nothing until its address is known. */
export function clip(app, link, poster, label, more = {}) {
  const src = app.media.src(link);
  return src && h("video", { crossorigin: app.media.crossorigin, src, poster: poster && app.media.src(poster), playsinline: true, "aria-label": label, ...more });
}

/** A looping clip without sound: plays at once, unless the person asked for less motion. */
export function loop(app, link, poster, label, more = {}) {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return clip(app, link, poster, label, { key: link, loop: true, autoplay: !isStill, controls: isStill, preload: "auto", prop: { muted: true }, ...more });
}

/** A form of one field that opens in place of its button, for what needs words. */
export function ask(app, name, { open, label, hint = "", verb, needed = true, act, kind = "", sign = null, busy = false, value = "", rows = 2 }) {
  const text = app.ui.forms[name];
  const close = () => {
    delete app.ui.forms[name];
    app.changed();
  };
  if (text === undefined) {
    return button(open, () => {
      app.ui.forms[name] = value;
      app.changed();
    }, { kind, sign, "data-form": name });
  }
  const submit = async (event) => {
    event.preventDefault();
    if ((needed && !app.ui.forms[name].trim()) || busy) return;
    if (await act(app.ui.forms[name].trim())) close();
  };
  return h("form", { class: "ask", key: name, on: { submit, keydown: (event) => event.key === "Escape" && close() } },
    h("label", null, h("span", null, label),
      h("textarea", {
        rows: String(rows), placeholder: hint, required: needed, prop: { value: text },
        made: (node) => node.focus(),
        on: { input: (event) => (app.ui.forms[name] = event.target.value), keydown: send_on_enter },
      })),
    h("div", { class: "row" },
      h("button", { type: "submit", class: `button ${kind || "strong"}`, disabled: busy }, verb),
      h("button", { type: "button", class: "button quiet", on: { click: close } }, "Never mind")));
}

/** Enter sends, Shift and Enter makes a new line. */
export function send_on_enter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

export const IMAGE_TYPES = "image/png,image/jpeg,image/webp";
export const IMAGES_MAX = 8;

/** The pictures of a draft, and the ways to give some: a file dialogue, a drop, a paste. */
export function pictures(app, draft) {
  const files = app.drafts.images(draft);
  return h("ul", { class: "thumbs", "aria-label": "Pictures that will be sent" }, files.map((file, index) =>
    h("li", { key: `${file.name} ${file.size} ${index}` },
      h("img", { src: address_of(app, file), alt: file.name }),
      h("button", {
        type: "button", class: "quiet-button", "aria-label": `Leave out ${file.name}`,
        on: { click: () => app.drafts.keep(draft, files.filter((one) => one !== file)) },
      }, icon("cross")))));
}

const addresses = new WeakMap();

function address_of(app, file) {
  if (!addresses.has(file)) addresses.set(file, URL.createObjectURL(file));
  return addresses.get(file);
}

export function picture_button(app, draft, words = "Picture") {
  return h("label", { class: "button quiet attach" }, icon("picture"), h("span", null, words),
    h("input", {
      type: "file", accept: IMAGE_TYPES, multiple: true, class: "unseen",
      on: { change: (event) => { add(app, draft, event.target.files); event.target.value = ""; } },
    }));
}

function add(app, draft, files) {
  const found = [...files].filter((one) => IMAGE_TYPES.includes(one.type) && one.type);
  if (found.length) app.drafts.keep(draft, [...app.drafts.images(draft), ...found].slice(0, IMAGES_MAX));
}

/** Listeners that take dropped and pasted pictures for a draft. */
export const takes_pictures = (app, draft) => ({
  dragover: (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (app.ui.drop !== draft) { app.ui.drop = draft; app.changed(); }
  },
  dragleave: (event) => {
    if (event.currentTarget.contains(event.relatedTarget)) return;
    app.ui.drop = null;
    app.changed();
  },
  drop: (event) => {
    event.preventDefault();
    app.ui.drop = null;
    add(app, draft, event.dataTransfer.files);
    app.changed();
  },
  paste: (event) => {
    if (event.clipboardData.files.length) { event.preventDefault(); add(app, draft, event.clipboardData.files); }
  },
});

/** Keep the end of a list in sight as more comes, unless somebody scrolled up to read. */
export function follow_end(node) {
  let isAtEnd = true;
  node.addEventListener("scroll", () => (isAtEnd = node.scrollHeight - node.scrollTop - node.clientHeight < 60));
  const toEnd = () => isAtEnd && (node.scrollTop = node.scrollHeight);
  node.addEventListener("load", toEnd, true);
  new MutationObserver(toEnd).observe(node, { childList: true });
  new ResizeObserver(toEnd).observe(node);
}

/** Opens the way to a fork; what it is made of is loaded then. */
export const fork_button = (app, words, kind) =>
  button(words, () => {
    app.ui.fork = { words: "", outlook: null, problem: null };
    app.changed();
  }, { kind, sign: "fork", "data-act": "fork" });
