// sharp: a pipeline for every output, two pictures in flight.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const WIDTHS = [320, 640, 1280, 1920];
const FLIGHT = 2;
const [folder] = process.argv.slice(2);
const sharp = createRequire(`${folder}/package.json`)("sharp");
const encoded = {
    webp: (pipeline) => pipeline.webp({ quality: 80, effort: 2 }),
    jpg: (pipeline) => pipeline.jpeg({ quality: 80, optimizeCoding: false }),
};

async function make(picture, out, formats, number) {
    for (const width of WIDTHS) {
        for (const form of formats) {
            await encoded[form](sharp(picture).autoOrient().resize({ width })).toFile(`${out}/${number}-${width}.${form}`);
        }
    }
}

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
    const { pictures, out, formats } = JSON.parse(line);
    const todo = pictures.entries();
    const lane = async () => {
        for (const [number, picture] of todo) await make(picture, out, formats, number);
    };
    await Promise.all(Array.from({ length: FLIGHT }, lane));
    console.log("done");
}
