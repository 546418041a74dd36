/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* @volcengine/openapi against the emulator's Volcengine ECS. The SDK returns the body of a reply, but
 * not its HTTP status. */

const assert = require('assert');
const { Service } = require('@volcengine/openapi');
const { KEYS, TOKEN, Suite, refused, accepted } = require('./harness');
const codes = require('./codes').volcengine;

const REGION = 'cn-beijing';
const one = (id, more) => ({ cloud: 'volcengine', region: REGION, id, status: 'STOPPED', ...more });

function client(emulator, { key = KEYS.volcengine.key, secret = KEYS.volcengine.secret, token } = {}) {
  const service = new Service({
    serviceName: 'ecs', defaultVersion: '2020-04-01', protocol: `${emulator.scheme('volcengine')}:`, region: REGION,
    host: emulator.host('volcengine'), accessKeyId: key, secretKey: secret, sessionToken: token,
  });
  return async (Action, query = {}) => {
    /* The SDK signs the host only if the caller passes it as a header. */
    const body = await service.fetchOpenAPI({ Action, Version: '2020-04-01', method: 'GET', query,
      headers: { Host: emulator.host('volcengine') } });
    const error = body && body.ResponseMetadata && body.ResponseMetadata.Error;
    if (typeof body !== 'object' || error) {
      return { ok: false, code: error && error.Code, message: error && error.Message, body };
    }
    return { ok: true, body: body.Result, meta: body.ResponseMetadata };
  };
}

const ids = (outcome) => accepted(outcome).Instances.map((item) => item.InstanceId).sort();
const numbered = (name, list) => Object.fromEntries(list.map((id, n) => [`${name}.${n + 1}`, id]));

async function startCases(suite, emulator, call) {
  await suite.case('start', async () => {
    await emulator.add(one('i-a', { boot_reads: 1 }));
    const outcome = await call('StartInstance', { InstanceId: 'i-a', ClientToken: 't-1' });
    assert.deepStrictEqual(accepted(outcome), {});
    assert.deepStrictEqual([outcome.meta.Action, outcome.meta.Region], ['StartInstance', REGION]);
    accepted(await call('StartInstance', { InstanceId: 'i-a', ClientToken: 't-1' }));
    assert.deepStrictEqual(await emulator.starts(), { 'volcengine/cn-beijing/i-a': 1 });
    const seen = [];
    for (let n = 0; n < 2; n += 1) {
      const read = accepted(await call('DescribeInstances', { 'InstanceIds.1': 'i-a' }));
      seen.push(read.Instances[0].Status);
    }
    assert.deepStrictEqual(seen, ['STARTING', 'RUNNING']);
  });
  await suite.case('dry run passed', async () => {
    await emulator.add(one('i-a'));
    refused(await call('StartInstance', { InstanceId: 'i-a', DryRun: true }), 'DryRunOperation');
    assert.deepStrictEqual(await emulator.starts(), {});
  });
  await suite.case('dry run refused', async () => {
    await emulator.add(one('i-a', { status: 'RUNNING' }));
    refused(await call('StartInstance', { InstanceId: 'i-a', DryRun: true }),
      'InvalidInstanceStatus');
  });
  await suite.case('batch', async () => {
    await emulator.add(one('i-a'), one('i-b', { status: 'RUNNING' }), one('i-c'));
    const list = ['i-a', 'i-b', 'i-c', 'i-none'];
    const result = accepted(await call('StartInstances', numbered('InstanceIds', list)));
    assert.deepStrictEqual(
      result.OperationDetails.map((item) => [item.InstanceId, item.Error && item.Error.Code]),
      [['i-a', undefined], ['i-b', 'InvalidInstanceStatus'], ['i-c', undefined],
        ['i-none', 'InvalidInstance.NotFound']]);
    assert.strictEqual(Object.keys(await emulator.starts()).length, 2);
  });
  await suite.case('a batch of 101', async () => {
    const list = Array.from({ length: 101 }, (_, n) => `i-${n}`);
    refused(await call('StartInstances', numbered('InstanceIds', list)),
      'LimitExceeded.MaximumInstanceIds');
  });
  await suite.case('a token of another request', async () => {
    await emulator.add(one('i-a'), one('i-b'));
    accepted(await call('StartInstance', { InstanceId: 'i-a', ClientToken: 't-2' }));
    refused(await call('StartInstance', { InstanceId: 'i-b', ClientToken: 't-2' }),
      'IdempotentParameterMismatch');
  });
}

