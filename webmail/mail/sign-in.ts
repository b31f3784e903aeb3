// The form to sign in with.
import { type Call, setCsrf, why } from "../shared/call.ts";
import { el, fill } from "../shared/el.ts";

export function signInForm(call: Call, done: () => void): HTMLElement {
  const name = el("input", { id: "name", type: "text", autocomplete: "username", required: true, "aria-describedby": "sign-in-error" });
  const password = el("input", { id: "password", type: "password", autocomplete: "current-password", required: true });
  const error = el("p", { class: "error", role: "alert", id: "sign-in-error" });
  const submit = el("button", { type: "submit", class: "primary" }, "Sign in");

  const signIn = async (): Promise<void> => {
    submit.disabled = true;
    fill(error);
    try {
      const { login_token } = await call("session.prepare", {});
      const begun = await call("session.sign_in", { login_token, name: name.value, password: password.value });
      setCsrf(begun.csrf);
      done();
    } catch (problem) {
      fill(error, why(problem));
      password.value = "";
      password.focus();
    } finally {
      submit.disabled = false;
    }
  };

  const form = el(
    "form",
    {
      class: "sign-in",
      submit: (event) => {
        event.preventDefault();
        void signIn();
      },
    },
    el("h1", {}, "Stagecoach"),
    el("label", { for: "name" }, "Address"),
    name,
    el("label", { for: "password" }, "Password"),
    password,
    error,
    submit,
  );
  return el("main", { class: "sign-in-page" }, form);
}
