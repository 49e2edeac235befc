// The productions there are, and the film that is about to be asked for.

import { Problem } from "./client.js";

const LOOK_MS = 4000;
const CHOICES = ["/v1/renderers"];

export class Shelf {
  constructor(client, drafts, changed) {
    this.client = client;
    this.drafts = drafts;
    this.changed = changed;
    this.films = null;
    this.next = null;
    this.renderers = null;
    this.options = {};
    this.problem = null;
    this.olderProblem = null;
    this.asked = null;
    this.isAsking = false;
    this.line = "connecting";
  }

  close() {
    this.isClosed = true;
    this.rest();
  }

  rest() {
    clearTimeout(this.timer);
    this.isOpen = false;
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.look();
    if (!this.renderers) this.choices();
  }

  async look() {
    if (!this.isOpen) return;
    try {
      const page = await this.client.get("/v1/productions?limit=24");
      const newest = new Set(page.productions.map((one) => one.id));
      // Pages that were asked for stay; the first one is as it is now.
      const older = this.isLong ? (this.films ?? []).filter((one) => !newest.has(one.id)) : [];
      this.films = [...page.productions, ...older];
      if (!this.isLong) this.next = page.next;
      this.problem = null;
      this.line = "live";
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.line = error.isAway ? "lost" : "live";
      this.problem = error;
    }
    this.changed();
    clearTimeout(this.timer);
    if (this.isOpen) this.timer = setTimeout(() => this.look(), document.hidden ? LOOK_MS * 4 : LOOK_MS);
  }

  async more() {
    try {
      const page = await this.client.get(this.next);
      const known = new Set(this.films.map((one) => one.id));
      this.films = [...this.films, ...page.productions.filter((one) => !known.has(one.id))];
      this.next = page.next;
      this.isLong = true;
      this.olderProblem = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // It stays until it is tried again: the look at the newest films, which goes on, says nothing of older ones.
      this.olderProblem = error;
    }
    this.changed();
  }

  async choices() {
    try {
      this.renderers = (await this.client.get(CHOICES[0])).renderers ?? [];
    } catch (error) {
      // An older gateway has no such list: then the renderer is left to its settings.
      if (!(error instanceof Problem)) throw error;
      this.renderers = error.isAway ? null : [];
    }
    this.changed();
  }

  /**
   * Ask for the film of the draft. Asked again with the same words it is the same production, also after a reload.
   * Returns the production's id, or null; why not is `asked`.
   */
  async ask() {
    const words = this.drafts.text("start").trim();
    const images = this.drafts.images("start");
    if (this.isAsking || !words) return null;
    this.isAsking = true;
    this.asked = null;
    this.changed();
    try {
      let body = { words, options: this.options };
      if (images.length) {
        body = new FormData();
        body.set("words", words);
        body.set("options", JSON.stringify(this.options));
        for (const file of images) body.append("images", file, file.name);
      }
      const made = await this.client.send("POST", "/v1/productions", body, { "idempotency-key": this.key(words, images) });
      this.drafts.clear("start");
      this.drafts.write("start key", "");
      this.options = {};
      return made.id;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.asked = error;
      return null;
    } finally {
      this.isAsking = false;
      this.changed();
    }
  }

  /** Return the key of this request: a new one for each new wish, the same one while it stays the same. */
  key(words, images) {
    const wish = JSON.stringify([words, this.options, images.map((one) => [one.name, one.size, one.lastModified])]);
    const kept = this.drafts.text("start key");
    const [key, of] = kept ? JSON.parse(kept) : [];
    if (of === wish) return key;
    const fresh = Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
    this.drafts.write("start key", JSON.stringify([fresh, wish]));
    return fresh;
  }
}
