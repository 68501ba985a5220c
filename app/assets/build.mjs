// Builds app/static from what npm installed and from this folder: bundles, the icons that pages use, and a
// manifest that names each file by its content. `make assets` runs it.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { map } from "./map.mjs";
import { needed } from "./needed.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const app = dirname(here);
const target = join(app, "static");
const ICONS = join(app, "..", "node_modules", "@tabler", "icons", "icons", "outline");

// Each entry becomes a file of its own; whatever it imports is bundled into it.
const ENTRIES = ["theme.js", "app.js", "app.css", "charts.js", "screen.js", "screen.css"];

// What documents are set in; no page loads them.
const FONTS = join(app, "..", "node_modules", "dejavu-fonts-ttf", "ttf");
const FACES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

function files(folder, pattern) {
  return readdirSync(folder, { recursive: true }).filter((name) => pattern.test(name)).map((name) => join(folder, name));
}

// One SVG holds the icons that a template or a view names: icon("pencil"), icon = "users".
function sprite() {
  const names = new Set();
  for (const file of [...files(app, /\.(html|py)$/)]) {
    for (const match of readFileSync(file, "utf8").matchAll(/\bicon(?:\(| = )["']([a-z0-9-]+)["']/g)) names.add(match[1]);
  }
  const symbols = [...names].sort().map((name) => {
    const svg = readFileSync(join(ICONS, `${name}.svg`), "utf8");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.indexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

// Written beside the file, so that the server sends it without compressing anew each time.
function write(name, content, manifest) {
  const body = Buffer.from(content);
  const mark = createHash("sha256").update(body).digest("hex").slice(0, 10);
  const hashed = `${basename(name, extname(name))}-${mark}${extname(name)}`;
  manifest[name] = hashed;
  writeFileSync(join(target, hashed), body);
  writeFileSync(join(target, `${hashed}.gz`), gzipSync(body, { level: 9 }));
  const best = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  writeFileSync(join(target, `${hashed}.br`), brotliCompressSync(body, { params: best }));
}

const result = await build({
  entryPoints: ENTRIES.map((name) => join(here, name)),
  outdir: target,
  bundle: true,
  plugins: [map],
  minify: true,
  format: "iife",
  target: "es2022",
  write: false,
  legalComments: "eof",
  logLevel: "warning",
});
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const manifest = {};
const scripts = result.outputFiles.filter((file) => file.path.endsWith(".js")).map((file) => file.text);
const shortened = needed(files(app, /\.(html|py)$/), scripts);
for (const file of result.outputFiles) {
  const content = file.path.endsWith(".css") ? shortened(file.text) : file.contents;
  write(basename(file.path), content, manifest);
}
write("icons.svg", sprite(), manifest);
write("icon.svg", readFileSync(join(here, "icon.svg")), manifest);
mkdirSync(join(target, "fonts"));
for (const face of FACES) copyFileSync(join(FONTS, face), join(target, "fonts", face));
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
