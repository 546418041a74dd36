/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* Keeps the SDKs on loopback. They have the addresses of STS and of the metadata service in their code:
 * what they send there goes to the emulator instead. A connection to any other address than loopback is
 * an error, whatever opens it. */

const net = require('net');
const httpx = require('httpx');

const isLoopback = (host) => ['127.0.0.1', 'localhost'].includes(host);

/* To be called before anything connects. */
function guard() {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function guarded(...parameters) {
    const first = Array.isArray(parameters[0]) ? parameters[0][0] : parameters[0];
    const host = typeof first === 'object' ? first.host || 'localhost' : parameters[1];
    if (!isLoopback(host)) {
      throw new Error(`a connection to ${host}, which is not loopback`);
    }
    return connect.apply(this, parameters);
  };
}

/* While `run` runs, requests of httpx (which all packages of @alicloud use) to hosts of the vendor go to
 * these URLs: https to `sts`, http to `metadata`. Returns the hosts. */
async function redirected({ sts, metadata }, run) {
  const { request } = httpx;
  const hosts = [];
  httpx.request = (url, options) => {
    const asked = new URL(url);
    if (!isLoopback(asked.hostname)) {
      hosts.push(asked.hostname);
      asked.host = new URL(asked.protocol === 'https:' ? sts : metadata).host;
    }
    return request(asked.href, options);
  };
  try {
    await run();
  } finally {
    httpx.request = request;
  }
  return hosts;
}

module.exports = { guard, redirected };
