// The point of a picture that every crop keeps: click, drag or arrow keys. Without a script two number fields do it.
//
// <div class="focal" data-module="focal" data-x="#focal_x" data-y="#focal_y"><img …></div>; images marked data-crop
// show the crops as they will be. Left is left, whatever the writing direction: it is the picture's left.
import { fill, make, wordsOf } from "./app.js";

const STEP = 0.01;
const STRIDE = 0.1;

export default function focal(root) {
  const words = wordsOf(root);
  const inputs = [document.querySelector(root.dataset.x), document.querySelector(root.dataset.y)];
  const knob = make("button", { type: "button" });
  const crops = document.querySelectorAll("[data-crop]");
  root.append(knob);

  const read = () => inputs.map((input) => (input.value === "" ? 0.5 : Number(input.value)));

  function show() {
    const [x, y] = read().map((share) => Math.round(share * 100));
    knob.style.left = `${x}%`;
    knob.style.top = `${y}%`;
    knob.setAttribute("aria-label", fill(words.point, { x, y }));
    for (const crop of crops) crop.style.objectPosition = `${x}% ${y}%`;
  }

  function set(point) {
    point.forEach((share, axis) => (inputs[axis].value = Math.max(0, Math.min(share, 1)).toFixed(2)));
    inputs[0].dispatchEvent(new Event("input", { bubbles: true }));
    show();
  }

  function follow(event) {
    const box = root.getBoundingClientRect();
    set([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }

  root.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    root.setPointerCapture(event.pointerId);
    knob.focus();
    follow(event);
  });
  root.addEventListener("pointermove", (event) => root.hasPointerCapture(event.pointerId) && follow(event));
  root.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const step = event.shiftKey ? STRIDE : STEP;
    set(read().map((share, axis) => share + way[axis] * step));
  });
  inputs.forEach((input) => input.addEventListener("input", show));
  show();
}
