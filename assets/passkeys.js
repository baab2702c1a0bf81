// Passkeys: asks the server for a challenge, the device for an answer, and brings it back.
// A button says what it is for: <button data-passkey="sign-in" data-failed="..." data-next="...">;
// the element after it with role=status says what went wrong.
const bytes = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const call = async (name, said) => {
  const answer = await fetch(`/do/passkey/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...said, language: document.documentElement.lang }),
  });
  const found = await answer.json();
  if (answer.ok) return found;
  if (found.refused === "confirmation_needed") {
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`/${document.documentElement.lang}/confirm?next=${here}`);
  }
  throw Object.assign(new Error(found.message), { told: found.message });
};

const prove = async () => {
  const { ticket, options } = await call("ask", {});
  const found = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: [] },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return {
    ticket,
    credential: {
      id: found.id, rawId: text(found.rawId), type: found.type,
      response: {
        clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData),
        signature: text(signature), userHandle: userHandle ? text(userHandle) : null,
      },
    },
  };
};

const make = async () => {
  const { ticket, options } = await call("offer", {});
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    },
  });
  const { clientDataJSON, attestationObject } = made.response;
  return {
    ticket,
    credential: {
      id: made.id, rawId: text(made.rawId), type: made.type,
      response: {
        clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject),
      },
    },
  };
};

export const press = async (button) => {
  const status = button.parentElement.querySelector("[role=status]");
  const { passkey, next, failed } = button.dataset;
  status.textContent = "";
  button.disabled = true;
  try {
    const said = passkey === "add"
      ? { ...(await make()), name: document.getElementById("passkey-name")?.value ?? "" }
      : await prove();
    const { to } = await call(passkey, { ...said, next });
    location.assign(to);
  } catch (error) {
    status.textContent = error.told ?? failed;
    button.disabled = false;
  }
};
