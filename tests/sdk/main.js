/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* Runs every SDK against one emulator, then compares the providers' signatures with the SDKs'.
 *
 * usage: main.js EMULATOR SIGNER [SEED] */

const { execFileSync } = require('child_process');
const { Emulator } = require('./harness');
const volcengine = require('./volcengine');
const alicloud = require('./alicloud');
const baidu = require('./baidu');
const signatures = require('./signatures');

/* The output of sdk_signer: one JSON object per line. */
function linesOf(signer, ...parameters) {
  return execFileSync(signer, parameters, { maxBuffer: 1 << 28 }).toString().trim().split('\n')
    .map((line) => JSON.parse(line));
}

async function main() {
  const [program, signer, seed = '1'] = process.argv.slice(2);
  const emulator = await Emulator.start(program);
  const tables = linesOf(signer, 'codes');
  let ok = true;
  try {
    for (const run of [volcengine, alicloud.runEcs, (it) => alicloud.runPop(it, 'GET'),
      (it) => alicloud.runPop(it, 'POST'), baidu]) {
      const suite = await run(emulator);
      await suite.checkCodes(tables.filter((row) => row.cloud === suite.cloud)
        .map((row) => row.pattern));
      ok = suite.report() && ok;
    }
  } finally {
    emulator.stop();
  }
  ok = signatures((count) => linesOf(signer, seed, String(count)), seed) && ok;
  process.exit(ok ? 0 : 1);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
