/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* @baiducloud/sdk against the emulator's BCC. Its BccClient uses /v1, so requests of /v2 are sent
 * through its base class BceBaseClient. */

const assert = require('assert');
const { BccClient } = require('@baiducloud/sdk');
const { met, KEYS, TOKEN, Suite, refused, accepted } = require('./harness');
const codes = require('./codes').baidu;

const one = (id, more) => ({ cloud: 'baidu', region: 'bj', id, status: 'Stopped', ...more });

async function outcomeOf(promise) {
  try {
    const reply = await promise;
    return { ok: true, body: reply.body, headers: reply.http_headers };
  } catch (error) {
    return { ok: false, code: error.code, message: error.message, status: error.status_code };
  }
}

function sdkOf(emulator, { key = KEYS.baidu.key, secret = KEYS.baidu.secret, token } = {}) {
  return new BccClient({ endpoint: emulator.urls.baidu, credentials: { ak: key, sk: secret },
    sessionToken: token });
}

function client(emulator, options) {
  const sdk = sdkOf(emulator, options);
  const send = (method, path, params, body) => outcomeOf(sdk.sendRequest(method,
    `/v2/instance${path}`, { params, body: body && JSON.stringify(body), headers: {} }));
  return {
    start: (id) => send('PUT', `/${id}`, { start: '' }),
    startMany: (ids) => send('PUT', '/batchAction', { start: '' }, { instanceIds: ids }),
    get: (id) => send('GET', `/${id}`, {}),
    byIds: (ids, page) => send('POST', '/listByInstanceId', page || {}, { instanceIds: ids }),
    list: (params) => send('GET', '', params || {}),
    send,
  };
}

const ids = (outcome) => accepted(outcome).instances.map((item) => item.id).sort();

async function startCases(suite, emulator, call) {
  await suite.case('start', async () => {
    await emulator.add(one('i-a', { boot_reads: 1 }));
    const outcome = await call.start('i-a');
    assert.deepStrictEqual(accepted(outcome), {});
    assert.ok(outcome.headers['x-bce-request-id']);
    const seen = [];
    for (let n = 0; n < 2; n += 1) {
      seen.push(accepted(await call.get('i-a')).instance.status);
    }
    assert.deepStrictEqual(seen, ['Starting', 'Running']);
    assert.deepStrictEqual(await emulator.starts(), { 'baidu/bj/i-a': 1 });
  });
  await suite.case('batch', async () => {
    await emulator.add(one('i-a'), one('i-b'));
    const body = accepted(await call.startMany(['i-a', 'i-b']));
    assert.ok(body.requestId);
    assert.deepStrictEqual(body.failedInstanceIdList, []);
    assert.strictEqual(Object.keys(await emulator.starts()).length, 2);
  });
  await suite.case('a batch with one that failed', async () => {
    await emulator.add(one('i-a'), one('i-b', { flags: ['batch_fails'] }));
    assert.deepStrictEqual(accepted(await call.startMany(['i-a', 'i-b'])).failedInstanceIdList,
      ['i-b']);
    met('failedInstanceIdList'); /* the provider's code for the instances in the list */
  });
  await suite.case('a batch with one that runs', async () => {
    await emulator.add(one('i-a'), one('i-run', { status: 'Running' }));
    refused(await call.startMany(['i-a', 'i-run']), 'Instance.StartInstanceOperationForbidden', 409);
    assert.deepStrictEqual(await emulator.starts(), {});
  });
  await suite.case('a batch of 101', async () => {
    refused(await call.startMany(Array.from({ length: 101 }, (_, n) => `i-${n}`)), 'BadRequest', 400);
  });
  await suite.case('an expired instance', async () => {
    await emulator.add(one('i-a', { status: 'Expired' }));
    refused(await call.start('i-a'), 'Instance.StartExpiredInstance', 409);
  });
}

