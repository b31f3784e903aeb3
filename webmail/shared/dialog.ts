// Dialogs and popovers on the native <dialog>: Escape closes, the focus stays inside and returns to where it was.
import { button, el, fill, type Kid } from "./el.ts";

export interface Dialog {
  root: HTMLDialogElement;
  close(): void;
}

// `kind` is a class: "popover" for choosers without a backdrop, "viewer" for the whole window.
export function openDialog(title: string, kind: "box" | "popover" | "viewer", ...kids: Kid[]): Dialog {
  const before = document.activeElement;
  const heading = el("h2", {}, title);
  const root = el("dialog", { class: kind, "aria-label": title }, heading, ...kids);
  const close = (): void => root.close();
  root.addEventListener("click", (event) => {
    if (event.target === root) close();
  });
  root.addEventListener("close", () => {
    root.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  document.body.append(root);
  root.showModal();
  return { root, close };
}

export interface Question {
  title: string;
  // Empty: there is nothing to type.
  label: string;
  value: string;
  explanation: string;
  action: string;
  isDangerous: boolean;
  // Resolves to why it cannot be done, or null when it is done.
  run(value: string): Promise<string | null>;
}

// One question with at most one field; it stays open, with the reason, until what it asks for is done.
export function ask(question: Question): void {
  const error = el("p", { class: "error", role: "alert", id: "ask-error" });
  const field = el("input", { id: "ask-field", type: "text", "aria-describedby": "ask-error", autocomplete: "off" });
  field.value = question.value;
  const submit = el("button", { type: "submit", class: question.isDangerous ? "danger" : "primary" }, question.action);
  const form = el(
    "form",
    { method: "dialog" },
    question.explanation === "" ? null : el("p", {}, question.explanation),
    question.label === "" ? null : el("label", { for: "ask-field" }, question.label),
    question.label === "" ? null : field,
    error,
    el("div", { class: "buttons" }, submit, button("Cancel", () => dialog.close())),
  );
  const dialog = openDialog(question.title, "box", form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (question.label !== "" && field.value.trim() === "") {
      fill(error, "A name is needed.");
      return field.focus();
    }
    submit.disabled = true;
    void question.run(field.value.trim()).then((problem) => {
      submit.disabled = false;
      if (problem === null) return dialog.close();
      fill(error, problem);
      field.focus();
    });
  });
  if (question.label === "") submit.focus();
  else field.select();
}
