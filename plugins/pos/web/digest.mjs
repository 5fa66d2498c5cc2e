// Writes down of which sources the build is made, and what came out: tests see without Node whether both still agree.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const page = process.env.KOPURO_PAGE ?? "../src/kopuro_pos/agent/page";
const LIST = "SOURCES.sha256";

/** Every file below a folder, but for what is installed and the list itself. */
function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules") yield* files(path);
    } else if (entry.name !== LIST) yield path;
  }
}

const lines = (folder, title) =>
  [...files(folder)]
    .map((path) => [relative(folder, path).split(sep).join("/"), createHash("sha256").update(readFileSync(path))])
    .map(([name, hash]) => `${hash.digest("hex")}  ${title}/${name}`)
    .sort((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1));

writeFileSync(join(page, LIST), [...lines(page, "page"), ...lines(".", "web"), ""].join("\n"));
