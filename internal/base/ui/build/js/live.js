// live shows what fits while somebody types: <form data-live="id of the place for the answer">.
// The page is asked for the same address with deel=1 and answers with a piece of HTML.
export function live(root) {
  for (const form of root.querySelectorAll("form[data-live]")) {
    const place = root.getElementById(form.dataset.live);
    if (!place) continue;
    let wait, running, last = query(form);
    const ask = async () => {
      const search = query(form);
      if (search === last) return;
      last = search;
      running?.abort();
      running = new AbortController();
      const { signal } = running;
      place.classList.add("wb-busy");
      try {
        const address = new URL(form.dataset.liveFrom ?? form.action, location.href);
        address.search = search + (search ? "&" : "") + "deel=1";
        const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
        // An answer we do not know is left alone; pressing the button still works.
        if (!answer.ok || answer.redirected) return;
        place.innerHTML = await answer.text();
        const status = root.getElementById(place.id + "-status");
        if (status) status.textContent = place.querySelector("[data-said]")?.textContent ?? "";
      } catch (error) {
        if (error.name !== "AbortError") last = "";
      } finally {
        if (running?.signal === signal) place.classList.remove("wb-busy");
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(ask, 250);
    });
    form.addEventListener("change", ask);
  }
}

function query(form) {
  const pairs = [...new FormData(form)].filter(([name, value]) => value !== "" && typeof value === "string" && !name.startsWith("_"));
  return new URLSearchParams(pairs).toString();
}
