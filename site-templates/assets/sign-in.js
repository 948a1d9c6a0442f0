// The form to sign in. Without JavaScript it is an ordinary form; here errors are said beside it, and the code is
// asked for only where the service wants one.
"use strict";

const signIn = find("#sign-in");

if (served) {
  const { name, password, code, to } = signIn.elements;
  to.value = ownPath(new URLSearchParams(location.search).get("to"));
  find("#code").hidden = true;
  name.focus();

  const wantsCode = (error) => ["code_required", "wrong_code"].includes(error.code);

  const sayWait = (seconds) => {
    const minutes = Math.ceil(seconds / 60);
    say(seconds < 100
      ? [`พยายามหลายครั้งเกินไป โปรดลองใหม่ในอีก ${seconds} วินาที`, `Too many attempts; try again in ${seconds} seconds.`]
      : [`พยายามหลายครั้งเกินไป โปรดลองใหม่ในอีก ${minutes} นาที`, `Too many attempts; try again in ${minutes} minutes.`], "bad");
  };

  const showRefusal = (error) => {
    if (error.status === 429 && error.retryAfter) return sayWait(error.retryAfter);
    if (wantsCode(error)) {
      find("#code").hidden = false;
      code.value = "";
      code.focus();
      if (error.code === "code_required") return say(sentenceOf(error));
    } else {
      password.select();
    }
    return say(sentenceOf(error), "bad");
  };

  signIn.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = find("button", signIn);
    if (button.disabled) return;
    button.disabled = true;
    say();
    try {
      await askJSON("POST", "/api/session", {
        name: name.value, password: password.value, ...(code.value ? { code: code.value } : {}) });
      location.replace(to.value);
    } catch (error) {
      showRefusal(error);
      button.disabled = false;
    }
  });
}
