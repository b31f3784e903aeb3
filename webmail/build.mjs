// Bundles each page into one HTML file with one style and one script: built/mail.html, which is checked in.
// With --check nothing is written: it fails when the file is stale, or larger than a page may be.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const bytesMax = 60_000;
const here = new URL(".", import.meta.url);
const options = { bundle: true, minify: true, write: false, charset: "utf8", target: "es2022", absWorkingDir: here.pathname, legalComments: "none" };

async function bundled(entry) {
  const { outputFiles } = await build({ ...options, ...entry });
  return outputFiles[0].text.trim();
}

async function page() {
  const script = await bundled({ entryPoints: ["mail/page.ts"], format: "iife" });
  const style = await bundled({ stdin: { contents: '@import "./shared/tokens.css"; @import "./mail/mail.css";', loader: "css", resolveDir: here.pathname } });
  if (/<\/(script|style)/i.test(script + style)) throw new Error("an end tag in the script or the style");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Stagecoach</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<body>
<noscript>Reading mail here needs JavaScript.</noscript>
<script>${script}</script>
</html>
`;
}

const made = await page();
const bytes = gzipSync(made, { level: 9 }).length;
const file = new URL("built/mail.html", here);
if (process.argv.includes("--check")) {
  if ((await readFile(file, "utf8").catch(() => "")) !== made) {
    console.error("built/mail.html is stale: run `node build.mjs`");
    process.exit(1);
  }
} else {
  await writeFile(file, made);
}
console.log(`mail.html: ${bytes} bytes gzipped, of ${bytesMax}`);
if (bytes > bytesMax) process.exit(1);
