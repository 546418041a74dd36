/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* The STS clients of the vendors' SDKs against the emulator's STS, over TLS: they get keys that its API
 * accepts until they expire. */

const assert = require('assert');
const sts = require('@alicloud/sts20150401');
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const PopCore = require('@alicloud/pop-core');
const { Service } = require('@volcengine/openapi');
const { StsService } = require('@volcengine/openapi/lib/services/sts');
const { STS } = require('@baiducloud/sdk');
const { KEYS, ROLES, PROVIDER, IDENTITY_TOKEN, Suite, refused, accepted } = require('./harness');
const alicloud = require('./alicloud');
const volcengine = require('./volcengine');
const baidu = require('./baidu');

const SESSION = 'job-7';
const seconds = (expiry) => (new Date(expiry) - new Date()) / 1000;

/* Whether the API's read accepts the keys, as an outcome. */
const reads = {
  alibaba: (emulator, keys) => alicloud.ecsClient(emulator, keys)('DescribeInstances', {}),
  volcengine: (emulator, keys) => volcengine.client(emulator, keys)('DescribeInstances'),
  baidu: (emulator, keys) => baidu.client(emulator, keys).list(),
};
const EXPIRED = { alibaba: ['InvalidSecurityToken.Expired', 400],
  volcengine: ['InvalidSecretToken', 401], baidu: ['InvalidAccessKeyId', 403] };

/* The cases that every client has in common. `assume` returns an outcome whose keys `keysOf` reads. */
async function commonCases(suite, emulator, { assume, keysOf }) {
  const { cloud } = suite;
  const { key, secret } = KEYS[cloud];
  await suite.case('keys of a role', async () => {
    const keys = keysOf(accepted(await assume({})));
    assert.ok(keys.key && keys.secret && keys.token);
    assert.ok(seconds(keys.expiry) > 3500 && seconds(keys.expiry) < 7300, keys.expiry);
    accepted(await reads[cloud](emulator, keys));
    await emulator.revoke();
    refused(await reads[cloud](emulator, keys), ...EXPIRED[cloud]);
  });
  await suite.case('keys of a role with a temporary key', async () => {
    const first = keysOf(accepted(await assume({})));
    const second = keysOf(accepted(await assume(first)));
    assert.notStrictEqual(first.key, second.key);
    accepted(await reads[cloud](emulator, second));
  });
  const denied = { alibaba: 'EntityNotExist.Role', volcengine: 'RoleNotExist', baidu: 'NoSuchObject' };
  await suite.case('an unknown role', async () => {
    refused(await assume({ role: `${ROLES[cloud]}-none` }), denied[cloud], 404);
  });
  await suite.case('a wrong secret', async () => {
    refused(await assume({ key, secret: `${secret}x` }), 'SignatureDoesNotMatch');
  });
  await suite.case('a refusal without a role of the table', async () => {
    await emulator.faults('error:403:Some.Code,service=sts');
    refused(await assume({}), 'Some.Code', 403);
  });
  await suite.case('throttled', async () => {
    await emulator.faults('throttle,service=sts');
    assert.ok(!(await assume({})).ok);
  });
}

/* ---- Alibaba Cloud ------------------------------------------------------------------------------ */

function stsClient(emulator, more) {
  const { key, secret, token } = { ...KEYS.alibaba, ...more };
  return new sts.default(new $OpenApiUtil.Config({ accessKeyId: key, accessKeySecret: secret,
    securityToken: token, protocol: 'HTTPS', endpoint: emulator.host('alibaba_sts') }));
}

async function outcomeOf(promise) {
  try {
    const reply = await promise;
    return { ok: true, status: reply.statusCode, body: reply.body };
  } catch (error) {
    return alicloud.failed(error);
  }
}

const stsKeys = ({ credentials }) => ({ key: credentials.accessKeyId,
  secret: credentials.accessKeySecret, token: credentials.securityToken,
  expiry: credentials.expiration });

function assumeAlibaba(emulator, { role = ROLES.alibaba, request, ...more }) {
  return outcomeOf(stsClient(emulator, more).assumeRole(new sts.AssumeRoleRequest({
    roleArn: role, roleSessionName: SESSION, ...request })));
}

