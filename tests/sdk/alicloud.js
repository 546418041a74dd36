/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* The two SDKs of Alibaba Cloud against the emulator's ECS: @alicloud/ecs20140526 signs with
 * ACS3-HMAC-SHA256, @alicloud/pop-core with HMAC-SHA1 (SignatureVersion 1.0). One table of cases; each
 * SDK has an adapter that takes the API's parameter names. */

const assert = require('assert');
const ecs = require('@alicloud/ecs20140526');
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const PopCore = require('@alicloud/pop-core');
const { KEYS, TOKEN, Suite, refused, accepted } = require('./harness');
const codes = require('./codes').alibaba;

const REGION = 'cn-hangzhou';
const one = (id, more) => ({ cloud: 'alibaba', region: REGION, id, status: 'Stopped', ...more });
const options = (more) => ({ key: KEYS.alibaba.key, secret: KEYS.alibaba.secret, ...more });

function failed(error) {
  const data = error.data || {};
  return { ok: false, code: error.code, message: data.Message || error.message,
    status: data.statusCode || (error.entry && error.entry.response.statusCode) };
}

/* Converts parameter names (InstanceId -> instanceId), also in lists of tags. */
function modelOf(action, params) {
  const Model = ecs[`${action}Request`];
  const members = Object.entries(params).map(([name, value]) => {
    const member = name[0].toLowerCase() + name.slice(1);
    const Tag = ecs[`${action}RequestTag`];
    return [member, name === 'Tag'
      ? value.map((tag) => new Tag({ key: tag.Key, value: tag.Value })) : value];
  });
  return new Model(Object.fromEntries(members));
}

function ecsClient(emulator, more) {
  const { key, secret, token } = options(more);
  const sdk = new ecs.default(new $OpenApiUtil.Config({ accessKeyId: key, accessKeySecret: secret,
    securityToken: token, regionId: REGION,
    protocol: emulator.scheme('alibaba').toUpperCase(), endpoint: emulator.host('alibaba') }));
  return async (action, params) => {
    try {
      const method = action[0].toLowerCase() + action.slice(1);
      const reply = await sdk[method](modelOf(action, { RegionId: REGION, ...params }));
      return { ok: true, status: reply.statusCode, body: reply.body };
    } catch (error) {
      return failed(error);
    }
  };
}

/* The SDK's names are those of the API with a lower-case first letter, at every level. */
const ecsList = (body) => body.instances.instance.map((item) => ({ id: item.instanceId,
  status: item.status, locks: item.operationLocks.lockReason.map((lock) => lock.lockReason),
  expires: item.expiredTime }));
const ecsItems = (body) => body.instanceResponses.instanceResponse.map((item) => [item.instanceId,
  item.code]);
const ecsStatuses = (body) => [body.totalCount, body.instanceStatuses.instanceStatus.length];

function popClient(method) {
  return (emulator, more) => {
    const { key, secret, token } = options(more);
    const sdk = new PopCore({ accessKeyId: key, accessKeySecret: secret, securityToken: token,
      endpoint: emulator.urls.alibaba, apiVersion: '2014-05-26' });
    return async (action, params) => {
      try {
        const given = Object.fromEntries(Object.entries({ RegionId: REGION, ...params })
          .filter((pair) => pair[1] !== undefined));
        return { ok: true, body: await sdk.request(action, given, { method }) };
      } catch (error) {
        return failed(error);
      }
    };
  };
}

const popList = (body) => body.Instances.Instance.map((item) => ({ id: item.InstanceId,
  status: item.Status, locks: item.OperationLocks.LockReason.map((lock) => lock.LockReason),
  expires: item.ExpiredTime }));
const popItems = (body) => body.InstanceResponses.InstanceResponse.map((item) => [item.InstanceId,
  item.Code]);
const popStatuses = (body) => [body.TotalCount, body.InstanceStatuses.InstanceStatus.length];

