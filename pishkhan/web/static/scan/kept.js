// Scans that have not been sent yet, in the browser's own database: they outlast a reload and a closed tab,
// for a day, and are never shown to another user. Where there is no such database, nothing is kept.

const DAY = 24 * 3600 * 1000;

const settled = (request) => new Promise((done, fail) => {
  request.addEventListener("success", () => done(request.result));
  request.addEventListener("error", () => fail(request.error));
});

async function scans(mode) {
  const opening = indexedDB.open("scans", 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("scans", { keyPath: "address" }));
  return (await settled(opening)).transaction("scans", mode).objectStore("scans");
}

async function quietly(act, otherwise) {
  try {
    return await act();
  } catch {
    return otherwise;
  }
}

// `scan.address` is where it is sent to, which names the form and the slot; `scan.owner` whose it is.
export const keep = (scan) => quietly(async () => settled((await scans("readwrite")).put({ ...scan, at: Date.now() })));

export const forget = (address) => quietly(async () => settled((await scans("readwrite")).delete(address)));

// What this owner has not sent; whatever is older than a day or somebody else's is deleted.
export const keptOf = (owner) => quietly(async () => {
  const store = await scans("readwrite");
  const all = await settled(store.getAll());
  const isGood = (scan) => scan.owner === owner && Date.now() - scan.at < DAY;
  for (const scan of all) if (!isGood(scan)) store.delete(scan.address);
  return all.filter(isGood);
}, []);
