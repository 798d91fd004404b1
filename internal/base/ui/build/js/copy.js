// copy puts data-copy on the clipboard and says so beside the button.
export function copy(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const said = root.getElementById(button.getAttribute("aria-describedby"));
      await navigator.clipboard.writeText(button.dataset.copy);
      if (said) said.textContent = button.dataset.done;
    });
  }
}