async function startCases(suite, emulator, sdk, call) {
  await suite.case('StartInstance', async () => {
    await emulator.add(one('i-a', { boot_reads: 1 }));
    accepted(await call('StartInstance', { InstanceId: 'i-a', RegionId: undefined }));
    const seen = [];
    for (let n = 0; n < 2; n += 1) {
      const read = accepted(await call('DescribeInstances', { InstanceIds: '["i-a"]' }));
      seen.push(sdk.list(read)[0].status);
    }
    assert.deepStrictEqual(seen, ['Starting', 'Running']);
    assert.deepStrictEqual(await emulator.starts(), { 'alibaba/cn-hangzhou/i-a': 1 });
  });
  const passed = [['StartInstance', { InstanceId: 'i-a', RegionId: undefined }, 'DryRunOperation'],
    ['StartInstances', { InstanceId: ['i-a', 'i-b'] }, 'DRYRUN.SUCCESS'],
    ['StartInstances', { InstanceId: ['i-run'], BatchOptimization: 'SuccessFirst' },
      'DRYRUN.SUCCESS'],
    ['DescribeInstances', {}, 'DryRunOperation']];
  for (const [action, params, code] of passed) {
    await suite.case(`dry run passed, ${action} ${Object.keys(params)}`, async () => {
      await emulator.add(one('i-a'), one('i-b'), one('i-run', { status: 'Running' }));
      refused(await call(action, { ...params, DryRun: true }), code, 400);
      assert.deepStrictEqual(await emulator.starts(), {});
    });
  }
  await suite.case('dry run refused', async () => {
    await emulator.add(one('i-a'), one('i-run', { status: 'Running' }));
    refused(await call('StartInstances', { InstanceId: ['i-a', 'i-run'], DryRun: true }),
      'IncorrectInstanceStatus', 403);
  });
  await suite.case('batch, AllTogether', async () => {
    await emulator.add(one('i-a'), one('i-b'), one('i-run', { status: 'Running' }));
    refused(await call('StartInstances', { InstanceId: ['i-a', 'i-run'] }),
      'IncorrectInstanceStatus', 403);
    const body = accepted(await call('StartInstances', { InstanceId: ['i-a', 'i-b'] }));
    assert.deepStrictEqual(sdk.items(body), [['i-a', '200'], ['i-b', '200']]);
    assert.strictEqual(Object.keys(await emulator.starts()).length, 2);
  });
  await suite.case('batch, SuccessFirst', async () => {
    await emulator.add(one('i-a'), one('i-run', { status: 'Running' }));
    const body = accepted(await call('StartInstances',
      { InstanceId: ['i-a', 'i-run', 'i-none'], BatchOptimization: 'SuccessFirst' }));
    assert.deepStrictEqual(sdk.items(body), [['i-a', '200'], ['i-run', 'IncorrectInstanceStatus'],
      ['i-none', 'InvalidInstanceId.NotFound']]);
  });
  await suite.case('a batch of 101', async () => {
    const InstanceId = Array.from({ length: 101 }, (_, n) => `i-${n}`);
    refused(await call('StartInstances', { InstanceId }), 'InvalidParameter.TooManyInstanceIds', 403);
  });
}

async function filterCases(suite, emulator, sdk, call) {
  const filters = [
    [{ Status: 'Running' }, ['i-b']], [{ InstanceName: 'we*' }, ['i-a']],
    [{ ZoneId: 'cn-hangzhou-b' }, ['i-a']], [{ ResourceGroupId: 'rg-1' }, ['i-a']],
    [{ InstanceChargeType: 'PrePaid' }, ['i-b']], [{ InstanceType: 'ecs.c7.large' }, ['i-a']],
    [{ Tag: [{ Key: 'team', Value: '红 & blue' }] }, ['i-a']],
    [{ Tag: [{ Key: 'team' }] }, ['i-a', 'i-b']],
    [{ Status: 'Stopped', Tag: [{ Key: 'team' }] }, ['i-a']],
  ];
  for (const [filter, expected] of filters) {
    await suite.case(`filter ${Object.keys(filter)}`, async () => {
      await emulator.add(one('i-a', { name: 'web', zone: 'cn-hangzhou-b', group: 'rg-1',
        type: 'ecs.c7.large', tags: { team: '红 & blue' } }),
      one('i-b', { status: 'Running', prepaid: true, tags: { team: 'red' } }));
      const found = sdk.list(accepted(await call('DescribeInstances', filter)));
      assert.deepStrictEqual(found.map((item) => item.id).sort(), expected);
    });
  }
  await suite.case('a filter over two pages', async () => {
    await emulator.add(one('i-{n}', { count: 120, name: 'web-1', tags: { team: 'red' } }),
      one('i-other', { name: 'db' }));
    const filter = { InstanceName: 'web*', Tag: [{ Key: 'team', Value: 'red' }], MaxResults: 100 };
    const first = accepted(await call('DescribeInstances', filter));
    const NextToken = first.nextToken || first.NextToken;
    const second = accepted(await call('DescribeInstances', { ...filter, NextToken }));
    const all = [first, second].flatMap((body) => sdk.list(body)).map((item) => item.id);
    assert.deepStrictEqual([new Set(all).size, all.includes('i-other')], [120, false]);
  });
  await suite.case('the first 1000 of a resource group', async () => {
    await emulator.add(one('i-{n}', { count: 1001, group: 'rg-1' }));
    let count = 0;
    let NextToken;
    do {
      const page = accepted(await call('DescribeInstances',
        { ResourceGroupId: 'rg-1', MaxResults: 100, NextToken }));
      count += sdk.list(page).length;
      NextToken = page.nextToken || page.NextToken || undefined;
    } while (NextToken);
    assert.strictEqual(count, 1000);
  });
  await suite.case('an unknown filter', async () => {
    refused(await call('DescribeInstances', { VpcId: 'vpc-1' }), 'InvalidParameter', 400);
  });
}