async function readCases(suite, emulator, call) {
  await suite.case('describe over two pages', async () => {
    await emulator.add(one('i-{n}', { count: 15 }));
    const first = accepted(await call('DescribeInstances', { MaxResults: 10 }));
    const second = accepted(await call('DescribeInstances',
      { MaxResults: 10, NextToken: first.NextToken }));
    assert.deepStrictEqual([first.Instances.length, second.Instances.length, second.NextToken],
      [10, 5, '']);
    const all = [...first.Instances, ...second.Instances].map((item) => item.InstanceId);
    assert.strictEqual(new Set(all).size, 15);
  });
  await suite.case('describe: MaxResults beyond the limit', async () => {
    await emulator.add(one('i-{n}', { count: 120 }));
    const page = accepted(await call('DescribeInstances', { MaxResults: 1000 }));
    assert.strictEqual(page.Instances.length, 100);
  });
  await suite.case('describe: an unknown id is not in the list', async () => {
    await emulator.add(one('i-a'));
    assert.deepStrictEqual(
      ids(await call('DescribeInstances', numbered('InstanceIds', ['i-a', 'i-none']))), ['i-a']);
  });
  const filters = [
    [{ Status: 'RUNNING' }, ['i-b']], [{ InstanceName: 'web' }, ['i-a']],
    [{ ZoneId: 'cn-beijing-b' }, ['i-a']], [{ ProjectName: 'shop' }, ['i-a']],
    [{ InstanceChargeType: 'PrePaid' }, ['i-b']], [{ 'InstanceTypeIds.1': 'ecs.c3i.large' }, ['i-a']],
    [{ 'TagFilters.1.Key': 'team', 'TagFilters.1.Values.1': '红 & blue' }, ['i-a']],
    [{ 'TagFilters.1.Key': 'team' }, ['i-a', 'i-b']],
    [{ Status: 'STOPPED', 'TagFilters.1.Key': 'team' }, ['i-a']],
  ];
  for (const [filter, expected] of filters) {
    await suite.case(`filter ${Object.keys(filter)}`, async () => {
      await emulator.add(one('i-a', { name: 'web', zone: 'cn-beijing-b', group: 'shop',
        type: 'ecs.c3i.large', tags: { team: '红 & blue' } }),
      one('i-b', { status: 'RUNNING', prepaid: true, tags: { team: 'red' } }));
      assert.deepStrictEqual(ids(await call('DescribeInstances', filter)), expected);
    });
  }
  await suite.case('a filter over two pages', async () => {
    await emulator.add(one('i-{n}', { count: 120, name: 'web', tags: { team: 'red' } }),
      one('i-other', { name: 'web' }));
    const filter = { InstanceName: 'web', 'TagFilters.1.Key': 'team', 'TagFilters.1.Values.1': 'red',
      MaxResults: 100 };
    const first = accepted(await call('DescribeInstances', filter));
    const second = accepted(await call('DescribeInstances', { ...filter, NextToken: first.NextToken }));
    const all = [...first.Instances, ...second.Instances].map((item) => item.InstanceId);
    assert.deepStrictEqual([new Set(all).size, all.includes('i-other'), second.NextToken],
      [120, false, '']);
    const [item] = first.Instances;
    assert.deepStrictEqual([item.InstanceName, item.Tags, item.ProjectName],
      ['web', [{ Key: 'team', Value: 'red' }], 'default']);
  });
  await suite.case('the first 1000 of a tag', async () => {
    await emulator.add(one('i-{n}', { count: 1001, tags: { team: 'red' } }));
    const filter = { 'TagFilters.1.Key': 'team', MaxResults: 100 };
    let count = 0;
    let page = { NextToken: undefined };
    do {
      page = accepted(await call('DescribeInstances', { ...filter,
        ...(page.NextToken ? { NextToken: page.NextToken } : {}) }));
      count += page.Instances.length;
    } while (page.NextToken);
    assert.strictEqual(count, 1000);
  });
  await suite.case('an unknown filter', async () => {
    refused(await call('DescribeInstances', { Colour: 'red' }), 'InvalidArgument');
  });
  await suite.case('a read shows that an instance has expired', async () => {
    await emulator.add(one('i-a', { flags: ['expired'] }));
    const read = accepted(await call('DescribeInstances', { 'InstanceIds.1': 'i-a' }));
    assert.ok(new Date(read.Instances[0].ExpiredAt) < new Date());
  });
}

