// <form data-passkey="get|create" data-options="address">: the button asks the server what to ask the
// device, has the device answer, and sends the form with the answer in its hidden field.
// Octets travel as base64url.
const octets = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const keys = (list) => list.map((key) => ({ ...key, id: octets(key.id) }));

async function create(options) {
  const { id, rawId, type, response } = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: octets(options.challenge),
      user: { ...options.user, id: octets(options.user.id) },
      excludeCredentials: keys(options.excludeCredentials),
    },
  });
  return {
    id,
    rawId: text(rawId),
    type,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
    },
  };
}

async function get(options) {
  const { id, rawId, type, response } = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: octets(options.challenge),
      allowCredentials: keys(options.allowCredentials),
    },
  });
  return {
    id,
    rawId: text(rawId),
    type,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle && text(response.userHandle),
    },
  };
}

async function answered(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value },
  });
  if (answer.redirected) location.assign(answer.url); // something else comes first
  if (!answer.ok) throw new Error(answer.statusText);
  const options = await answer.json();
  return form.dataset.passkey === "create" ? create(options) : get(options);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  const { credential } = form.elements;
  const failed = form.querySelector("[data-failed]");
  form.querySelector("[data-unable]").hidden = true;
  form.querySelector("button[type=submit]").hidden = false;
  form.addEventListener("submit", async (event) => {
    if (credential.value) return; // the device has answered
    event.preventDefault();
    failed.hidden = true;
    try {
      credential.value = JSON.stringify(await answered(form));
      form.requestSubmit();
    } catch {
      failed.hidden = false;
    }
  });
  // Coming back by the browser's history asks the device anew.
  addEventListener("pageshow", () => {
    credential.value = "";
  });
}
