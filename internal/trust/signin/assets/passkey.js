// Makes and uses passkeys. Without this module the other ways of signing in
// are still there; the parts it needs stay hidden until it runs.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function ask(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.detail);
  return data;
}

const described = (list) => list?.map((c) => ({ ...c, id: toBytes(c.id) }));

async function make({ publicKey }) {
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.user.id = toBytes(publicKey.user.id);
  publicKey.excludeCredentials = described(publicKey.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey });
  return {
    id: made.id, rawId: toText(made.rawId), type: made.type, clientExtensionResults: {},
    response: { attestationObject: toText(made.response.attestationObject), clientDataJSON: toText(made.response.clientDataJSON), transports: made.response.getTransports?.() ?? [] },
  };
}

async function use({ publicKey }) {
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.allowCredentials = described(publicKey.allowCredentials);
  const used = await navigator.credentials.get({ publicKey });
  const { authenticatorData, clientDataJSON, signature, userHandle } = used.response;
  return {
    id: used.id, rawId: toText(used.rawId), type: used.type, clientExtensionResults: {},
    response: { authenticatorData: toText(authenticatorData), clientDataJSON: toText(clientDataJSON), signature: toText(signature), userHandle: userHandle ? toText(userHandle) : undefined },
  };
}

function start(box) {
  if (box.dataset.host !== location.hostname) return; // the browser would refuse
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    try {
      const { step, options } = await ask(box.dataset.begin, {});
      const answer = await (box.dataset.passkey === "make" ? make(options) : use(options));
      const { go } = await ask(box.dataset.finish, { step, answer, next: box.dataset.next ?? "", name: box.querySelector("input")?.value ?? "" });
      location.assign(go);
    } catch (error) {
      // The browser says NotAllowedError when somebody stops halfway.
      said.textContent = error instanceof DOMException || !error.message ? box.dataset.failed : error.message;
      button.disabled = false;
    }
  });
}

if (window.PublicKeyCredential) document.querySelectorAll("[data-passkey]").forEach(start);