async function oidcCases(suite, emulator) {
  const ask = (request) => outcomeOf(stsClient(emulator, { key: 'none', secret: 'none' })
    .assumeRoleWithOIDC(new sts.AssumeRoleWithOIDCRequest({ roleArn: ROLES.alibaba,
      roleSessionName: SESSION, OIDCProviderArn: PROVIDER, OIDCToken: IDENTITY_TOKEN, ...request })));
  await suite.case('AssumeRoleWithOIDC', async () => {
    const body = accepted(await ask({}));
    accepted(await reads.alibaba(emulator, stsKeys(body)));
    assert.ok(body.assumedRoleUser.arn.endsWith(SESSION));
    assert.strictEqual(body.OIDCTokenInfo.verificationInfo, 'Success');
  });
  const rows = [
    ['AssumeRoleWithOIDC with an unknown token', { OIDCToken: 'another' },
      'AuthenticationFail.OIDCToken.Invalid', 400],
    ['AssumeRoleWithOIDC with an expired token', { OIDCToken: 'past' },
      'AuthenticationFail.OIDCToken.Expired', 400],
    ['AssumeRoleWithOIDC with an unknown provider', { OIDCProviderArn: `${PROVIDER}2` },
      'EntityNotExist.OIDCProvider', 404],
    ['AssumeRoleWithOIDC for a role without tokens', { roleArn: `${ROLES.alibaba}-next` },
      'NoPermission', 403],
  ];
  for (const [name, request, code, status] of rows) {
    await suite.case(name, async () => refused(await ask(request), code, status));
  }
}

async function runSts(emulator) {
  const suite = new Suite('@alicloud/sts20150401', 'alibaba', emulator);
  const assume = (more) => assumeAlibaba(emulator, more);
  await commonCases(suite, emulator, { assume, keysOf: stsKeys });
  const rows = [
    ['a role that is not for this key', { role: `${ROLES.alibaba}-next` }, 'NoPermission', 403],
    ['a role without its external id', { role: `${ROLES.alibaba}-external` }, 'NoPermission', 403],
    ['a session name of 1 character', { request: { roleSessionName: 'x' } },
      'InvalidParameter.RoleSessionName', 400],
    ['a life of 899 s', { request: { durationSeconds: 899 } }, 'InvalidParameter.DurationSeconds',
      400],
    ['a policy that is no JSON', { request: { policy: '{' } }, 'InvalidParameter.PolicyGrammar', 400],
  ];
  for (const [name, more, code, status] of rows) {
    await suite.case(name, async () => refused(await assume(more), code, status));
  }
  await suite.case('a life of 900 s, a policy and an external id', async () => {
    const keys = stsKeys(accepted(await assume({ role: `${ROLES.alibaba}-external`, request: {
      externalId: 'x-1', durationSeconds: 900, policy: '{"Version":"1","Statement":[]}' } })));
    assert.ok(seconds(keys.expiry) <= 901);
  });
  await suite.case('GetCallerIdentity', async () => {
    const keys = stsKeys(accepted(await assume({})));
    const user = accepted(await outcomeOf(stsClient(emulator).getCallerIdentity()));
    const role = accepted(await outcomeOf(stsClient(emulator, keys).getCallerIdentity()));
    assert.deepStrictEqual([user.identityType, role.identityType], ['RAMUser', 'AssumedRoleUser']);
    assert.strictEqual(role.arn, `acs:ram::1000000000000001:assumed-role/deploy/${SESSION}`);
  });
  await oidcCases(suite, emulator);
  return suite;
}

async function runPop(emulator) {
  const suite = new Suite('@alicloud/pop-core, STS', 'alibaba', emulator);
  const ask = async (action, params, { key, secret, token } = KEYS.alibaba, method = 'POST') => {
    const sdk = new PopCore({ accessKeyId: key, accessKeySecret: secret, securityToken: token,
      endpoint: emulator.urls.alibaba_sts, apiVersion: '2015-04-01' });
    try {
      return { ok: true, body: await sdk.request(action, params, { method }) };
    } catch (error) {
      return alicloud.failed(error);
    }
  };
  const keysOf = ({ Credentials }) => ({ key: Credentials.AccessKeyId,
    secret: Credentials.AccessKeySecret, token: Credentials.SecurityToken,
    expiry: Credentials.Expiration });
  const assume = ({ role = ROLES.alibaba, ...more }, method) => ask('AssumeRole',
    { RoleArn: role, RoleSessionName: SESSION }, { ...KEYS.alibaba, ...more }, method);
  await commonCases(suite, emulator, { assume, keysOf });
  await suite.case('AssumeRole with GET', async () => {
    accepted(await reads.alibaba(emulator, keysOf(accepted(await assume({}, 'GET')))));
  });
  await suite.case('GetCallerIdentity', async () => {
    const keys = keysOf(accepted(await assume({})));
    const seen = accepted(await ask('GetCallerIdentity', {}, keys));
    assert.strictEqual(seen.Arn, `acs:ram::1000000000000001:assumed-role/deploy/${SESSION}`);
  });
  suite.cannot('AssumeRoleWithOIDC', 'the SDK signs every request');
  return suite;
}

