import { defineConfig } from "vite";

/** Where the build goes; a test builds into a folder of its own. */
const outDir = process.env["KOPURO_PAGE"] ?? "../src/kopuro_pos/agent/page";

/** The page, and with `--mode element` the one file that makers of browser tills load. */
export default defineConfig(({ mode }) => ({
  base: "./",
  build: {
    outDir,
    emptyOutDir: mode !== "element",
    target: "es2022",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    ...(mode === "element"
      ? { lib: { entry: "src/counter.ts", formats: ["es" as const], fileName: () => "assets/kopuro-counter.js" } }
      : {
          rolldownOptions: {
            output: { entryFileNames: "assets/page.js", assetFileNames: "assets/[name][extname]" },
          },
        }),
  },
}));