async function readCases(suite, emulator, call) {
  for (const [name, read] of [['listing', (page) => call.list(page)],
    ['by ids', (page) => call.byIds(Array.from({ length: 15 }, (_, n) => `i-${n + 1}`), page)]]) {
    await suite.case(`${name} over two pages`, async () => {
      await emulator.add(one('i-{n}', { count: 15 }));
      const first = accepted(await read({ maxKeys: 10 }));
      const second = accepted(await read({ maxKeys: 10, marker: first.nextMarker }));
      assert.deepStrictEqual([first.isTruncated, second.isTruncated, second.nextMarker],
        [true, false, undefined]);
      const all = [...first.instances, ...second.instances].map((item) => item.id);
      assert.deepStrictEqual([all.length, new Set(all).size], [15, 15]);
    });
  }
  await suite.case('an unknown id is not in the list', async () => {
    await emulator.add(one('i-a'));
    assert.deepStrictEqual(ids(await call.byIds(['i-a', 'i-none'])), ['i-a']);
    refused(await call.get('i-none'), 'NoSuchObject', 404);
  });
  const filters = [
    [{ status: 'Running' }, ['i-b']], [{ instanceIds: 'i-a,i-none' }, ['i-a']],
    [{ instanceNames: 'web,other' }, ['i-a']], [{ fuzzyInstanceName: 'eb' }, ['i-a']],
    [{ zoneName: 'cn-bj-b' }, ['i-a']], [{ paymentTiming: 'Prepaid' }, ['i-b']],
    [{ tags: 'team:blue' }, ['i-a']], [{ tags: 'team' }, ['i-a', 'i-b']],
    [{ status: 'Stopped', tags: 'team' }, ['i-a']],
  ];
  for (const [filter, expected] of filters) {
    await suite.case(`filter ${Object.entries(filter).join(' ')}`, async () => {
      await emulator.add(one('i-a', { name: 'web', zone: 'cn-bj-b', tags: { team: 'blue' } }),
        one('i-b', { status: 'Running', prepaid: true, tags: { team: 'red' } }));
      assert.deepStrictEqual(ids(await call.list(filter)), expected);
    });
  }
  await suite.case('a filter over two pages', async () => {
    await emulator.add(one('i-{n}', { count: 1200, name: 'web-1', group: 'RESG-1', tags: { team: 'red' } }),
      one('i-other', { name: 'db' }));
    const filter = { fuzzyInstanceName: 'web', tags: 'team:red', maxKeys: 1000 };
    const first = accepted(await call.list(filter));
    const second = accepted(await call.list({ ...filter, marker: first.nextMarker }));
    const all = [...first.instances, ...second.instances];
    assert.deepStrictEqual([new Set(all.map((item) => item.id)).size, second.isTruncated],
      [1200, false]);
    assert.deepStrictEqual([all[0].name, all[0].tags, all[0].resGroupInfos],
      ['web-1', [{ tagKey: 'team', tagValue: 'red' }],
        [{ groupId: 'RESG-1', groupName: 'RESG-1' }]]);
  });
  await suite.case('an unknown filter', async () => {
    refused(await call.list({ colour: 'red' }), 'BadRequest', 400);
  });
  await suite.case('a read shows that an instance has expired', async () => {
    await emulator.add(one('i-a', { status: 'Recycled' }), one('i-b', { flags: ['expired'] }));
    const { instances } = accepted(await call.byIds(['i-b', 'i-a']));
    assert.deepStrictEqual(instances.map((item) => item.status), ['Recycled', 'Stopped']);
    assert.ok(new Date(instances[1].expireTime) < new Date());
  });
}

async function requestCases(suite, emulator, call) {
  await suite.case('code MalformedJSON of a request', async () => {
    const outcome = await outcomeOf(sdkOf(emulator).sendRequest('PUT', '/v2/instance/batchAction',
      { params: { start: '' }, body: '{', headers: {} }));
    refused(outcome, 'MalformedJSON', 400);
  });
  await suite.case('code InappropriateJSON of a request', async () => {
    refused(await call.startMany([]), 'InappropriateJSON', 400);
  });
  await suite.case('code InvalidURI of a request', async () => {
    refused(await call.send('PUT', '/i-a', { stop: '' }), 'InvalidURI', 400);
  });
  await suite.case('a Content-Type that is not JSON', async () => {
    await emulator.add(one('i-a'));
    accepted(await outcomeOf(sdkOf(emulator).sendRequest('PUT', '/v2/instance/batchAction',
      { params: { start: '' }, body: '{"instanceIds":["i-a"]}',
        headers: { 'Content-Type': 'text/plain' } })));
  });
  for (const method of ['getInstance', 'startInstance', 'listInstances']) {
    await suite.case(`BccClient.${method}, which asks for /v1`, async () => {
      refused(await outcomeOf(sdkOf(emulator)[method](method === 'listInstances' ? {} : 'i-a')),
        'InvalidVersion', 404);
    });
  }
}

