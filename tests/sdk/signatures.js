/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* Signs the requests that the providers signed (printed by signer.c) with the SDKs' own code, and
 * compares all headers and the target. */

const assert = require('assert');
const { Signer } = require('@volcengine/openapi');
const { OpenApiUtil } = require('@alicloud/openapi-core');
const { Auth } = require('@baiducloud/sdk');

const PER_CLOUD = 500;

/* The SDK formats and adds X-Date and X-Security-Token itself. */
function volcengine(one) {
  const request = { region: one.region, method: one.method, pathname: one.path,
    params: Object.fromEntries(one.query), headers: { Host: one.host } };
  new Signer(request, 'ecs').addAuthorization({ accessKeyId: one.access_key,
    secretKey: one.secret_key, sessionToken: one.security_token || undefined },
  new Date(one.now_unix_s * 1000));
  const { Host, ...added } = request.headers;
  assert.strictEqual(Host, one.host);
  return added;
}

function dateOf(one) {
  return new Date(one.now_unix_s * 1000).toISOString().replace(/\.\d{3}/, '');
}

/* Builds the headers as the SDK's callApi does before signing. */
function alibaba(one) {
  const algorithm = 'ACS3-HMAC-SHA256';
  const payload = OpenApiUtil.hash(Buffer.from(one.body), algorithm).toString('hex');
  const headers = { 'x-acs-date': dateOf(one), 'x-acs-signature-nonce': one.nonce,
    'x-acs-content-sha256': payload };
  if (one.security_token) {
    headers['x-acs-accesskey-id'] = one.access_key;
    headers['x-acs-security-token'] = one.security_token;
  }
  const request = { method: one.method, pathname: one.path, query: Object.fromEntries(one.query),
    headers: { host: one.host, ...Object.fromEntries(one.request_headers), ...headers } };
  headers.authorization = OpenApiUtil.getAuthorization(request, algorithm, payload, one.access_key,
    one.secret_key);
  return headers;
}

/* The SDK signs host and the x-bce-* headers that it is given; the provider signs no content headers. */
function baidu(one) {
  const headers = { 'x-bce-date': dateOf(one) };
  if (one.security_token) {
    headers['x-bce-security-token'] = one.security_token;
  }
  headers.authorization = new Auth(one.access_key, one.secret_key).generateAuthorization(one.method,
    one.path, Object.fromEntries(one.query), { host: one.host, ...headers }, one.now_unix_s, 1800,
    ['host']);
  return headers;
}

const lower = (headers) => Object.fromEntries(
  Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));

/* The target decodes to the requested path and parameters, without duplicates. */
function checkTarget(one) {
  const url = new URL(`http://host${one.target}`);
  assert.strictEqual(decodeURIComponent(url.pathname), one.path);
  const sent = (url.search ? url.search.slice(1).split('&') : []).map((pair) => {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    return [decodeURIComponent(name), decodeURIComponent(value)].join('=');
  });
  assert.deepStrictEqual(sent.sort(), one.query.map((pair) => pair.join('=')).sort());
}

module.exports = function run(draw, seed) {
  const signed = draw(PER_CLOUD);
  const failures = [];
  for (const [cloud, sign] of Object.entries({ volcengine, alibaba, baidu })) {
    const mine = signed.filter((one) => one.cloud === cloud);
    let same = 0;
    for (const one of mine) {
      try {
        assert.deepStrictEqual(lower(Object.fromEntries(one.headers)), lower(sign(one)));
        checkTarget(one);
        same += 1;
      } catch (error) {
        failures.push(`${cloud}, request ${mine.indexOf(one)} of seed ${seed}: ${error.message}`);
      }
    }
    console.log(`signatures of ${cloud}: ${same} of ${mine.length} equal the SDK's`);
    if (mine.length !== PER_CLOUD) {
      failures.push(`${cloud}: ${mine.length} requests, not ${PER_CLOUD}`);
    }
  }
  failures.slice(0, 5).forEach((line) => console.log(`  FAILED ${line}`));
  return failures.length === 0;
};