async function readCases(suite, emulator, sdk, call) {
  await suite.case('DescribeInstances over two pages', async () => {
    await emulator.add(one('i-{n}', { count: 15 }));
    const first = accepted(await call('DescribeInstances', { MaxResults: 10 }));
    const second = accepted(await call('DescribeInstances',
      { MaxResults: 10, NextToken: first.nextToken || first.NextToken }));
    const all = [first, second].flatMap((body) => sdk.list(body)).map((item) => item.id);
    assert.deepStrictEqual([all.length, new Set(all).size], [15, 15]);
    assert.strictEqual(second.nextToken || second.NextToken || '', '');
  });
  await suite.case('DescribeInstanceStatus over two pages', async () => {
    await emulator.add(one('i-{n}', { count: 60 }));
    const pages = [];
    for (const PageNumber of [1, 2]) {
      const body = accepted(await call('DescribeInstanceStatus', { PageSize: 50, PageNumber }));
      pages.push(sdk.statuses(body));
    }
    assert.deepStrictEqual(pages, [[60, 50], [60, 10]]);
  });
  await suite.case('DescribeInstanceStatus by ids', async () => {
    await emulator.add(one('i-a'), one('i-b'));
    const body = accepted(await call('DescribeInstanceStatus', { InstanceId: ['i-a', 'i-none'] }));
    assert.deepStrictEqual(sdk.statuses(body), [1, 1]);
  });
  for (const [asked, given] of [[1000, 100], [1, 10]]) {
    await suite.case(`MaxResults ${asked}`, async () => {
      await emulator.add(one('i-{n}', { count: 120 }));
      const body = accepted(await call('DescribeInstances', { MaxResults: asked }));
      assert.strictEqual(sdk.list(body).length, given);
    });
  }
  await suite.case('OperationLocks and expiry in a read', async () => {
    await emulator.add(one('i-a', { flags: ['locked_security', 'recycling', 'expired'] }));
    const [seen] = sdk.list(accepted(await call('DescribeInstances', { InstanceIds: '["i-a"]' })));
    assert.deepStrictEqual(seen.locks, ['security', 'Recycling']);
    assert.ok(new Date(seen.expires) < new Date());
  });
}

async function requestCases(suite, emulator, sdk, call) {
  const rows = [
    ['code InvalidRegionId.NotFound', 'DescribeInstances', { RegionId: 'cn-nowhere' },
      'InvalidRegionId.NotFound', 404],
    ['code MissingParameter of a request', 'DescribeInstances', { RegionId: undefined },
      'MissingParameter', 400],
    ['code InvalidInstanceId.NotFound without ids', 'StartInstances', {},
      'InvalidInstanceId.NotFound', 403],
    ['code Abs.InvalidInstanceIds.MalFormed of a request', 'StartInstances', { InstanceId: ['x-1'] },
      'Abs.InvalidInstanceIds.MalFormed', 403],
    ['code InvalidInstanceIds.NotFound of a request', 'StartInstances',
      { InstanceId: ['i-none', 'i-other'] }, 'InvalidInstanceIds.NotFound', 404],
  ];
  for (const [name, action, params, code, status] of rows) {
    await suite.case(name, async () => refused(await call(action, params), code, status));
  }
}

async function signatureCases(suite, emulator, sdk) {
  const { key } = KEYS.alibaba;
  const read = (more, params) => sdk.client(emulator, more)('DescribeInstances', params || {});
  await suite.case('a temporary key', async () => {
    accepted(await read({ key: `${key}temporary`, token: TOKEN }));
  });
  const rows = [
    ['a wrong secret', { secret: 'x' }, 'SignatureDoesNotMatch', 400],
    ['an unknown key', { key: 'x' }, 'InvalidAccessKeyId.NotFound', 404],
    ['an inactive key', { key: `${key}inactive` }, 'InvalidAccessKeyId.Inactive', 400],
    ['a wrong token', { key: `${key}temporary`, token: 'x' }, 'InvalidSecurityToken.Malformed', 400],
    ['a token without need', { token: 'x' }, 'InvalidSecurityToken.MismatchWithAccessKey', 400],
    ['an expired token', { key: `${key}old`, token: TOKEN }, 'InvalidSecurityToken.Expired', 400],
    ['a temporary key without a token', { key: `${key}temporary` }, 'MissingSecurityToken', 400],
  ];
  for (const [name, more, code, status] of rows) {
    await suite.case(name, async () => refused(await read(more), code, status));
  }
  await suite.case('a denied read is an empty list, and an error in a dry run', async () => {
    await emulator.add(one('i-a'));
    assert.deepStrictEqual(sdk.list(accepted(await read({ key: `${key}denied` }))), []);
    refused(await read({ key: `${key}denied` }, { DryRun: true }), 'Forbidden.RAM', 403);
  });
  for (const hours of [-1, 1]) {
    await suite.case(`a clock that is ${hours} h off`, async () => {
      await emulator.clock(hours * 3600 * 1000);
      refused(await read({}), 'InvalidTimeStamp.Expired', 400);
    });
  }
}

