// Finds the number whose key begins as the challenge says (ALTCHA, PBKDF2), and answers with the form's field.

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function keyOf(counter, { nonce, salt, cost, keyLength }) {
  const password = new Uint8Array([...bytesOf(nonce), 0, 0, 0, 0]);
  new DataView(password.buffer).setUint32(password.length - 4, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(salt), iterations: cost };
  return hexOf(new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8)));
}

self.addEventListener("message", async ({ data: challenge }) => {
  for (let counter = 0; ; counter++) {
    const derivedKey = await keyOf(counter, challenge.parameters);
    if (derivedKey.startsWith(challenge.parameters.keyPrefix)) {
      self.postMessage(btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } })));
      break;
    }
  }
});
