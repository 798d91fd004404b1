// menu turns the link to the navigation into a button that opens and closes it.
export function menu(root) {
  const link = root.querySelector("[data-menu]");
  const nav = link && root.getElementById(link.hash.slice(1));
  if (!nav) return;
  const button = root.createElement("button");
  button.type = "button";
  button.className = link.className;
  button.append(...link.childNodes);
  const set = (open) => {
    nav.classList.toggle("wb-open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.setAttribute("aria-controls", nav.id);
  set(location.hash === link.hash);
  link.replaceWith(button);
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
    set(false);
    button.focus();
  });
}
