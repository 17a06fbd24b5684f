// Grey pictures: what corners, light and faults are read from. Values from 0 to 255, row by row.

export function greyOf(source, longest) {
  const scale = Math.min(1, longest / Math.max(source.width, source.height));
  const width = Math.max(1, Math.round(source.width * scale));
  const height = Math.max(1, Math.round(source.height * scale));
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(source, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  }
  return { grey, width, height };
}

// The value that so large a share of the values is below.
export function quantile(values, share) {
  const counts = new Uint32Array(256);
  for (const value of values) counts[Math.min(255, Math.max(0, Math.round(value)))] += 1;
  let left = share * values.length;
  for (let value = 0; value < 256; value++) {
    left -= counts[value];
    if (left <= 0) return value;
  }
  return 255;
}
