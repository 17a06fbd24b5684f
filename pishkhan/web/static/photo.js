// Makes a picture that the server takes: upright, JPG, no larger than the branch takes. Phones take pictures of 3 to 5 MB.

const LONGEST = [2000, 1600, 1280, 1000, 800];
const QUALITIES = [0.88, 0.75, 0.6];

const encoded = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// The file itself when it is good as it is; a smaller one; or null when this is no picture.
export async function fitted(file, limit) {
  if (file.size <= limit && file.type === "image/jpeg") return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  for (const longest of LONGEST) {
    const canvas = drawn(bitmap, longest);
    for (const quality of QUALITIES) {
      const blob = await encoded(canvas, quality);
      if (blob && blob.size <= limit) return new File([blob], "scan.jpg", { type: "image/jpeg" });
    }
  }
  return file; // a picture all the same: the server says what is wrong with it
}
