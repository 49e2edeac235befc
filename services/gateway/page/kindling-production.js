// <kindling-production>: a studio for one film in the making, or for all of them. One script tag and one element:
//
//     <script type="module" src="http://127.0.0.1:8420/kindling-production.js"></script>
//     <kindling-production server="http://127.0.0.1:8420" token="…" production="…"></kindling-production>
//
// server: where the gateway is; where this script came from if left out. token: needed where the gateway wants one.
// production: which film; without it the start is shown, with a list. at: as of which event. theme: light or dark.
// What a person opens is told with the event `kindling-place`, whose detail is {production, at}.

import { away, Client, Media, Problem } from "./client.js";
import { draw } from "./dom.js";
import { Drafts } from "./drafts.js";
import { Shelf } from "./shelf.js";
import { shell } from "./shell.js";
import { Studio } from "./studio.js";

// What is loaded once it is first needed: whoever only looks at a film loads no start, and the other way round.
const PARTS = {
  base: [["base.css"]],
  start: [["start.css"], (again) => import(`./start.js${again}`)],
  room: [["talk.css", "stage.css", "board.css", "log.css"], (again) => import(`./room.js${again}`)],
  takes: [["takes.css"], (again) => import(`./takes.js${again}`)],
  fork: [[], (again) => import(`./fork.js${again}`)],
};
const TICK_MS = 1000;

const loaded = new Map();
const failed = new Map(); // How often each part could not be loaded.

/** Load a part once, its styles with it. Where that fails, with a Problem, the next call tries again. */
function load_part(name) {
  if (!loaded.has(name)) loaded.set(name, fetch_part(name));
  return loaded.get(name);
}

async function fetch_part(name) {
  const [sheets, module] = PARTS[name];
  const count = failed.get(name) ?? 0;
  try {
    // Some browsers keep for ever that the address of a module failed: it is asked for under another one.
    const [code, ...styles] = await Promise.all([module?.(count ? `?again=${count}` : ""), ...sheets.map(load_sheet)]);
    return { code, styles };
  } catch (error) {
    loaded.delete(name);
    failed.set(name, count + 1);
    // What can't be fetched is a TypeError; what is wrong inside a module is not.
    throw error instanceof TypeError ? away() : error;
  }
}

async function load_sheet(name) {
  const answer = await fetch(new URL(name, import.meta.url), { credentials: "omit" });
  if (!answer.ok) throw away();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await answer.text());
  return sheet;
}

class KindlingProduction extends HTMLElement {
  static observedAttributes = ["server", "token", "production", "at", "theme"];

  connectedCallback() {
    this.root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.ui = { tab: "film", segment: null, chip: null, compare: null, forms: {}, filter: new Set(), search: "", event: null };
    this.isOpen = true;
    this.parts = {};
    this.part("base");
    this.begin();
    // Times and estimates grow old without anything being said.
    this.ticking = setInterval(() => this.changed(), TICK_MS);
  }

  disconnectedCallback() {
    this.isOpen = false;
    clearInterval(this.ticking);
    this.end();
  }

  attributeChangedCallback(name, was, now) {
    if (!this.isOpen || was === now) return;
    if (name === "server" || name === "token") this.begin();
    else if (name === "production") this.open();
    else if (name === "at") this.studio?.look(Number(now) || null);
    this.changed();
  }

  /** Begin with another gateway, or as somebody else. */
  begin() {
    this.end();
    const server = new URL(this.getAttribute("server") || "/", import.meta.url).href;
    this.client = new Client(server, this.getAttribute("token") || null);
    this.media = new Media(this.client, () => this.changed());
    this.drafts = new Drafts(server, () => this.changed());
    this.shelf = new Shelf(this.client, this.drafts, () => this.changed());
    this.open();
  }

  end() {
    this.studio?.close();
    this.shelf?.close();
    this.studio = null;
  }

  /** Open what the attributes name. */
  open() {
    this.studio?.close();
    const production = this.getAttribute("production");
    const at = Number(this.getAttribute("at")) || null;
    Object.assign(this.ui, { fork: null, again: null, rough: null, segment: null, chip: null, compare: null, forms: {}, event: null });
    this.studio = production ? new Studio(this.client, `/v1/productions/${encodeURIComponent(production)}`, at, () => this.changed()) : null;
    this.part(production ? "room" : "start");
    if (production) this.shelf.rest();
    else this.shelf.open();
    this.changed();
  }

  /** Go to a production, or to the start, and say so to the page around. */
  go(production, at = null) {
    const was = this.getAttribute("production");
    for (const [name, value] of [["at", at], ["production", production]]) {
      if (value) this.setAttribute(name, value);
      else this.removeAttribute(name);
    }
    this.dispatchEvent(new CustomEvent("kindling-place", { bubbles: true, composed: true, detail: { production, at, was } }));
  }

  /** Look at the production as of one of its events; null is now. */
  async look(at) {
    await this.studio.look(at);
    const shown = this.studio.at;
    if (String(shown ?? "") !== (this.getAttribute("at") ?? "")) this.go(this.getAttribute("production"), shown);
  }

  /** Wear other colours, and say so to the page around. */
  dress(theme) {
    this.setAttribute("theme", theme);
    this.dispatchEvent(new CustomEvent("kindling-theme", { bubbles: true, composed: true, detail: { theme } }));
  }

  /** Keep a token that a person typed; it is never part of an address. */
  enter(token) {
    this.dispatchEvent(new CustomEvent("kindling-token", { bubbles: true, composed: true, detail: { token } }));
    this.setAttribute("token", token);
  }

  /** Draw anew, once for all that changed until then. */
  changed() {
    if (this.isDue || !this.isOpen) return;
    this.isDue = true;
    const paint = () => {
      this.isDue = false;
      if (this.isOpen) this.paint();
    };
    // A hidden page gets no frames; it is drawn all the same, so that its title and its sounds are true.
    if (document.hidden) setTimeout(paint, 250);
    else requestAnimationFrame(paint);
  }

  /** Return the code of a part; null while it is loaded, and it is drawn anew when it is there. What failed is tried again with the next drawing. */
  part(name) {
    if (!(name in this.parts)) {
      this.parts[name] = null;
      this.wear(name).catch((error) => {
        delete this.parts[name];
        if (!(error instanceof Problem)) throw error;
      });
    }
    return this.parts[name];
  }

  async wear(name) {
    const { code, styles } = await load_part(name);
    this.parts[name] = code ?? true;
    this.root.adoptedStyleSheets = [...this.root.adoptedStyleSheets, ...styles];
    this.changed();
  }

  /** Return the code of a part, once it is there. Throws a Problem where it can't be loaded. */
  async load(name) {
    this.part(name);
    return (await load_part(name)).code;
  }

  paint() {
    // Nothing is shown before it has its styles.
    if (!this.part("base")) return;
    this.now = Date.now();
    this.drawn = draw(this.root, this.drawn, [shell(this)]);
    const { title = null, status = null } = this.studio?.shown ?? {};
    this.dispatchEvent(new CustomEvent("kindling-drawn", { detail: { title, status } }));
  }
}

customElements.define("kindling-production", KindlingProduction);
