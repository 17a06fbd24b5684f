// What would bring a scan back from the branch, in words for the one who took the picture. The measures are
// coarse on purpose: a doubt is told, and the user may send the picture all the same.

import { greyOf, quantile } from "./grey.js";

const LEAST = { photo: 240, card: 480, page: 600, ink: 150 }; // pixels of the longer side

export const NO_INK = "امضا یا مهر از کاغذ جدا نشد؛ روی کاغذ سفید و در نور یکنواخت دوباره بگیرید.";

const WORDS = {
  dark: "عکس تاریک است؛ در جای روشن‌تر دوباره بگیرید.",
  blurred: "عکس تار است؛ گوشی را ثابت نگه دارید و دوباره بگیرید.",
  glare: "نور روی مدرک افتاده و بخشی از آن را پوشانده است؛ گوشی را کمی کج کنید.",
  cut: "بخشی از مدرک بیرون از عکس مانده است؛ کمی دورتر بگیرید تا هر چهار گوشه پیدا باشد.",
  small: "عکس کوچک است و نوشته‌ها خوانده نمی‌شود؛ نزدیک‌تر بگیرید یا فایل بزرگ‌تری انتخاب کنید.",
  blank: "در این عکس چیزی دیده نمی‌شود؛ شاید عکس دیگری را انتخاب کرده‌اید.",
  photo: "این تصویر به عکس ۳×۴ نمی‌ماند؛ شاید مدرک دیگری را انتخاب کرده‌اید.",
  card: "این تصویر به کارت نمی‌ماند؛ شاید مدرک دیگری را انتخاب کرده‌اید.",
  ink: "این تصویر به امضا یا مهر نمی‌ماند؛ شاید عکس دیگری را انتخاب کرده‌اید.",
  page: "این تصویر به یک صفحه نمی‌ماند؛ شاید مدرک دیگری را انتخاب کرده‌اید.",
};

// `made` is the picture as it would be sent, before its light is evened; `cut` and `fits` come from its corners.
export function verdict(made, shape, { cut, fits }) {
  const picture = greyOf(made, 800);
  const bright = quantile(picture.grey, 0.99);
  const contrast = bright - quantile(picture.grey, 0.01);
  const sharpness = steepest(picture);
  const isDark = bright < 100 && WORDS.dark;
  if (sharpness < 5 && contrast < 25) return [WORDS.blank, isDark].filter(Boolean);
  return [
    isDark,
    sharpness < 0.12 * contrast && WORDS.blurred,
    (shape === "card" || shape === "page") && hasGlare(greyOf(made, 120)) && WORDS.glare,
    cut && WORDS.cut,
    Math.max(made.width, made.height) < LEAST[shape] && WORDS.small,
    !fits && WORDS[shape],
  ].filter(Boolean);
}

// The rise of the steepest edges from one pixel to the next: in a blurred picture they take many pixels, and
// where there is nothing to see there are none.
function steepest({ grey, width, height }) {
  const steps = new Float32Array(width * height);
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const at = y * width + x;
      steps[at] = Math.max(Math.abs(grey[at + 1] - grey[at]), Math.abs(grey[at + width] - grey[at]));
    }
  }
  return quantile(steps, 0.998);
}

// A burnt-out spot whose light fades away around it; what is printed white has a hard edge.
function hasGlare({ grey, width, height }) {
  const usual = quantile(grey, 0.5);
  if (usual > 230) return false; // white paper
  let [burnt, fading] = [0, 0];
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      const at = y * width + x;
      if (grey[at] < 250) continue;
      burnt += 1;
      for (const to of [at - 2, at + 2, at - 2 * width, at + 2 * width]) if (grey[to] > (usual + 250) / 2 && grey[to] < 250) fading += 1;
    }
  }
  return burnt > 0.01 * grey.length && fading > 0.5 * Math.sqrt(burnt);
}
