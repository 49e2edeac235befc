// What a person has begun to say and not yet sent: kept in the browser, so that a reload loses neither words nor pictures.

const DATABASE = "kindling drafts";
const PICTURES = "pictures";

export class Drafts {
  /** @param place keeps drafts for one server apart from those for another. */
  constructor(place, changed) {
    this.place = place;
    this.changed = changed;
    this.texts = new Map();
    this.pictures = new Map();
    this.opening = open_database();
    this.load();
  }

  key(name) {
    return `kindling ${this.place} ${name}`;
  }

  text(name) {
    if (!this.texts.has(name)) this.texts.set(name, stored(() => localStorage.getItem(this.key(name))) ?? "");
    return this.texts.get(name);
  }

  write(name, text) {
    this.texts.set(name, text);
    stored(() => (text ? localStorage.setItem(this.key(name), text) : localStorage.removeItem(this.key(name))));
  }

  images(name) {
    return this.pictures.get(name) ?? [];
  }

  /** Keep these files, and their names, as the pictures of a draft. */
  async keep(name, files) {
    this.pictures.set(name, files);
    this.changed();
    const database = await this.opening;
    const pictures = database?.transaction(PICTURES, "readwrite").objectStore(PICTURES);
    if (files.length) pictures?.put(files, this.key(name));
    else pictures?.delete(this.key(name));
  }

  clear(name) {
    this.write(name, "");
    if (this.images(name).length) this.keep(name, []);
  }

  async load() {
    const database = await this.opening;
    if (!database) return;
    const pictures = database.transaction(PICTURES).objectStore(PICTURES);
    const ours = IDBKeyRange.bound(this.key(""), this.key("\uffff"));
    pictures.openCursor(ours).onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return this.changed();
      const name = cursor.key.slice(this.key("").length);
      if (!this.pictures.has(name)) this.pictures.set(name, cursor.value);
      cursor.continue();
    };
  }
}

/** Return what the storage says; null where the browser keeps nothing for us, as in a private window. */
function stored(ask) {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

function open_database() {
  return new Promise((done) => {
    const asked = stored(() => indexedDB.open(DATABASE, 1));
    if (!asked) return done(null);
    asked.onupgradeneeded = () => asked.result.createObjectStore(PICTURES);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done(null);
  });
}