async function signatureCases(suite, emulator) {
  const { key } = KEYS.volcengine;
  const read = (options) => client(emulator, options)('DescribeInstances');
  await suite.case('a temporary key', async () => {
    accepted(await read({ key: `${key}temporary`, token: TOKEN }));
  });
  const rows = [
    ['a wrong secret', { secret: 'x' }, 'SignatureDoesNotMatch'],
    ['an unknown key', { key: 'x' }, 'InvalidAccessKey'],
    ['an inactive key', { key: `${key}inactive` }, 'InvalidAccessKey'],
    ['a wrong token', { key: `${key}temporary`, token: 'x' }, 'InvalidSecretToken'],
    ['an expired token', { key: `${key}old`, token: TOKEN }, 'InvalidSecretToken'],
    ['a denied action', { key: `${key}denied` }, 'AccessDenied'],
  ];
  for (const [name, options, code] of rows) {
    await suite.case(name, async () => refused(await read(options), code));
  }
  for (const hours of [-1, 1]) {
    await suite.case(`a clock that is ${hours} h off`, async () => {
      await emulator.clock(hours * 3600 * 1000);
      refused(await read({}), 'InvalidTimestamp');
    });
  }
}

async function requestCases(suite, emulator, call) {
  await suite.case('code MissingParameter.InstanceId', async () => {
    const outcome = await call('StartInstance');
    refused(outcome, 'MissingParameter.InstanceId');
    assert.strictEqual(outcome.message, 'The required parameter InstanceId is not supplied.');
  });
  await suite.case('code MissingParameter.InstanceIds', async () => {
    refused(await call('StartInstances'), 'MissingParameter.InstanceIds');
  });
  await suite.case('code InvalidClientToken.Malformed', async () => {
    refused(await call('StartInstance', { InstanceId: 'i-a', ClientToken: 'x'.repeat(65) }),
      'InvalidClientToken.Malformed');
  });
  await suite.case('an unknown action', async () => {
    refused(await call('StopInstance', { InstanceId: 'i-a' }), 'InvalidActionOrVersion');
  });
}

async function codeCases(suite, emulator, call) {
  for (const { code, status, flag, said } of codes) {
    await suite.case(`code ${code}${flag ? ` (${flag})` : ''}`, async () => {
      await emulator.add(one('i-a', { flags: flag ? [flag] : [] }));
      await emulator.faults(...(flag ? [] : [`error:${status}:${code}`]));
      for (const DryRun of [true, false]) {
        const outcome = await call('StartInstance', { InstanceId: 'i-a', DryRun });
        refused(outcome, code);
        assert.ok(!said || outcome.message === said, outcome.message);
      }
      if (flag) {
        const batch = accepted(await call('StartInstances', { 'InstanceIds.1': 'i-a' }));
        assert.strictEqual(batch.OperationDetails[0].Error.Code, code);
      }
      assert.deepStrictEqual(await emulator.starts(), {});
    });
  }
}

async function run(emulator) {
  const suite = new Suite('@volcengine/openapi', 'volcengine', emulator);
  const call = client(emulator);
  await startCases(suite, emulator, call);
  await readCases(suite, emulator, call);
  await signatureCases(suite, emulator);
  await requestCases(suite, emulator, call);
  await codeCases(suite, emulator, call);
  await suite.case('a connection that is cut', async () => {
    await emulator.faults('cut');
    await assert.rejects(call('DescribeInstances'));
  });
  suite.cannot('HTTP 429, 502, 503, 504 and other 5xx without a code of the table',
    'the SDK returns the body alone, and no HTTP status');
  suite.cannot('the HTTP status of each code', 'the SDK returns the body alone, and no HTTP status');
  suite.cannot('a dry run of a batch', 'StartInstances has no DryRun');
  return suite;
}

module.exports = { run, client };
