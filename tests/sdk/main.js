/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* Runs every SDK against one emulator, lets the SDKs that log in do so at another one with TLS, and compares
 * the providers' signatures with the SDKs'.
 *
 * usage: main.js EMULATOR SIGNER CERTIFICATE,KEY [SEED] */

const { execFileSync } = require('child_process');
const loopback = require('./loopback');
const { Emulator } = require('./harness');
const volcengine = require('./volcengine');
const alicloud = require('./alicloud');
const baidu = require('./baidu');
const keys = require('./keys');
const credentials = require('./credentials');
const signatures = require('./signatures');

/* The output of sdk_signer: one JSON object per line. */
function linesOf(signer, ...parameters) {
  return execFileSync(signer, parameters, { maxBuffer: 1 << 28 }).toString().trim().split('\n')
    .map((line) => JSON.parse(line));
}

/* Runs the suites; their patterns of codes have to be met where there are any. */
async function runAll(emulator, suites, tables) {
  let ok = true;
  try {
    for (const run of suites) {
      const suite = await run(emulator);
      const patterns = tables.filter((row) => row.cloud === suite.cloud).map((row) => row.pattern);
      if (patterns.length > 0) {
        await suite.checkCodes(patterns);
      }
      ok = suite.report() && ok;
    }
  } finally {
    emulator.stop();
  }
  return ok;
}

async function main() {
  const [program, signer, tls, seed = '1'] = process.argv.slice(2);
  loopback.guard();
  let ok = await runAll(await Emulator.start(program), [volcengine.run, alicloud.runEcs,
    (it) => alicloud.runPop(it, 'GET'), (it) => alicloud.runPop(it, 'POST'), baidu.run],
  linesOf(signer, 'codes'));
  ok = await runAll(await Emulator.start(program, '--tls', tls), [credentials, keys.runSts,
    keys.runPop, keys.runVolcengine, keys.runBaidu], []) && ok;
  ok = signatures((count) => linesOf(signer, seed, String(count)), seed) && ok;
  process.exit(ok ? 0 : 1);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
