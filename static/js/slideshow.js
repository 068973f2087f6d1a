// A slideshow that goes on by itself, once somebody has asked for it. It waits while a pointer or the focus is in it or
// nobody sees it, and is not offered to people who like things to stand still.

const REST = 5000; // milliseconds that each item is shown
const list = document.getElementById("items");
const button = document.getElementById("run");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let timer = 0;

const middle = ({ left, right }) => (left + right) / 2;

/** The item that stands in the middle, and the one that comes after it: after the last the first. */
function following() {
  const from = middle(list.getBoundingClientRect());
  const away = (item) => Math.abs(middle(item.getBoundingClientRect()) - from);
  const items = [...list.children];
  const here = items.reduce((nearest, item) => (away(item) < away(nearest) ? item : nearest));
  return here.nextElementSibling ?? items[0];
}

function go() {
  if (document.hidden || list.matches(":hover, :focus-within")) return;
  list.scrollBy({ left: middle(following().getBoundingClientRect()) - middle(list.getBoundingClientRect()) });
}

function run(on) {
  clearInterval(timer);
  timer = on ? setInterval(go, Number(button.dataset.rest) || REST) : 0;
  button.textContent = on ? button.dataset.stop : button.dataset.start;
}

function offer() {
  if (calm.matches) run(false);
  button.parentElement.hidden = calm.matches;
}

button.addEventListener("click", () => run(!timer));
calm.addEventListener("change", offer);
offer();
