// `npm run size -w @cynosure/portal`: what a first visit of every page loads, compressed as it is served. Fails
// above the bound, so that a page cannot grow unnoticed.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const SIZE_KB_MAX = 400;
const dist = path.join(import.meta.dirname, "../dist");

const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => /\.(html|js|css|svg)$/.test(name));
const sizes = files.map((name) => ({ name, bytes: gzipSync(readFileSync(path.join(dist, name)), { level: 9 }).byteLength })).sort((a, b) => b.bytes - a.bytes);
for (const { name, bytes } of sizes) console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${name}`);
const totalKB = sizes.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
console.log(`${totalKB.toFixed(1).padStart(7)} kB  in all, gzip; at most ${SIZE_KB_MAX}`);
process.exitCode = totalKB <= SIZE_KB_MAX && files.length > 0 ? 0 : 1;
