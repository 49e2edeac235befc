// Numbers, times and lists as people read them.

export const shorten = (text, length_max = 160) => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= length_max ? line : `${line.slice(0, length_max - 1).replace(/[\s,.;:]*\S*$/, "")} …`;
};

export const quote = (words, length_max = 160) => `“${shorten(words, length_max)}”`;

export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

export const sentence = (text) => (!text || /[.!?…:]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** A length of time: `0.4 s`, `12 s`, `2 min 5 s`, `1 h 4 min`. */
export function spell_s(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
  const minutes = Math.round(seconds / 60);
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** The length of a film or a clip: `20 s`, `7.5 s`, `1 min 30 s`. */
export const length_s = (seconds) => (seconds < 60 ? `${Number(seconds.toFixed(2))} s` : spell_s(seconds));

/** Roughly how long something will still take: `a moment`, `about 12 s`, `about 4 min`. */
export function left_s(seconds) {
  if (seconds < 1.5) return "a moment";
  if (seconds < 90) return `about ${seconds < 20 ? Math.round(seconds) : Math.round(seconds / 5) * 5} s`;
  return `about ${spell_s(Math.round(seconds / 60) * 60)}`;
}

export function bytes(size) {
  if (size < 1e6) return `${Math.round(size / 1e3)} kB`;
  return size < 1e9 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e9).toFixed(1)} GB`;
}

/** A number with three figures that count. */
export const figure = (value) => (Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(3))));

export const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

/** How long before `now` that was: `just now`, `5 min ago`, `yesterday`, or the date. */
export function ago(time, now) {
  const seconds = (now - Date.parse(time)) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 5400) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return new Date(time).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

const NAMES = {
  title: "title", subject: "subject", language: "language", mode: "made from", duration_s: "length", aspect: "shape", style: "style",
  avoid: "avoid", shots: "shots", shot_count: "number of shots", images: "pictures", notes: "notes",
};

/** What people call a field of the brief, or a criterion. */
export const field_name = (field) => NAMES[field] ?? field.replaceAll(/[_-]/g, " ");

export const MODES = { t2v: "words", i2v: "a first picture", flf2v: "a first and a last picture" };

const VALUES = {
  duration_s: (value) => (typeof value === "number" ? length_s(value) : value),
  mode: (value) => MODES[value] ?? value,
  language: language_name,
  notes: (value) => value.replaceAll(/(^|; )(\d+): /g, "$1segment $2: "),
};

/** A language by its name in English; a tag that names none stays as it is. */
function language_name(tag) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return tag;
  }
}

/** What is in a field of the brief, as people say it. */
export const field_value = (field, value) => String(VALUES[field]?.(value) ?? value);

const PICTURES = { first_frame: "first picture", last_frame: "last picture", reference: "picture for the look" };
const picture_name = (role) => PICTURES[role] ?? `${role.replaceAll("_", " ")} picture`;
const pictures_in = (text) => new Map([...text.matchAll(/(\w+) ([0-9a-f]{6,64})/g)].map(([, role, digest]) => [digest, role]));

/** How the pictures of two briefs differ, as [{words, digest}]: `first picture replaced`, and how the digest of the one that is there now begins. */
export function picture_changes(was, now) {
  const [old, new_] = [pictures_in(was), pictures_in(now)];
  const gone = [...old].filter(([digest]) => !new_.has(digest)).map(([, role]) => role);
  const found = [];
  for (const [digest, role] of new_) {
    const before = old.get(digest);
    if (before === undefined) {
      const place = gone.indexOf(role);
      if (place >= 0) gone.splice(place, 1);
      found.push({ words: `${picture_name(role)} ${place >= 0 ? "replaced" : "added"}`, digest });
    } else if (before !== role) found.push({ words: `${picture_name(before)} is now the ${picture_name(role)}`, digest });
  }
  found.push(...gone.map((role) => ({ words: `${picture_name(role)} left out`, digest: null })));
  return found.length ? found : [{ words: "pictures in another order", digest: null }];
}

/** What a change of the brief says: `length: 20 s → 30 s`, `first picture added`. */
export function change_words(one) {
  if (one.field === "images") return picture_changes(one.was, one.now).map(({ words }) => words).join(", ");
  const [was, now] = [one.was, one.now].map((value) => (value ? field_value(one.field, value) : "open"));
  return `${field_name(one.field)}: ${was} → ${now}`;
}
