/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* Does what `ensure plan` does, by a vendor's npm package: reads stopped instances, and asks by dry runs
 * whether they could be started. Prints {"passed": N}, the dry runs that passed.
 *
 * usage: peer_sdk.js PACKAGE URL KEY SECRET PREFIX COUNT
 *
 * The ids are PREFIX and a number of six digits from 1. */

const IN_FLIGHT = 16;
const READ_IDS = 100;

const numbered = (name, ids) => Object.fromEntries(ids.map((id, n) => [`${name}.${n + 1}`, id]));

/* The parameters that the ECS API of Alibaba Cloud gets from all of its packages. */
const ALIBABA_REGION = 'cn-hangzhou';
const alibabaRead = (ids) => ({ RegionId: ALIBABA_REGION, InstanceIds: JSON.stringify(ids),
  MaxResults: READ_IDS });
const alibabaDryRun = (ids) => ({ RegionId: ALIBABA_REGION, InstanceId: ids, DryRun: true,
  BatchOptimization: 'AllTogether' });

/* The code of the error that a call is refused with. */
async function refusal(call) {
  try {
    await call;
  } catch (error) {
    return error.code;
  }
  return undefined;
}

/* package -> {batch: ids of one dry run, open(url, key, secret)}. What open returns: read(ids), the states
 * of instances, and dryRun(ids), whether they could be started. */
const PACKAGES = {
  '@volcengine/openapi': {
    batch: 1, // a batch has no DryRun
    open(url, accessKeyId, secretKey) {
      const { Service } = require('@volcengine/openapi');
      const { host, protocol } = new URL(url);
      const service = new Service({ serviceName: 'ecs', defaultVersion: '2020-04-01', protocol,
        region: 'cn-beijing', host, accessKeyId, secretKey });
      const call = (Action, query) => service.fetchOpenAPI({ Action, Version: '2020-04-01',
        method: 'GET', query, headers: { Host: host } });
      return {
        async read(ids) {
          const { Result } = await call('DescribeInstances',
            { ...numbered('InstanceIds', ids), MaxResults: READ_IDS });
          return Result.Instances.map((one) => one.Status);
        },
        async dryRun([InstanceId]) {
          const { ResponseMetadata } = await call('StartInstance', { InstanceId, DryRun: true });
          return ResponseMetadata.Error.Code === 'DryRunOperation';
        },
      };
    },
  },
  '@alicloud/ecs20140526': {
    batch: 100,
    open(url, accessKeyId, accessKeySecret) {
      const ecs = require('@alicloud/ecs20140526');
      const { $OpenApiUtil } = require('@alicloud/openapi-core');
      const sdk = new ecs.default(new $OpenApiUtil.Config({ accessKeyId, accessKeySecret,
        regionId: ALIBABA_REGION, protocol: 'HTTP', endpoint: new URL(url).host }));
      /* The package's names are those of the API with a lower-case first letter. */
      const request = (Model, params) => new Model(Object.fromEntries(Object.entries(params)
        .map(([name, value]) => [name[0].toLowerCase() + name.slice(1), value])));
      return {
        async read(ids) {
          const { body } = await sdk.describeInstances(
            request(ecs.DescribeInstancesRequest, alibabaRead(ids)));
          return body.instances.instance.map((one) => one.status);
        },
        async dryRun(ids) {
          const call = sdk.startInstances(request(ecs.StartInstancesRequest, alibabaDryRun(ids)));
          return await refusal(call) === 'DRYRUN.SUCCESS';
        },
      };
    },
  },
  '@alicloud/pop-core': {
    batch: 100,
    open(endpoint, accessKeyId, accessKeySecret) {
      const PopCore = require('@alicloud/pop-core');
      const sdk = new PopCore({ accessKeyId, accessKeySecret, endpoint, apiVersion: '2014-05-26' });
      const call = (action, params) => sdk.request(action, params, { method: 'POST' });
      return {
        async read(ids) {
          const { Instances } = await call('DescribeInstances', alibabaRead(ids));
          return Instances.Instance.map((one) => one.Status);
        },
        async dryRun(ids) {
          return await refusal(call('StartInstances', alibabaDryRun(ids))) === 'DRYRUN.SUCCESS';
        },
      };
    },
  },
};

/* Runs the jobs and those that they return, in their order, at most IN_FLIGHT at a time. */
function runAll(jobs) {
  return new Promise((resolve, reject) => {
    let running = 0;
    const fill = () => {
      while (running < IN_FLIGHT && jobs.length > 0) {
        running += 1;
        jobs.shift()().then((more) => {
          running -= 1;
          jobs.push(...more);
          fill();
        }).catch(reject);
      }
      if (running === 0) {
        resolve();
      }
    };
    fill();
  });
}

const slices = (list, size) => Array.from({ length: Math.ceil(list.length / size) },
  (_, n) => list.slice(n * size, (n + 1) * size));

async function main() {
  const [name, url, key, secret, prefix, count] = process.argv.slice(2);
  const { batch, open } = PACKAGES[name];
  const sdk = open(url, key, secret);
  const ids = Array.from({ length: Number(count) },
    (_, n) => prefix + String(n + 1).padStart(6, '0'));
  let passed = 0;
  const dryRun = (some) => async () => {
    if (await sdk.dryRun(some)) {
      passed += some.length;
    }
    return [];
  };
  const read = (some) => async () => {
    const states = await sdk.read(some);
    if (states.length !== some.length || states.some((one) => one.toLowerCase() !== 'stopped')) {
      throw new Error(`${some.length} instances were asked for, and these states came: ${states}`);
    }
    return slices(some, batch).map(dryRun);
  };
  await runAll(slices(ids, READ_IDS).map(read));
  console.log(JSON.stringify({ passed }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