async function signatureCases(suite, emulator) {
  const { key } = KEYS.baidu;
  const read = (options) => client(emulator, options).get('i-a');
  await suite.case('a temporary key', async () => {
    accepted(await client(emulator, { key: `${key}temporary`, token: TOKEN }).list());
  });
  const rows = [
    ['a wrong secret', { secret: 'x' }, 'SignatureDoesNotMatch', 400],
    ['an unknown key', { key: 'x' }, 'InvalidAccessKeyId', 403],
    ['an inactive key', { key: `${key}inactive` }, 'InvalidAccessKeyId', 403],
    ['a wrong token', { key: `${key}temporary`, token: 'x' }, 'InvalidAccessKeyId', 403],
    ['an expired token', { key: `${key}old`, token: TOKEN }, 'InvalidAccessKeyId', 403],
    ['a denied action', { key: `${key}denied` }, 'AccessDenied', 403],
  ];
  for (const [name, options, code, status] of rows) {
    await suite.case(name, async () => refused(await read(options), code, status));
  }
  await suite.case('a clock that is 1 h behind the client', async () => {
    await emulator.add(one('i-a'));
    await emulator.clock(-3600 * 1000);
    /* The SDK corrects its clock by the Date of the refusal and retries once. */
    accepted(await read({}));
    const { calls } = await emulator.control('GET', '/ledger');
    assert.strictEqual(calls.baidu.DescribeInstance.errors, 1);
  });
  await suite.case('a clock that is 1 h ahead of the client', async () => {
    await emulator.clock(3600 * 1000);
    require('@baiducloud/sdk').BceBaseClient.prototype.timeOffset = 0;
    refused(await read({}), 'RequestExpired', 400);
    require('@baiducloud/sdk').BceBaseClient.prototype.timeOffset = 0;
  });
}

async function codeCases(suite, emulator, call) {
  for (const { code, status, flag, said } of codes) {
    await suite.case(`code ${code}${flag ? ` (${flag})` : ''}`, async () => {
      await emulator.add(one('i-a', { flags: flag ? [flag] : [] }));
      await emulator.faults(...(flag ? [] : [`error:${status}:${code}`]));
      for (const outcome of [await call.start('i-a'), await call.startMany(['i-a'])]) {
        refused(outcome, code, status);
        assert.ok(!said || outcome.message === said, outcome.message);
      }
      assert.deepStrictEqual(await emulator.starts(), {});
    });
  }
}

async function run(emulator) {
  const suite = new Suite('@baiducloud/sdk', 'baidu', emulator);
  const call = client(emulator);
  await startCases(suite, emulator, call);
  await readCases(suite, emulator, call);
  await requestCases(suite, emulator, call);
  await signatureCases(suite, emulator);
  await codeCases(suite, emulator, call);
  for (const status of [429, 500, 502, 503, 504]) {
    await suite.case(`HTTP ${status} without a code`, async () => {
      await emulator.faults(`html:${status}`);
      const outcome = await call.get('i-a');
      assert.deepStrictEqual([outcome.ok, outcome.status, outcome.code], [false, status, undefined]);
    });
  }
  await suite.case('a connection that is cut', async () => {
    await emulator.faults('cut');
    assert.ok(!(await call.get('i-a')).ok);
  });
  suite.cannot('start and read through the methods of BccClient',
    'they ask for /v1, which the cloud no longer serves; /v2 is asked for through sendRequest');
  suite.cannot('dry run passed and refused', 'BCC has no dry run');
  suite.cannot('a request without a Content-Type', 'the SDK adds application/json where none is set');
  return suite;
}

module.exports = { run, client, outcomeOf };
