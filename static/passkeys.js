// How does a device show who somebody is? It makes or uses a key (WebAuthn), and its answer goes out with the form.
"use strict";

const asked = async (form) => {
  const options = JSON.parse(form.dataset.passkey);
  if ("passkeyNew" in form.dataset)
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.passkey.value) return;
    event.preventDefault();
    try {
      form.elements.passkey.value = JSON.stringify((await asked(form)).toJSON());
    } catch {
      form.querySelector("[data-passkey-wrong]").hidden = false;
      return;
    }
    form.requestSubmit();
  });
}
