// A secret that is shown once: a password, a token, recovery codes.
"use strict";

const once = (() => {
  const part = find("#once");
  const secret = find(".secret", part);

  function hide() {
    secret.textContent = "";
    part.hidden = true;
  }

  // Shows lines of text under a title, which gets the focus.
  function show(title, ...lines) {
    const heading = find("h2", part);
    heading.replaceChildren(...label(...title));
    secret.textContent = lines.join("\n");
    part.hidden = false;
    heading.focus();
  }

  find("[data-copy]", part).addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(secret.textContent);
      say(["คัดลอกแล้ว", "Copied."], "good");
    } catch {
      // Without TLS there is no clipboard: what is selected can be copied by hand.
      getSelection().selectAllChildren(secret);
      say(["เลือกข้อความไว้แล้ว กด Ctrl+C เพื่อคัดลอก", "Selected: press Ctrl+C to copy."]);
    }
  });
  find("[data-close]", part).addEventListener("click", hide);
  return { show, hide };
})();
