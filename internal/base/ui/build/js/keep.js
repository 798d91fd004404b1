// keep saves what was typed on this device until the form is sent: <form data-keep="name">.
// It stays in this tab (sessionStorage) for half an hour, because tablets are shared; and it
// leaves out what says who somebody is, such as an e-mail address.
const minutes = 30;
const contact = /name|email|tel|street|address|bday/;

export function keep(root) {
  const sent = root.querySelector("[data-keep-done]");
  if (sent) sessionStorage.removeItem(storeName(sent.dataset.keepDone));
  for (const form of root.querySelectorAll("form[data-keep]")) {
    const name = storeName(form.dataset.keep);
    const fields = () => [...form.elements].filter((f) => f.name && !contact.test(f.autocomplete) && ["text", "textarea", "search"].includes(f.type));
    const saved = read(name);
    for (const field of fields()) if (!field.value && saved[field.name]) field.value = saved[field.name];
    form.addEventListener("input", () => {
      const values = Object.fromEntries(fields().map((f) => [f.name, f.value]));
      sessionStorage.setItem(name, JSON.stringify({ at: Date.now(), values }));
    });
  }
}

function read(name) {
  const saved = JSON.parse(sessionStorage.getItem(name) ?? "{}");
  if (!(saved.at > Date.now() - minutes * 60_000)) {
    sessionStorage.removeItem(name);
    return {};
  }
  return saved.values;
}

const storeName = (name) => "wijkbaak:" + name;
