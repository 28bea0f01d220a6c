// operation.mjs DATA [CASE]: [wall, processor] in ns for one operation, the
// best of its repetitions.  Without a case it only starts and ends.
import fs from "node:fs";
import process from "node:process";

const [data, name] = process.argv.slice(2);
const cases = {
  "open and close": () => fs.closeSync(fs.openSync(`${data}/file`, "r")),
  "readdir": () => fs.readdirSync(`${data}/listed`),
  "stat": () => fs.statSync(`${data}/file`),
  "environment": () => process.env.BENCH,
};

function spent() {
  const used = process.cpuUsage();
  return [Number(process.hrtime.bigint()), (used.user + used.system) * 1000];
}

if (name) {
  const operation = cases[name], times = 4000;
  let best = [Infinity, Infinity];
  for (let i = 0; i < 6; i++) {
    const before = spent();
    for (let j = 0; j < times; j++) {
      operation();
    }
    const after = spent();
    best = best.map((b, k) => Math.min(b, (after[k] - before[k]) / times));
  }
  console.log(JSON.stringify(best));
}
