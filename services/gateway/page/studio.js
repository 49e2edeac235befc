// One production as the page knows it: its state, its log, its progress, and the moment that is looked at.

import { Problem } from "./client.js";
import { Stream } from "./stream.js";

const PAST_KEPT_MAX = 64;

export class Studio {
  constructor(client, link, at, changed) {
    this.client = client;
    this.link = link;
    this.changed = changed;
    this.view = null;
    this.facts = [];
    this.byId = new Map();
    this.steps = new Map();
    this.line = "connecting";
    this.failure = null;
    this.at = at;
    this.past = new Map();
    this.lastPast = null;
    this.busy = new Set();
    this.problems = new Map();
    this.isClosed = false;
    this.unsure = null; // Words whose answer was lost: the log tells whether they arrived.
    this.refresh();
    if (at) this.look(at);
  }

  close() {
    this.isClosed = true;
    this.stream?.close();
    this.looking?.abort();
  }

  // -- what is shown -----------------------------------------------------------------------------------------

  /** The production as of the moment that is looked at. */
  get shown() {
    return this.at ? (this.past.get(this.at) ?? this.lastPast ?? this.view) : this.view;
  }

  get revision() {
    return Math.max(this.view?.revision ?? 0, this.facts.at(-1)?.ordinal ?? 0);
  }

  /** The facts up to the moment that is looked at. */
  get shownFacts() {
    return this.at ? this.facts.filter((one) => one.ordinal <= this.at) : this.facts;
  }

  /** How far the work on something is, or null: nothing works in the past. */
  step(about) {
    return this.at ? null : (this.steps.get(about) ?? null);
  }

  /** Whether an act would be granted now; in the past nothing is. */
  can(act) {
    return !this.at && Boolean(this.view?.can.includes(act));
  }

  /** Return where the production is found as of an event: its own link where the fact is known already. */
  link_at(ordinal) {
    return this.facts.find((one) => one.ordinal === ordinal)?.state ?? `${this.link}?at=${ordinal}`;
  }

  /** Show the production as of an event, or as of now where there is no later one. */
  async look(at) {
    this.looking?.abort();
    this.at = at && this.view && at >= this.revision ? null : at;
    this.changed();
    if (!this.at || this.past.has(this.at)) return;
    const wanted = this.at;
    this.looking = new AbortController();
    try {
      const view = await this.client.get(this.link_at(wanted), { signal: this.looking.signal });
      this.past.set(wanted, view);
      if (this.past.size > PAST_KEPT_MAX) this.past.delete(this.past.keys().next().value);
      if (this.at === wanted) this.lastPast = view;
      this.problems.delete("look");
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Problem)) throw error;
      this.problems.set("look", error);
      if (this.at === wanted && error.status === 422) this.at = null;
    }
    this.changed();
  }

  // -- what comes in -----------------------------------------------------------------------------------------

  /** Ask for the newest state, once however often this is said while the answer is on its way. */
  refresh() {
    this.isStale = true;
    this.refreshing ??= this.catchUp().finally(() => (this.refreshing = null));
  }

  async catchUp() {
    while (this.isStale && !this.isClosed) {
      this.isStale = false;
      try {
        this.take(await this.client.get(this.link));
        this.failure = null;
        this.stream ??= this.follow();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (!error.isAway) this.failure = error;
        else if (this.stream) this.line = "lost";
        else {
          this.line = "lost";
          setTimeout(() => this.isClosed || this.refresh(), 1000);
        }
      }
      this.changed();
    }
  }

  follow() {
    return new Stream(this.client, this.view.links.events, {
      fact: (event) => this.hear(event),
      progress: (step) => this.hearStep(step),
      link: (line) => {
        this.line = line === "live" || line === "lost" ? line : "lost";
        if (line instanceof Problem) this.failure = line;
        if (line === "lost") this.steps.clear();
        if (line === "live") this.refresh();
        this.changed();
      },
    });
  }

  take(view) {
    if (!this.view || view.revision >= this.view.revision) this.view = view;
    if (this.at && this.at >= this.view.revision) this.at = null;
  }

  hear(event) {
    this.facts.push(event);
    if (this.unsure && event.fact.words === this.unsure.words && event.ordinal > this.unsure.heard) {
      this.unsure.settle();
      this.unsure = null;
      this.problems.delete("say");
    }
    this.byId.set(event.id, event);
    for (const about of settledBy(event)) this.steps.delete(about);
    if (!this.view || event.ordinal > this.view.revision) this.refresh();
    this.changed();
  }

  hearStep(step) {
    let one = this.steps.get(step.about);
    if (!one) this.steps.set(step.about, (one = { preview: null }));
    Object.assign(one, { service: step.service, note: step.note ?? "", done: step.done, total: step.total, told: performance.now() });
    if (step.preview) one.preview = `data:image/jpeg;base64,${step.preview}`;
    one.left_s = step.eta_s;
    this.changed();
  }

  // -- what a person does ------------------------------------------------------------------------------------

  /** Do an act, once at a time. Return whether it was granted; why not is among the problems, under the act's name. */
  async act(name, link, body, { method = "POST", headers } = {}) {
    if (this.busy.has(name)) return false;
    this.busy.add(name);
    this.problems.delete(name);
    this.changed();
    try {
      const view = await this.client.send(method, link, body, headers);
      if (view.revision && view.status) this.take(view);
      else this.refresh();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problems.set(name, error);
      // Somebody else may have been faster: look what is true now.
      this.refresh();
      return false;
    } finally {
      this.busy.delete(name);
      this.changed();
    }
  }

  forgive(name) {
    this.problems.delete(name);
    this.changed();
  }
}

/** What is no longer being worked on, once this is a fact. */
function settledBy({ type, fact }) {
  switch (type) {
    case "sample.rendered":
    case "sample.failed":
      return ["sample"];
    case "segment.rendered":
    case "segment.failed":
      return [`segment ${fact.segment}`];
    case "segment.approved":
    case "segment.rejected":
      return [`review ${fact.segment}-${fact.take}`];
    case "intent.parsed":
    case "intent.questioned":
      return ["intent"];
    case "plan.written":
    case "plan.revised":
      return ["plan"];
    case "production.reviewed":
      return ["last look"];
    case "production.done":
      return ["film"];
    default:
      return [];
  }
}
