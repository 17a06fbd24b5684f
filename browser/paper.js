// What is wrong with the page on A4 paper: words cut off, or what only a screen can use. One line each.
() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const short = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);
  const printed = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().height > 1;
  const cut = [...document.body.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    return printed(element) && box.width > 1 && (box.left < -1 || box.right > width + 1);
  });
  if (cut.length) found.push(`cut off on paper: ${cut.slice(0, 3).map(short).join(" | ")}`);
  const useless = [...document.querySelectorAll("nav, header.side, .topbar, button, .btn")].filter(printed);
  if (useless.length) found.push(`no use on paper: ${useless.slice(0, 3).map(short).join(" | ")}`);
  return found;
}
