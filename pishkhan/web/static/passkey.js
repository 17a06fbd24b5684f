// Passkeys: asks the browser for one, puts its answer into the form, and sends the form.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const SAID = {
  NotAllowedError: "گذرکلید به کار نرفت: پنجره بسته شد، یا زمان آن گذشت. دوباره بیازمایید.",
  InvalidStateError: "این دستگاه پیش‌تر برای همین حساب گذرکلید ساخته است.",
  SecurityError: "گذرکلید تنها در نشانی اصلی و امن سامانه کار می‌کند.",
};

function read(options) {
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) {
    for (const each of list ?? []) each.id = toBytes(each.id);
  }
  return options;
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  const id = toText(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response, clientExtensionResults: {} });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-said]");
  const say = (words) => {
    said.hidden = !words;
    said.querySelector("[data-words]").textContent = words;
  };
  if (!window.PublicKeyCredential) {
    say("این مرورگر گذرکلید نمی‌شناسد.");
    form.querySelector("button").disabled = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const publicKey = read(JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.querySelector("[name=passkey]").value = written(credential);
      form.submit();
    } catch (error) {
      say(SAID[error.name] ?? "گذرکلید به کار نرفت؛ دوباره بیازمایید.");
      button.disabled = false;
    }
  });
}
