// A JPG of at most so many bytes: by quality first, then by size.

const QUALITIES = [0.88, 0.75, 0.6, 0.45];

export async function compressed(canvas, limit) {
  for (const quality of QUALITIES) {
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (blob.size <= limit) return blob;
  }
  return compressed(resized(canvas, Math.max(canvas.width, canvas.height) * 0.75), limit);
}

// The picture upright after so many quarter turns to the right, on white, no longer than `longest`.
export function resized(source, longest, turns = 0) {
  const scale = Math.min(1, longest / Math.max(source.width, source.height));
  const [width, height] = [Math.max(1, Math.round(source.width * scale)), Math.max(1, Math.round(source.height * scale))];
  const canvas = turns % 2 ? new OffscreenCanvas(height, width) : new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff"; // what is transparent in a PNG
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((turns * Math.PI) / 2);
  pen.drawImage(source, -width / 2, -height / 2, width, height);
  return canvas;
}
