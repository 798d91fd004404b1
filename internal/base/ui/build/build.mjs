// Builds the committed assets from NL Design System component CSS, our tokens and our own layout.
// Every component token is looked up now, so that the style sheet carries only what the pages use.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { transform } from "lightningcss";
import postcss from "postcss";
import valueParser from "postcss-value-parser";

const here = (path) => new URL(path, import.meta.url);
const text = (path) => readFileSync(here(path), "utf8");
const json = (path) => JSON.parse(text(path));
const themes = json("tokens/themes.json");
const tokens = json("tokens/components.json");
const pick = json("tokens/pick.json");

// {name} in a token is one of our own colours or measures.
const own = (value) => value.replace(/\{([a-z-]+)\}/g, "var(--wb-$1)");

// resolve replaces var() by the token it names. null means the declaration has no value and goes.
function resolve(value, privates) {
  const tree = valueParser(value);
  let dead = false;
  const visit = (nodes) => nodes.map((node) => {
    if (node.type !== "function") return node;
    if (node.value !== "var") return Object.assign(node, { nodes: visit(node.nodes) });
    const name = node.nodes[0].value.slice(2);
    if (name.startsWith("wb-")) return node;
    if (name in tokens) return { type: "word", value: own(tokens[name]) };
    const comma = node.nodes.findIndex((n) => n.type === "div" && n.value === ",");
    const fallback = comma < 0 ? null : resolve(valueParser.stringify(node.nodes.slice(comma + 1)).trim(), privates);
    if (privates.has("--" + name)) {
      return { type: "word", value: fallback === null ? `var(--${name})` : `var(--${name},${fallback})` };
    }
    if (fallback === null || fallback === "") dead = true;
    return { type: "word", value: fallback ?? "" };
  });
  const out = valueParser.stringify(visit(tree.nodes));
  return dead ? null : out;
}

// keepSelector gives the selector in our own names, or null when a page never uses it.
function keepSelector(selector, map) {
  if (selector.includes(":has(") || selector.includes("::after") || /:(focus|active)/.test(selector) && !selector.includes("skip-link")) return null;
  if (/\[(?!hidden)/.test(selector) || selector.includes(">")) return null;
  let known = true;
  const out = selector.replace(/\.([a-zA-Z0-9_-]+)/g, (_, name) => {
    if (!(name in map)) known = false;
    return map[name];
  });
  return known ? out.replace(":any-link", "") : null;
}

function component(file, map) {
  const root = postcss.parse(text("node_modules/" + file));
  root.walkComments((c) => { c.remove(); });
  root.walkAtRules((rule) => { if (rule.name === "media" && /forced-colors/.test(rule.params)) rule.remove(); });
  root.walkRules((rule) => {
    const kept = [...new Set(rule.selectors.map((s) => keepSelector(s, map)).filter(Boolean))];
    if (kept.length === 0) rule.remove(); else rule.selectors = kept;
  });
  // A component's public tokens are fixed by ours; only its private ones may vary by state.
  root.walkDecls((d) => { if (d.prop.startsWith("--") && !d.prop.startsWith("--_")) d.remove(); });
  for (let changed = true; changed;) {
    changed = false;
    const places = new Map();
    root.walkDecls(/^--_/, (d) => { places.set(d.prop, [...(places.get(d.prop) ?? []), d]); });
    const privates = new Set(places.keys());
    root.walkDecls((d) => {
      const value = resolve(d.value, privates);
      if (value === null) { d.remove(); changed = true; } else if (value !== d.value) { d.value = value; changed = true; }
    });
    // A private name that is given and used in one rule only is put in place.
    for (const [name, decls] of places) {
      const users = [];
      root.walkDecls((d) => { if (d.value.includes(`var(${name}`)) users.push(d); });
      if (users.length === 0) { decls.forEach((d) => d.remove()); changed = true; continue; }
      if (decls.length !== 1 || !decls[0].parent || users.some((u) => u.parent !== decls[0].parent)) continue;
      for (const user of users) {
        const tree = valueParser(user.value);
        tree.walk((n) => { if (n.type === "function" && n.value === "var" && n.nodes[0].value === name) Object.assign(n, { type: "word", value: decls[0].value, nodes: undefined }); });
        user.value = tree.toString();
      }
      decls[0].remove();
      changed = true;
    }
  }
  root.walkDecls((d) => { if (["revert", "initial", "unset", "inherit"].includes(d.value) && !/^(font|color|margin)/.test(d.prop)) d.remove(); });
  root.walkRules((rule) => { if (rule.nodes.length === 0) rule.remove(); });
  return root.toString();
}

const palette = (colours) => Object.entries(colours).map(([k, v]) => `--wb-${k}:${v}`).join(";");
function themeCSS(name) {
  const { light, dark } = themes[name];
  return `:root{${palette(light)}}@media screen and (prefers-color-scheme:dark){:root{${palette(dark)}}}`;
}

const out = here("../assets/");
mkdirSync(out, { recursive: true });
function write(name, bytes) {
  const data = Buffer.from(bytes);
  writeFileSync(new URL(name, out), data);
  const gz = gzipSync(data, { level: 9 });
  gz[9] = 255; // the system that packed it is nobody's business, and would differ by machine
  writeFileSync(new URL(name + ".gz", out), gz);
  const br = brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } });
  writeFileSync(new URL(name + ".br", out), br);
  console.log(`${name}: ${data.length} bytes, gzip ${gz.length}, brotli ${br.length}`);
}

// The licence asks that the notices of the makers stay with their work.
const notice = "/*! EUPL-1.2. Component CSS (c) Frameless B.V., Gemeente Utrecht and makers of NL Design System */\n";
const parts = Object.entries(pick).map(([file, map]) => component(file, map));
const layout = readdirSync(here("css/")).sort().map((f) => text("css/" + f));
for (const name of Object.keys(themes)) {
  const all = [themeCSS(name), layout[0], ...parts, ...layout.slice(1)].join("\n");
  const { code } = transform({
    filename: name, code: Buffer.from(all), minify: true,
    targets: { safari: 15 << 16, chrome: 92 << 16, firefox: 91 << 16 },
  });
  write(`wijkbaak-${name}.css`, Buffer.concat([Buffer.from(notice), code]));
}
const script = buildSync({ entryPoints: [here("js/main.js").pathname], bundle: true, minify: true, format: "esm", target: "es2020", write: false, legalComments: "none" });
write("app.js", script.outputFiles[0].contents);
for (const drawing of ["icons.svg", "favicon.svg"]) write(drawing, text("svg/" + drawing).replace(/>\s+</g, "><").trim() + "\n");

// sources.json lets a test say whether the committed files were made from the committed sources.
const sources = ["build.mjs", "package-lock.json", ...["tokens", "css", "js", "svg"].flatMap((d) => readdirSync(here(d + "/")).sort().map((f) => `${d}/${f}`))];
const sums = Object.fromEntries(sources.map((f) => [f, createHash("sha256").update(text(f)).digest("hex")]));
writeFileSync(here("sources.json"), JSON.stringify(sums, null, 1) + "\n");
