// What was typed is not lost to an expired session: where a script's request is answered "sign in first", the form's
// fields are put aside under its id and put back when the form is seen again. (A plain form that is sent in this
// state is kept by the server.) Passwords, files and hidden fields are never put aside.

const KEPT = "vitrine:typed:";
const NEVER = ["hidden", "password", "file", "submit", "button", "reset"];

const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && !field.disabled && !NEVER.includes(field.type));

const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

/** Put aside what a form holds. */
export function keep(form) {
  if (!form?.id) return;
  const fields = fieldsOf(form).map((field) => [field.name, field.value, isChoice(field) ? field.checked : null]);
  try {
    sessionStorage.setItem(KEPT + form.id, JSON.stringify({ path: location.pathname, fields }));
  } catch {
    // A full or forbidden storage must not stop the way to the sign-in page.
  }
}

/** Put back what was put aside for the forms of this page; true where there was something. */
export function restore() {
  const restored = [...document.querySelectorAll("form[id]")].filter((form) => {
    const kept = JSON.parse(sessionStorage.getItem(KEPT + form.id));
    if (kept?.path !== location.pathname) return false;
    sessionStorage.removeItem(KEPT + form.id);
    for (const [name, value, checked] of kept.fields) putBack(form, name, value, checked);
    return true;
  });
  return restored.length > 0;
}

function putBack(form, name, value, checked) {
  for (const field of fieldsOf(form).filter((one) => one.name === name)) {
    if (checked !== null) {
      if (field.value === value) field.checked = checked;
    } else if (field.value !== value) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}
