// Builds everything the browser loads into hackathon/static/build/ (ignored by git):
// app.css, app.js, icons.svg, the images, the fonts, and the licence of each third-party part.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

import * as esbuild from "esbuild";
import * as sass from "sass";

const assets = dirname(fileURLToPath(import.meta.url));
const packages = join(assets, "../node_modules");
const build = join(assets, "../hackathon/static/build");
const browsers = ["chrome100", "firefox100", "safari15"];

// English and French need no more than these two subsets of each font.
const fonts = ["source-sans-3", "source-serif-4"].flatMap((family) =>
  (family === "source-sans-3" ? ["normal", "italic"] : ["normal"]).flatMap((style) =>
    ["latin", "latin-ext"].map((subset) => [family, `${family}-${subset}-wght-${style}.woff2`]),
  ),
);

// What the names on certificates may be written in, besides Latin, Greek and Cyrillic: one family of
// Noto Sans, and the subset of it that holds the script. BC Sans has the letters of Indigenous
// languages.
const scripts = {
  arabic: "arabic",
  armenian: "armenian",
  bengali: "bengali",
  "canadian-aboriginal": "canadian-aboriginal",
  devanagari: "devanagari",
  ethiopic: "ethiopic",
  georgian: "georgian",
  gujarati: "gujarati",
  gurmukhi: "gurmukhi",
  hebrew: "hebrew",
  jp: "japanese",
  kannada: "kannada",
  khmer: "khmer",
  kr: "korean",
  lao: "lao",
  malayalam: "malayalam",
  myanmar: "myanmar",
  sc: "chinese-simplified",
  sinhala: "sinhala",
  tamil: "tamil",
  tc: "chinese-traditional",
  telugu: "telugu",
  thai: "thai",
};

const licences = {
  ...Object.fromEntries(
    Object.keys(scripts).map((script) => [
      `noto-sans-${script}`,
      `@fontsource/noto-sans-${script}/LICENSE`,
    ]),
  ),
  bootstrap: "bootstrap/LICENSE",
  "bootstrap-icons": "bootstrap-icons/LICENSE",
  "bc-sans": "@bcgov/bc-sans/LICENSE",
  "source-sans-3": "@fontsource-variable/source-sans-3/LICENSE",
  "source-serif-4": "@fontsource-variable/source-serif-4/LICENSE",
};

async function buildStyles() {
  const { css } = sass.compile(join(assets, "css/app.scss"), {
    loadPaths: [packages],
    quietDeps: true,
    // Bootstrap 5.3 is still written with @import.
    silenceDeprecations: ["import"],
  });
  const { code } = await esbuild.transform(css, {
    loader: "css",
    minify: true,
    target: browsers,
  });
  await writeFile(join(build, "app.css"), code);
}

async function buildScript() {
  await esbuild.build({
    entryPoints: [join(assets, "js/app.js")],
    outfile: join(build, "app.js"),
    bundle: true,
    format: "esm",
    minify: true,
    target: browsers,
  });
}

// One <symbol> for each icon named in icons/bootstrap.json, and our own mark.
async function buildSprite() {
  const names = JSON.parse(await readFile(join(assets, "icons/bootstrap.json"), "utf8"));
  const symbols = await Promise.all(
    names.map(async (name) =>
      symbol(name, await readFile(join(packages, `bootstrap-icons/icons/${name}.svg`), "utf8")),
    ),
  );
  symbols.push(symbol("mark", await readFile(join(assets, "icons/mark.svg"), "utf8")));
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(join(build, "icons.svg"), sprite);
}

function symbol(name, svg) {
  const [, attributes, shapes] = svg.match(/<svg([^>]*)>(.*)<\/svg>/s);
  const [, box] = attributes.match(/viewBox="([^"]+)"/);
  return `<symbol id="${name}" viewBox="${box}">${shapes.trim()}</symbol>`;
}

async function copyFiles() {
  await cp(join(assets, "img"), build, { recursive: true });
  for (const [family, file] of fonts) {
    const source = join(packages, "@fontsource-variable", family, "files", file);
    await cp(source, join(build, "fonts", file));
  }
  await mkdir(join(build, "print"));
  const printed = Object.entries(scripts).map(([script, subset]) => {
    const family = `noto-sans-${script}`;
    return [family, `@fontsource/${family}/files/${family}-${subset}-400-normal.woff`];
  });
  printed.push(["bc-sans", "@bcgov/bc-sans/fonts/BCSans-Regular.woff"]);
  for (const [family, file] of printed) {
    const packed = await readFile(join(packages, file));
    await writeFile(join(build, "print", `${family}.ttf`), unpacked(packed));
  }
  for (const [name, file] of Object.entries(licences)) {
    await cp(join(packages, file), join(build, "licences", `${name}.txt`));
  }
}

// The font that a WOFF packs: the same tables, each inflated, behind a directory of their places.
// Who draws certificates reads plain fonts only.
function unpacked(woff) {
  const count = woff.readUInt16BE(12);
  const power = 2 ** Math.floor(Math.log2(count));
  const head = Buffer.alloc(12 + 16 * count);
  woff.copy(head, 0, 4, 8);
  [count, 16 * power, Math.log2(power), 16 * (count - power)].forEach((number, i) =>
    head.writeUInt16BE(number, 4 + 2 * i),
  );
  const parts = [head];
  let place = head.length;
  for (let i = 0; i < count; i++) {
    const from = 44 + 20 * i;
    const [start, packed, size, sum] = [4, 8, 12, 16].map((o) => woff.readUInt32BE(from + o));
    const octets = woff.subarray(start, start + packed);
    const table = packed < size ? inflateSync(octets) : octets;
    woff.copy(head, 12 + 16 * i, from, from + 4);
    [sum, place, size].forEach((number, j) => head.writeUInt32BE(number, 16 + 16 * i + 4 * j));
    const padding = Buffer.alloc(-size & 3);
    parts.push(table, padding);
    place += size + padding.length;
  }
  return Buffer.concat(parts);
}

await rm(build, { recursive: true, force: true });
await mkdir(build, { recursive: true });
await Promise.all([buildStyles(), buildScript(), buildSprite(), copyFiles()]);
