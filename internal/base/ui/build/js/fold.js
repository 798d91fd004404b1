// fold closes on a narrow screen what comes second: <details data-fold>. What the address
// points at, or a field that has to be mended, stays open.
export function fold(root) {
  if (!matchMedia("(max-width: 45em)").matches) return;
  const asked = root.getElementById(location.hash.slice(1));
  for (const part of root.querySelectorAll("details[data-fold]")) {
    part.open = part.contains(asked) || part.querySelector("[aria-invalid=true], [data-open]") !== null;
  }
}
