// speak reads data-speak aloud, slowly, in the language of the page.
export function speak(root) {
  if (!("speechSynthesis" in window)) return;
  for (const button of root.querySelectorAll("[data-speak]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const words = new SpeechSynthesisUtterance(button.dataset.speak);
      words.lang = root.documentElement.lang;
      words.rate = 0.7;
      speechSynthesis.cancel();
      speechSynthesis.speak(words);
    });
  }
}