/* ---- Volcengine --------------------------------------------------------------------------------- */

async function runVolcengine(emulator) {
  const suite = new Suite('@volcengine/openapi, STS', 'volcengine', emulator);
  const options = ({ key, secret, token }) => ({ protocol: 'https:', region: 'cn-beijing',
    host: emulator.host('volcengine_sts'), accessKeyId: key, secretKey: secret, sessionToken: token });
  /* The SDK signs the host only if the caller passes it as a header; it adds to this object. */
  const signed = () => ({ headers: { Host: emulator.host('volcengine_sts') } });
  const outcome = (body) => {
    const error = body && body.ResponseMetadata && body.ResponseMetadata.Error;
    return typeof body !== 'object' || error
      ? { ok: false, code: error && error.Code, message: error && error.Message }
      : { ok: true, body: body.Result };
  };
  const keysOf = ({ Credentials }) => ({ key: Credentials.AccessKeyId,
    secret: Credentials.SecretAccessKey, token: Credentials.SessionToken,
    expiry: Credentials.ExpiredTime });
  const assume = async ({ role = ROLES.volcengine, request, ...more }) => outcome(
    await new StsService(options({ ...KEYS.volcengine, ...more })).AssumeRole(
      { RoleTrn: role, RoleSessionName: SESSION, ...request }, signed()));
  const identify = async (keys) => outcome(await new Service({ serviceName: 'sts',
    defaultVersion: '2018-01-01', ...options(keys) }).fetchOpenAPI({ Action: 'GetCallerIdentity',
    Version: '2018-01-01', ...signed() }));
  await commonCases(suite, emulator, { assume, keysOf });
  for (const [asked, given] of [[60, 3600], [900, 900], [50000, 43200]]) {
    await suite.case(`a life of ${asked} s`, async () => {
      const keys = keysOf(accepted(await assume({ request: { DurationSeconds: asked } })));
      assert.ok(Math.abs(seconds(keys.expiry) - given) < 120, keys.expiry);
    });
  }
  await suite.case('no session name', async () => {
    refused(await assume({ request: { RoleSessionName: undefined } }), 'ParameterNotFound', 400);
  });
  await suite.case('GetCallerIdentity', async () => {
    const user = accepted(await identify(KEYS.volcengine));
    const role = accepted(await identify(keysOf(accepted(await assume({})))));
    assert.deepStrictEqual([user.IdentityType, role.IdentityType], ['User', 'Role']);
    assert.strictEqual(role.Trn, `trn:sts::2100000001:assumed-role/deploy/${SESSION}`);
  });
  suite.cannot('AssumeRoleWithOIDC', 'the SDK signs every request');
  return suite;
}

/* ---- Baidu -------------------------------------------------------------------------------------- */

async function runBaidu(emulator) {
  const suite = new Suite('@baiducloud/sdk, STS', 'baidu', emulator);
  const keysOf = (body) => ({ key: body.accessKeyId, secret: body.secretAccessKey,
    token: body.sessionToken, expiry: body.expiration });
  const assume = ({ role = ROLES.baidu, request, body, ...more }) => {
    const { key, secret, token } = { ...KEYS.baidu, ...more };
    const [accountId, roleName] = role.split('/');
    const sdk = new STS({ endpoint: emulator.urls.baidu_sts, credentials: { ak: key, sk: secret },
      sessionToken: token });
    return baidu.outcomeOf(sdk.sendRequest('POST', '/v1/credential', { headers: {}, body,
      params: { assumeRole: '', accountId, roleName, ...request } }));
  };
  await commonCases(suite, emulator, { assume, keysOf });
  await suite.case('a life of 60 s, and an access control list', async () => {
    const body = JSON.stringify({ accessControlList: [{ service: 'bce:bcc', region: 'bj',
      effect: 'Allow', resource: ['*'], permission: ['READ'] }] });
    const keys = keysOf(accepted(await assume({ body, request: { durationSeconds: 60 } })));
    assert.ok(seconds(keys.expiry) <= 61);
  });
  await suite.case('a life of 7201 s', async () => {
    refused(await assume({ request: { durationSeconds: 7201 } }), 'BadRequest', 400);
  });
  await suite.case('a body that is no JSON', async () => {
    refused(await assume({ body: '{' }), 'MalformedJSON', 400);
  });
  suite.cannot('AssumeRole by a method of its own', 'the SDK has getSessionToken alone, so that '
    + 'assumeRole is asked for through sendRequest');
  return suite;
}

module.exports = { runSts, runPop, runVolcengine, runBaidu, reads };
