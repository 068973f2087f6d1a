// What is typed while an answer is on its way: the part of the page that comes with it has the form anew, and takes the
// place of the old one. What was typed into that since it was sent is put into the new one, for the same thing only.
import { fieldsOf, putBack, stateOf } from "./app.js";

const typedAt = new WeakMap(); // field: when it was last typed into

const note = (field) => typedAt.set(field, performance.now());

/** What a form is about: those of the panel have the same ids for every item. */
const subject = (form) => [form.id, form.getAttribute("action"), form.elements.ids?.value].join(" ");

const forms = () => [...document.querySelectorAll("form[id]")];

const typedSince = (moment) =>
  forms().flatMap((form) =>
    fieldsOf(form)
      .filter((field) => typedAt.get(field) > moment)
      .map((field) => ({ field, about: subject(form), cursor: field.selectionEnd, focused: field === document.activeElement })),
  );

/** From the first field on that is typed into. */
export function begin(first) {
  note(first);
  document.addEventListener("input", ({ target }) => note(target));
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => (ctx.asked = performance.now()));
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => (ctx.typedOn = typedSince(ctx.asked)));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    putAllBack((ctx.typedOn ?? []).filter(({ field }) => !field.isConnected));
  });
}

function putAllBack(lost) {
  for (const { field, about, cursor, focused } of lost) {
    const form = forms().find((each) => subject(each) === about);
    const fresh = form?.elements[field.name];
    if (!fresh) continue;
    putBack(form, stateOf(field));
    if (focused) fresh.focus?.({ preventScroll: true });
    if (focused && cursor != null) fresh.setSelectionRange?.(cursor, cursor);
  }
}
