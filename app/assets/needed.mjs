// Leaves out of a style sheet what no page can use: of Tabler's, that is three quarters.
import { readFileSync } from "node:fs";
import postcss from "postcss";

// A class may be put together where it's written: class="alert alert-{{ kind }}", class="badge bg-{{ colour }}-lt", and
// `plugin-${name}` in a script.
const CLASSES = /\bclass="[^"]*"/g;
const MADE = /([a-z][a-z-]*-)\{\{.*?\}\}(-[a-z-]+)?/g;
const MADE_BY_SCRIPT = /["'`]([a-z][a-z-]*-)(?:["'`]\s*\+|\$\{)/g;
const WORDS = /[\w-]+/g;
const ASIDE = /\([^()]*\)/g;
const NAMED = /\.([\w-]+)/g;

function made(text) {
  const attributes = text.match(CLASSES) ?? [];
  const found = [...attributes.flatMap((one) => [...one.matchAll(MADE)]), ...text.matchAll(MADE_BY_SCRIPT)];
  return found.map(([, from, to = ""]) => new RegExp(`^${from}.*${to}$`));
}

// Without :not(…) and :is(…): what they name needn't be there.
function outside(selector) {
  const outer = selector.replace(ASIDE, "");
  return outer === selector ? outer : outside(outer);
}

// Reads the files at these paths and the texts of scripts, and gives what leaves out of a style sheet the rules for
// classes that are no word in them. Rules for elements, attributes and states stay.
export function needed(paths, scripts) {
  const texts = [...paths.map((path) => readFileSync(path, "utf8")), ...scripts];
  const words = new Set(texts.flatMap((text) => text.match(WORDS) ?? []));
  const patterns = texts.flatMap(made);
  const used = (name) => words.has(name) || patterns.some((pattern) => pattern.test(name));
  const can = (selector) => [...outside(selector).matchAll(NAMED)].every(([, name]) => used(name));
  return (css) => {
    const whole = postcss.parse(css);
    whole.walkRules((rule) => {
      if (/keyframes$/.test(rule.parent.name ?? "")) return;
      const selectors = rule.selectors.filter(can);
      if (selectors.length) rule.selectors = selectors;
      else rule.remove();
    });
    return whole.toString();
  };
}
