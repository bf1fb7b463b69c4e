// Builds everything the browser loads into hackathon/static/build/ (ignored by git):
// app.css, app.js, icons.svg, the images, the fonts, and the licence of each third-party part.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

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

const licences = {
  bootstrap: "bootstrap/LICENSE",
  "bootstrap-icons": "bootstrap-icons/LICENSE",
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
  for (const [name, file] of Object.entries(licences)) {
    await cp(join(packages, file), join(build, "licences", `${name}.txt`));
  }
}

await rm(build, { recursive: true, force: true });
await mkdir(build, { recursive: true });
await Promise.all([buildStyles(), buildScript(), buildSprite(), copyFiles()]);
