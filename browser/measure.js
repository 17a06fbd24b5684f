// What is wrong with the page as it stands: one line each.
() => {
  const found = [];
  const root = document.documentElement;
  const short = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);
  const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const inside = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((e) => {
      const box = e.getBoundingClientRect();
      return visible(e) && inside(e) && (box.left < -1 || box.right > root.clientWidth + 1);
    });
    found.push(`overflow: ${root.scrollWidth} > ${root.clientWidth}; ${wide.slice(0, 3).map(short).join(" | ")}`);
  }
  if (root.dir !== "rtl" || getComputedStyle(document.body).direction !== "rtl") found.push("not right-to-left");
  if (root.lang !== "fa") found.push(`lang=${root.lang}`);
  if (!/\S \| پیشخوان/.test(document.title)) found.push(`title: ${document.title}`);
  const headings = [...document.querySelectorAll("h1")].filter(visible);
  if (headings.length !== 1) found.push(`${headings.length} h1`);

  // Digits: Persian wherever a person reads.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data, parent = walker.currentNode.parentElement;
    if (/[0-9٠-٩]/.test(text) && visible(parent) && !parent.closest("[dir=ltr], script, style, datalist"))
      found.push(`digits: ${text.trim().slice(0, 80)} in ${short(parent)}`);
    if (/[A-Za-z]{4,}/.test(text) && visible(parent) && !parent.closest("[dir=ltr], kbd, script, style, datalist"))
      found.push(`Latin words: ${text.trim().slice(0, 80)}`);
    if (/[يك]/.test(text) && visible(parent)) found.push(`Arabic letters: ${text.trim().slice(0, 80)}`);
    if (/\{\{|\}\}|None|undefined|NaN|\[object/.test(text) && visible(parent)) found.push(`raw: ${text.trim().slice(0, 80)}`);
  }
  for (const field of document.querySelectorAll("input:not([type=hidden], [type=file]), textarea"))
    if (visible(field) && !field.closest("[dir=ltr]") && /[0-9]/.test(field.value + field.placeholder))
      found.push(`digits in a field: ${short(field)} ${field.value}`);

  // Targets of at least 24 px, but for links within a sentence.
  for (const target of document.querySelectorAll("a[href], button, input, select, textarea, summary, label.pick")) {
    const box = target.getBoundingClientRect(), style = getComputedStyle(target);
    if (!visible(target) || !inside(target) || target.type === "hidden" || target.matches(".skip")) continue;
    if (style.display === "inline" || target.matches(".choice input, .js .file")) continue;
    if (box.width < 23.5 || box.height < 23.5) found.push(`target ${Math.round(box.width)}×${Math.round(box.height)}: ${short(target)}`);
  }
  for (const image of document.images)
    if (image.complete && !image.naturalWidth && visible(image)) found.push(`broken picture: ${image.src}`);
  return found;
}
