// What others change in the list is shown every ten seconds while it is looked at: whole cards anew, but neither the one
// with the focus or an open menu, nor what is selected. Nothing comes where nothing has changed (304).

const PAUSE = 10000;

export default function list(root) {
  let tag = root.dataset.tag;
  const look = async () => {
    const list = document.getElementById("gallery-list");
    if (document.hidden || !list || list.matches(".htmx-request")) return;
    const headers = { "HX-Request": "true", "If-None-Match": `"${tag}"` };
    const url = location.href;
    const answer = await fetch(url, { headers, cache: "no-store" }).catch(() => null);
    if (answer?.status !== 200 || url !== location.href) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    tag = found.getElementById("gallery-list")?.dataset.tag;
    for (const fresh of found.querySelectorAll("#gallery-cards > [id]")) refresh(document.getElementById(fresh.id), fresh);
  };
  setInterval(look, PAUSE);
  document.addEventListener("visibilitychange", look);
}

function refresh(card, fresh) {
  if (!card || card.dataset.tag === fresh.dataset.tag) return;
  if (card.contains(document.activeElement) || card.querySelector("details[open]")) return;
  const box = fresh.querySelector(".cb");
  if (box) box.checked = card.querySelector(".cb")?.checked ?? false;
  card.replaceWith(fresh);
}
