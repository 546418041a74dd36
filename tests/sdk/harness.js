/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* The test harness: counted cases, the emulator that they run against, and its control interface. */

const assert = require('assert');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');
const readline = require('readline');

const KEYS = {
  volcengine: { key: 'AKLTtestVolcengine', secret: 'c2VjcmV0LW9mLXZvbGNlbmdpbmU=' },
  alibaba: { key: 'LTAItestAlibaba', secret: 'SecretOfAlibaba' },
  baidu: { key: '0123456789abcdef0123456789abcdef', secret: 'fedcba9876543210fedcba9876543210' },
};
const TOKEN = 'token+of/a==temporary-key';

/* Access keys of each kind that a signature check distinguishes. */
function accounts() {
  return Object.entries(KEYS).flatMap(([cloud, { key, secret }]) => [
    { cloud, access_key: key, secret_key: secret },
    { cloud, access_key: `${key}temporary`, secret_key: secret, security_token: TOKEN },
    { cloud, access_key: `${key}old`, secret_key: secret, security_token: TOKEN,
      state: 'token_expired' },
    { cloud, access_key: `${key}inactive`, secret_key: secret, state: 'inactive' },
    { cloud, access_key: `${key}denied`, secret_key: secret,
      denied: cloud === 'baidu' ? ['StartInstance', 'DescribeInstance']
        : ['StartInstance', 'DescribeInstances'] },
  ]);
}

/* Roles that those keys, identity tokens and instances have. */
const ROLES = {
  volcengine: 'trn:iam::2100000001:role/deploy',
  alibaba: 'acs:ram::1000000000000001:role/deploy',
  baidu: 'c0ffee00000000000000000000000001/deploy',
};
const PROVIDER = 'acs:ram::1000000000000001:oidc-provider/ci';
const IDENTITY_TOKEN = 'identity-token';

function roles() {
  const oidc = { tokens: [IDENTITY_TOKEN, { token: 'once', uses: 1 }, { token: 'past', uses: 0 }] };
  return [
    { cloud: 'volcengine', role: ROLES.volcengine },
    { cloud: 'alibaba', role: ROLES.alibaba, oidc: { provider: PROVIDER, ...oidc } },
    { cloud: 'alibaba', role: `${ROLES.alibaba}-next`, assumed_by: [ROLES.alibaba] },
    { cloud: 'alibaba', role: `${ROLES.alibaba}-external`, external_id: 'x-1' },
    { cloud: 'baidu', role: ROLES.baidu },
  ];
}

class Emulator {
  static async start(program, ...options) {
    const emulator = new Emulator();
    emulator.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ensure-sdk-'));
    const world = path.join(emulator.directory, 'world.json');
    fs.writeFileSync(world, JSON.stringify({ accounts: accounts(), roles: roles(), instances: [],
      metadata: { alibaba: { roles: [ROLES.alibaba] } },
      credentials_uri: ROLES.alibaba,
      regions: { volcengine: ['cn-beijing'], alibaba: ['cn-hangzhou'], baidu: ['bj'] } }));
    emulator.process = spawn(program, ['--exit-with-parent', '--world', world, ...options],
      { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = readline.createInterface({ input: emulator.process.stdout });
    const first = await new Promise((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => reject(new Error('the emulator printed nothing')));
    });
    emulator.urls = JSON.parse(first);
    return emulator;
  }

  stop() {
    this.process.kill('SIGTERM');
    fs.rmSync(this.directory, { recursive: true });
  }

  host(name) {
    return new URL(this.urls[name]).host;
  }

  /* "http" or "https". */
  scheme(name) {
    return new URL(this.urls[name]).protocol.slice(0, -1);
  }

  control(method, target, body) {
    return new Promise((resolve, reject) => {
      const request = http.request(this.urls.control + target, { method }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const ok = response.statusCode === 200;
          return ok ? resolve(text ? JSON.parse(text) : null) : reject(new Error(text));
        });
      });
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /* Resets everything that a case may have changed. */
  async reset() {
    await this.control('DELETE', '/faults');
    await this.control('POST', '/clock', { offset_ms: 0 });
    await this.control('POST', '/reset?world=yes');
  }

  add(...instances) {
    return this.control('POST', '/instances', instances);
  }

  faults(...specs) {
    return this.control('PUT', '/faults', specs);
  }

  clock(offsetMs) {
    return this.control('POST', '/clock', { offset_ms: offsetMs });
  }

  /* Lets all temporary keys expire. */
  revoke() {
    return this.control('POST', '/revoke');
  }

  /* "SERVICE ACTION" of each request since the reset. */
  async requests() {
    const { requests } = await this.control('GET', '/ledger');
    return requests.map((one) => `${one.service} ${one.action}`);
  }

  async starts() {
    return (await this.control('GET', '/ledger')).starts;
  }
}

/* Error codes that the SDK returned in the current suite. */
let seen = new Set();

/* A pattern of a provider's table as a regular expression. */
function expressionOf(pattern) {
  const parts = pattern.split('*').map((part) => part.replace(/[.]/g, '\\.'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}

/* The cases of one SDK. */
class Suite {
  constructor(name, cloud, emulator) {
    Object.assign(this, { name, cloud, emulator, passed: 0, failures: [], impossible: [] });
    seen = new Set();
  }

  async case(name, run) {
    try {
      await this.emulator.reset();
      await run();
      this.passed += 1;
    } catch (error) {
      this.failures.push(`${name}: ${error.message.split('\n').slice(0, 12).join(' ')}`);
    }
  }

  /* A case that the SDK can't express. */
  cannot(name, reason) {
    this.impossible.push(`${name}: ${reason}`);
  }

  /* Checks that each pattern of the provider's table of codes matched a code that the SDK returned. */
  async checkCodes(patterns) {
    await this.case(`${patterns.length} patterns of the provider's table of codes`, () => {
      const unseen = patterns.filter(
        (pattern) => ![...seen].some((code) => expressionOf(pattern).test(code)));
      assert.deepStrictEqual(unseen, []);
    });
  }

  report() {
    const total = this.passed + this.failures.length;
    console.log(`${this.name}: ${this.passed} of ${total} cases passed, `
      + `${this.impossible.length} can't be expressed`);
    this.failures.forEach((line) => console.log(`  FAILED ${line}`));
    this.impossible.forEach((line) => console.log(`  not expressible: ${line}`));
    return this.failures.length === 0;
  }
}

/* The SDK's result for a reply: {ok, code, message, status (if the SDK returns it), body}. */
function refused(outcome, code, status) {
  assert.strictEqual(outcome.code, code, JSON.stringify(outcome));
  seen.add(code);
  assert.ok(outcome.message && outcome.message.length > 0, 'no message');
  if (outcome.status !== undefined && status !== undefined) {
    assert.strictEqual(outcome.status, status, JSON.stringify(outcome));
  }
}

function accepted(outcome) {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.body;
}

/* Records a word of the provider's table that is not the error code of a reply. */
function met(word) {
  seen.add(word);
}

module.exports = {
  met, KEYS, TOKEN, ROLES, PROVIDER, IDENTITY_TOKEN, Emulator, Suite, refused, accepted };
