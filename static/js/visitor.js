// A gallery's page for visitors. All of it works without: here the next pictures come below these when they are asked
// for, and whoever comes back from one picture finds the focus on it.

/** Put what the next page has below the items that are here; false where it is another kind of page. */
function append(next) {
  const [list, more] = [next.querySelector("#items"), next.querySelector("#more")];
  if (!list) return false;
  const [last, asked] = [document.querySelectorAll(".p-room"), document.querySelector("#more")];
  const room = document.importNode(list.parentElement, true);
  const items = room.querySelector("#items");
  items.removeAttribute("id");
  last[last.length - 1].after(room);
  if (more) asked.href = more.href;
  else asked.parentElement.remove();
  items.querySelector("a, [tabindex]")?.focus({ preventScroll: true });
  return true;
}

document.addEventListener("click", async (event) => {
  const more = event.target.closest("#more");
  if (!more || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (more.ariaBusy === "true") return;
  more.ariaBusy = "true";
  const url = more.href;
  try {
    const answer = await fetch(url);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !append(next)) location.href = url;
  } catch {
    location.href = url;
  }
  more.ariaBusy = "false";
});

/** Focus what the address names: the picture that somebody comes back from. */
function arrive() {
  const named = location.hash.startsWith("#i-") && document.getElementById(location.hash.slice(1));
  const link = named && (named.matches("a") ? named : named.querySelector("a, [tabindex]"));
  if (link) link.focus({ preventScroll: true });
}

addEventListener("pageshow", arrive); // after the browser itself has gone there, which takes the focus away
