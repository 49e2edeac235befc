// The gateway's own page: the element, and the address that says what it shows, so that a reload shows the same.

const element = document.querySelector("kindling-production");
const TOKEN = "kindling token";
const THEME = "kindling theme";

function open_place() {
  const [, production, at] = /^#([a-z0-9-]+)(?:@(\d+))?$/.exec(location.hash) ?? [];
  for (const [name, value] of [["at", at], ["production", production]]) {
    if (value) element.setAttribute(name, value);
    else element.removeAttribute(name);
  }
}

element.addEventListener("kindling-place", ({ detail: { production, at, was } }) => {
  const place = production ? `#${production}${at ? `@${at}` : ""}` : location.pathname;
  // Moving the handle is no step to go back over; opening another film is.
  if (was === production) history.replaceState(null, "", place);
  else history.pushState(null, "", place);
});
element.addEventListener("kindling-drawn", ({ detail: { title, status } }) => {
  const sign = status?.is_waiting ? "● " : "";
  document.title = title ? `${sign}${title} · Kindling` : "Kindling";
});
// A token lives as long as this tab does, and is never part of an address.
element.addEventListener("kindling-token", ({ detail: { token } }) => sessionStorage.setItem(TOKEN, token));
element.addEventListener("kindling-theme", ({ detail: { theme } }) => localStorage.setItem(THEME, theme));
addEventListener("popstate", open_place);
addEventListener("hashchange", open_place);

element.setAttribute("theme", localStorage.getItem(THEME) ?? "auto");
const token = sessionStorage.getItem(TOKEN);
if (token) element.setAttribute("token", token);
open_place();
// Only now, when it is known what is to be shown: so that nothing else is asked for.
import("./kindling-production.js");
