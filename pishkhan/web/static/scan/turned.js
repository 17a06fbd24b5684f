// Whether a JPG is stored otherwise than upright: its EXIF orientation (tag 0x0112) is not 1.

const EXIF = 0x45786966; // "Exif"

export async function isTurned(file) {
  const view = new DataView(await file.slice(0, 65536).arrayBuffer());
  try {
    for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === EXIF) return orientation(view, at + 10) > 1;
    }
  } catch {
    // shorter than it says: what cannot be read is as good as upright
  }
  return false;
}

function orientation(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const table = start + view.getUint32(start + 4, little);
  for (let entry = 0; entry < view.getUint16(table, little); entry++) {
    const at = table + 2 + 12 * entry;
    if (view.getUint16(at, little) === 0x0112) return view.getUint16(at + 8, little);
  }
  return 1;
}
