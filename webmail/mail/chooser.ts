// Popovers to choose from: where to move messages, with type-ahead; which labels they have.
import type { ShownMailbox } from "../shared/api.ts";
import { openDialog } from "../shared/dialog.ts";
import { button, el, fill } from "../shared/el.ts";
import { inOrder } from "./mailbox-list.ts";

export function chooseMailbox(mailboxes: readonly ShownMailbox[], chosen: (to: ShownMailbox) => void): void {
  const field = el("input", { id: "move-to", type: "text", autocomplete: "off" });
  const list = el("ul", { class: "choices" });
  const matching = (): ShownMailbox[] => {
    const typed = field.value.trim().toLowerCase();
    return inOrder(mailboxes).filter((one) => one.name.toLowerCase().includes(typed));
  };
  const take = (one: ShownMailbox): void => {
    dialog.close();
    chosen(one);
  };
  const draw = (): void => fill(list, ...matching().map((one) => el("li", {}, button(one.name, () => take(one)))));
  const form = el(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        const first = matching()[0];
        if (first) take(first);
      },
    },
    el("label", { for: "move-to" }, "Mailbox (Enter takes the first)"),
    field,
    list,
  );
  field.addEventListener("input", draw);
  draw();
  const dialog = openDialog("Move to", "popover", form);
  field.focus();
}

// `has` of each label: all of the messages have it.
export function chooseLabels(labels: ReadonlyMap<string, boolean>, change: (label: string, isOn: boolean) => void): void {
  const field = el("input", { id: "new-label", type: "text", autocomplete: "off", "aria-describedby": "label-error" });
  const error = el("p", { class: "error", role: "alert", id: "label-error" });
  const list = el("ul", { class: "choices" });
  const entry = (label: string, isOn: boolean, at: number): HTMLElement => {
    const box = el("input", { type: "checkbox", id: `label-${at}` });
    box.checked = isOn;
    box.addEventListener("change", () => change(label, box.checked));
    return el("li", {}, box, el("label", { for: `label-${at}` }, label));
  };
  [...labels].forEach(([label, isOn], at) => list.append(entry(label, isOn, at)));
  const form = el(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        const label = field.value.trim().toLowerCase();
        // RFC 9051 9: a keyword is an atom.
        if (!/^[^\s(){%*"\\\]\x00-\x1f\x7f-\uffff$][^\s(){%*"\\\]\x00-\x1f\x7f-\uffff]*$/.test(label))
          return fill(error, "A label is one word of ASCII letters, digits and signs.");
        dialog.close();
        change(label, true);
      },
    },
    list,
    el("label", { for: "new-label" }, "New label"),
    field,
    error,
    el("div", { class: "buttons" }, el("button", { type: "submit", class: "primary" }, "Add"), button("Close", () => dialog.close())),
  );
  const dialog = openDialog("Labels", "popover", form);
  if (!list.firstElementChild) field.focus();
}