/* Refusals that the cloud's dry run does not check. */
const START_ONLY = ['balance', 'arrears', 'stock', 'lack_resource', 'spot_price',
  'private_pool_stock', 'dedicated_host_full', 'kms_key_disabled', 'kms_unauthorized'];

async function codeCases(suite, emulator, call) {
  for (const { code, status, flag, said } of codes) {
    await suite.case(`code ${code}${flag ? ` (${flag})` : ''}`, async () => {
      await emulator.add(one('i-a', { flags: flag ? [flag] : [] }));
      await emulator.faults(...(flag ? [] : [`error:${status}:${code}`]));
      const dry = await call('StartInstances', { InstanceId: ['i-a'], DryRun: true });
      refused(dry, START_ONLY.includes(flag) ? 'DRYRUN.SUCCESS' : code,
        START_ONLY.includes(flag) ? 400 : status);
      const outcome = await call('StartInstances', { InstanceId: ['i-a'] });
      refused(outcome, code, status);
      assert.ok(!said || outcome.message.includes(said), outcome.message);
      assert.deepStrictEqual(await emulator.starts(), {});
    });
  }
}

async function transportCases(suite, emulator, sdk, call) {
  if (sdk.tellsStatus) {
    for (const status of [502, 503, 504]) {
      await suite.case(`HTTP ${status} from a gateway`, async () => {
        await emulator.faults(`html:${status}`);
        const outcome = await call('DescribeInstances', {});
        assert.ok(!outcome.ok, JSON.stringify(outcome));
      });
    }
  }
  await suite.case('HTTP 429 with a code', async () => {
    await emulator.faults('error:429:Throttling.Api');
    refused(await call('DescribeInstances', {}), 'Throttling.Api', 429);
  });
  await suite.case('a connection that is cut', async () => {
    await emulator.faults('cut');
    assert.ok(!(await call('DescribeInstances', {})).ok);
  });
}

async function run(emulator, name, sdk) {
  const suite = new Suite(name, 'alibaba', emulator);
  const call = sdk.client(emulator);
  await startCases(suite, emulator, sdk, call);
  await readCases(suite, emulator, sdk, call);
  await filterCases(suite, emulator, sdk, call);
  await requestCases(suite, emulator, sdk, call);
  await signatureCases(suite, emulator, sdk);
  await codeCases(suite, emulator, call);
  await transportCases(suite, emulator, sdk, call);
  return suite;
}

async function runEcs(emulator) {
  const sdk = { client: ecsClient, list: ecsList, items: ecsItems, statuses: ecsStatuses,
    tellsStatus: true };
  const suite = await run(emulator, '@alicloud/ecs20140526', sdk);
  suite.cannot('InstanceId as a JSON list', 'the model of StartInstances writes InstanceId.N');
  return suite;
}

async function runPop(emulator, method) {
  const sdk = { client: popClient(method), list: popList, items: popItems, statuses: popStatuses };
  const suite = await run(emulator, `@alicloud/pop-core, ${method}`, sdk);
  const call = sdk.client(emulator);
  await suite.case('InstanceId as a JSON list', async () => {
    await emulator.add(one('i-a'), one('i-b'));
    const body = accepted(await call('StartInstances', { InstanceId: '["i-a","i-b"]' }));
    assert.deepStrictEqual(sdk.items(body), [['i-a', '200'], ['i-b', '200']]);
  });
  await suite.case('an unknown action', async () => {
    refused(await call('StopInstances', { InstanceId: ['i-a'] }), 'InvalidAction.NotFound', 404);
  });
  suite.cannot('HTTP 502, 503 and 504 from a gateway',
    'the SDK parses every body as JSON and tells no HTTP status when it is none');
  suite.cannot('Format=XML', 'the SDK parses every body as JSON');
  return suite;
}

module.exports = { runEcs, runPop, ecsClient, failed };
