/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
/* @alicloud/credentials, the chain of sources of Alibaba Cloud's SDKs: with the inputs that a user gives it
 * (options, variables, files) it logs in at the emulator, and gets keys that its API accepts. */

const assert = require('assert');
const fs = require('fs');
const net = require('net');
const path = require('path');
const tls = require('tls');
const credentials = require('@alicloud/credentials');
const { KEYS, TOKEN, ROLES, PROVIDER, IDENTITY_TOKEN, Suite, accepted, refused } = require('./harness');
const { redirected } = require('./loopback');
const { reads } = require('./keys');

const { key, secret } = KEYS.alibaba;
const ROLE = { roleArn: ROLES.alibaba, roleSessionName: 'job-7' };
const LOGIN = { STS: 'sts AssumeRole', OIDC: 'sts AssumeRoleWithOIDC',
  URI: 'credentials_uri GetCredentials', TOKEN: 'metadata PutToken', LIST: 'metadata ListRoles',
  KEYS: 'metadata GetCredentials' };

/* A home, a file with an identity token, and variables, while `run` runs. */
class Machine {
  constructor(directory, token) {
    this.home = fs.mkdtempSync(path.join(directory, 'home-'));
    this.tokenFile = this.write('token', token);
  }

  write(name, content) {
    const file = path.join(this.home, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  }

  async use(variables, run) {
    const saved = { ...process.env };
    Object.assign(process.env, { HOME: this.home, ...variables });
    try {
      return await run();
    } finally {
      Object.keys(process.env).forEach((name) => delete process.env[name]);
      Object.assign(process.env, saved);
    }
  }
}

/* The keys of a source; config undefined: the default chain. */
async function keysOf(source) {
  const found = await source.getCredential();
  return { key: found.accessKeyId, secret: found.accessKeySecret, token: found.securityToken,
    provider: found.providerName };
}

const sourceOf = (config) => new credentials.default(config && new credentials.Config(config));

/* name, configuration (undefined: the default chain), variables, files, who gave the keys, the requests */
function sources(emulator, machine) {
  const oidc = { ALIBABA_CLOUD_OIDC_TOKEN_FILE: machine.tokenFile,
    ALIBABA_CLOUD_OIDC_PROVIDER_ARN: PROVIDER, ALIBABA_CLOUD_ROLE_ARN: ROLES.alibaba };
  const uri = { ALIBABA_CLOUD_CREDENTIALS_URI: emulator.urls.credentials_uri };
  const off = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' };
  const fixed = { access_key_id: key, access_key_secret: secret };
  const role = { ram_role_arn: ROLES.alibaba, ram_session_name: 'job-7' };
  const cli = (...profiles) => ({ '.aliyun/config.json': { current: 'it', profiles } });
  const ini = (...lines) => ({ '.alibabacloud/credentials': ['[default]', ...lines].join('\n') });
  const command = `cat ${machine.write('external.json', { mode: 'AK', ...fixed })}`;
  return [
    ['options: access_key', { type: 'access_key', accessKeyId: key, accessKeySecret: secret }, {}, {},
      'static_ak', []],
    ['options: sts', { type: 'sts', accessKeyId: `${key}temporary`, accessKeySecret: secret,
      securityToken: TOKEN }, {}, {}, 'static_sts', []],
    ['options: ram_role_arn', { type: 'ram_role_arn', accessKeyId: key, accessKeySecret: secret,
      ...ROLE }, {}, {}, 'ram_role_arn/static_ak', [LOGIN.STS]],
    ['options: ram_role_arn, external id', { type: 'ram_role_arn', accessKeyId: key,
      accessKeySecret: secret, ...ROLE, roleArn: `${ROLES.alibaba}-external`, externalId: 'x-1' }, {},
    {}, 'ram_role_arn/static_ak', [LOGIN.STS]],
    ['options: oidc_role_arn', { type: 'oidc_role_arn', ...ROLE, oidcProviderArn: PROVIDER,
      oidcTokenFilePath: machine.tokenFile }, {}, {}, 'oidc_role_arn', [LOGIN.OIDC]],
    ['options: ecs_ram_role', { type: 'ecs_ram_role', roleName: 'deploy' }, {}, {}, 'ecs_ram_role',
      [LOGIN.TOKEN, LOGIN.KEYS]],
    ['options: ecs_ram_role without a name', { type: 'ecs_ram_role' }, {}, {}, 'ecs_ram_role',
      [LOGIN.TOKEN, LOGIN.LIST, LOGIN.TOKEN, LOGIN.KEYS]],
    ['options: credentials_uri', { type: 'credentials_uri',
      credentialsURI: emulator.urls.credentials_uri }, {}, {}, 'credential_uri', [LOGIN.URI]],
    ['chain: variables', undefined, { ALIBABA_CLOUD_ACCESS_KEY_ID: key,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret, ...oidc, ...uri }, cli({ name: 'it', mode: 'AK' }),
    'default/env', []],
    ['chain: variables, temporary', undefined, { ALIBABA_CLOUD_ACCESS_KEY_ID: `${key}temporary`,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret, ALIBABA_CLOUD_SECURITY_TOKEN: TOKEN }, {},
    'default/env', []],
    ['chain: OIDC before profile', undefined, oidc, cli({ name: 'it', mode: 'AK', ...fixed }),
      'default/oidc_role_arn', [LOGIN.OIDC]],
    ['chain: profile AK', undefined, uri, cli({ name: 'it', mode: 'AK', ...fixed }),
      'default/cli_profile', []],
    ['chain: profile StsToken', undefined, {}, cli({ name: 'it', mode: 'StsToken',
      access_key_id: `${key}temporary`, access_key_secret: secret, sts_token: TOKEN }),
    'default/cli_profile', []],
    ['chain: profile RamRoleArn', undefined, {}, cli({ name: 'it', mode: 'RamRoleArn', ...fixed,
      ...role }), 'default/cli_profile', [LOGIN.STS]],
    ['chain: profile ChainableRamRoleArn', undefined, {}, cli({ name: 'it',
      mode: 'ChainableRamRoleArn', source_profile: 'base', ...role,
      ram_role_arn: `${ROLES.alibaba}-next` }, { name: 'base', mode: 'RamRoleArn', ...fixed, ...role }),
    'default/cli_profile', [LOGIN.STS, LOGIN.STS]],
    ['chain: profile OIDC', undefined, {}, cli({ name: 'it', mode: 'OIDC', ...role,
      oidc_provider_arn: PROVIDER, oidc_token_file: machine.tokenFile }),
    'default/cli_profile', [LOGIN.OIDC]],
    ['chain: profile EcsRamRole', undefined, {}, cli({ name: 'it', mode: 'EcsRamRole',
      ram_role_name: 'deploy' }), 'default/cli_profile', [LOGIN.TOKEN, LOGIN.KEYS]],
    ['chain: profile External', undefined, {}, cli({ name: 'it', mode: 'External',
      process_command: command }), 'default/cli_profile', []],
    ['chain: the profile of a variable', undefined, { ALIBABA_CLOUD_PROFILE: 'other' }, cli(
      { name: 'it', mode: 'AK', access_key_id: 'x', access_key_secret: 'x' },
      { name: 'other', mode: 'AK', ...fixed }), 'default/cli_profile', []],
    ['chain: INI access_key', undefined, {}, ini('type = access_key', `access_key_id = ${key}`,
      `access_key_secret = ${secret}`), 'default/profile', []],
    ['chain: INI ram_role_arn', undefined, {}, ini('type = ram_role_arn', `access_key_id = ${key}`,
      `access_key_secret = ${secret}`, `role_arn = ${ROLES.alibaba}`, 'role_session_name = job-7'),
    'default/profile', [LOGIN.STS]],
    ['chain: INI ecs_ram_role', undefined, {}, ini('type = ecs_ram_role', 'role_name = deploy'),
      'default/profile', [LOGIN.TOKEN, LOGIN.KEYS]],
    ['chain: metadata before URI', undefined, uri, {}, 'default/ecs_ram_role',
      [LOGIN.TOKEN, LOGIN.LIST, LOGIN.TOKEN, LOGIN.KEYS]],
    ['chain: URI', undefined, { ...uri, ...off }, {}, 'default/credential_uri', [LOGIN.URI]],
  ];
}

/* Runs with the vendor's addresses replaced; returns the hosts that it asked. */
const atEmulator = (emulator, run) => redirected(
  { sts: emulator.urls.alibaba_sts, metadata: emulator.urls.alibaba_metadata }, run);

async function sourceCases(suite, emulator) {
  const count = sources(emulator, new Machine(emulator.directory, IDENTITY_TOKEN)).length;
  for (let n = 0; n < count; n += 1) {
    const machine = new Machine(emulator.directory, IDENTITY_TOKEN);
    const [name, config, variables, files, provider, requests] = sources(emulator, machine)[n];
    await suite.case(name, () => atEmulator(emulator, async () => {
      Object.entries(files).forEach(([file, content]) => machine.write(file, content));
      const keys = await machine.use(variables, () => keysOf(sourceOf(config)));
      accepted(await reads.alibaba(emulator, keys));
      assert.strictEqual(keys.provider, provider);
      assert.deepStrictEqual(await emulator.requests(), [...requests, 'api DescribeInstances']);
    }));
  }
}

async function refusalCases(suite, emulator) {
  const machine = new Machine(emulator.directory, 'past');
  const token = (content) => machine.write('token', content);
  const byKey = { type: 'ram_role_arn', accessKeyId: key, accessKeySecret: secret, ...ROLE };
  const byToken = { type: 'oidc_role_arn', ...ROLE, oidcProviderArn: PROVIDER,
    oidcTokenFilePath: machine.tokenFile };
  const rows = [
    ['an unknown role', { ...byKey, roleArn: `${ROLES.alibaba}-none` }, /EntityNotExist\.Role/],
    ['a role that is not for this key', { ...byKey, roleArn: `${ROLES.alibaba}-next` }, /NoPermission/],
    ['a wrong secret', { ...byKey, accessKeySecret: 'x' }, /secret is invalid|SignatureDoesNotMatch/],
    ['an unknown key', { ...byKey, accessKeyId: 'x' }, /InvalidAccessKeyId\.NotFound/],
    ['an expired identity token', byToken, /AuthenticationFail\.OIDCToken\.Expired/, 'past'],
    ['an unknown identity token', byToken, /AuthenticationFail\.OIDCToken\.Invalid/, 'another'],
    ['a line end in the token file', byToken, /AuthenticationFail\.OIDCToken\.Invalid/,
      `${IDENTITY_TOKEN}\n`],
    ['an unknown role of the instance', { type: 'ecs_ram_role', roleName: 'none',
      disableIMDSv1: true }, /httpStatus: 404/],
  ];
  for (const [name, config, message, content = ''] of rows) {
    await suite.case(name, () => atEmulator(emulator, async () => {
      token(content);
      await assert.rejects(keysOf(sourceOf(config)), message);
    }));
  }
}

/* Replies that no good service sends. */
async function hostileCases(suite, emulator) {
  const byKey = { type: 'ram_role_arn', accessKeyId: key, accessKeySecret: secret, ...ROLE };
  const instance = { type: 'ecs_ram_role', roleName: 'deploy', disableIMDSv1: true };
  const rows = [
    ['STS: not JSON', 'garbage,service=sts', byKey],
    ['STS: JSON without keys', 'json:%7B%22Credentials%22%3A%7B%7D%7D,service=sts', byKey],
    ['STS: another cloud', 'other-cloud,service=sts', byKey],
    ['STS: 503', 'http:503,service=sts', byKey],
    ['STS: cut', 'cut,service=sts', byKey],
    ['metadata: another cloud', 'other-cloud,service=metadata,action=GetCredentials', instance],
    ['metadata: no token, and the older version is forbidden',
      'error:404:NotFound,service=metadata,action=PutToken', instance],
    ['metadata: no token, and the older version is refused',
      'error:404:NotFound,service=metadata,action=PutToken', { ...instance, disableIMDSv1: false }],
    ['URI: a page', 'html,service=credentials_uri', { type: 'credentials_uri',
      credentialsURI: emulator.urls.credentials_uri }],
  ];
  for (const [name, fault, config] of rows) {
    await suite.case(name, () => atEmulator(emulator, async () => {
      await emulator.faults(fault);
      await assert.rejects(keysOf(sourceOf(config)));
    }));
  }
}

async function renewalCases(suite, emulator) {
  const machine = new Machine(emulator.directory, 'once');
  const byKey = { type: 'ram_role_arn', accessKeyId: key, accessKeySecret: secret, ...ROLE };
  const same = async (source) => (await keysOf(source)).key === (await keysOf(source)).key;
  /* The package renews keys 15 minutes before the expiry that the reply shows. */
  for (const [minutes, kept] of [[60, true], [10, false]]) {
    await suite.case(`keys of ${minutes} min are ${kept ? 'kept' : 'renewed'}`, () => atEmulator(
      emulator, async () => {
        await emulator.faults(`expires:${minutes * 60000},service=sts`);
        assert.strictEqual(await same(sourceOf(byKey)), kept);
      }));
  }
  await suite.case('the token file is read at each renewal', () => atEmulator(emulator, async () => {
    const source = sourceOf({ type: 'oidc_role_arn', ...ROLE, oidcProviderArn: PROVIDER,
      oidcTokenFilePath: machine.tokenFile });
    await emulator.faults('expires:600000,service=sts');
    const first = await keysOf(source);
    machine.write('token', IDENTITY_TOKEN);
    const second = await keysOf(source);
    assert.notStrictEqual(first.key, second.key);
    accepted(await reads.alibaba(emulator, second));
  }));
  await suite.case('expired keys are refused by the API', () => atEmulator(emulator, async () => {
    const keys = await keysOf(sourceOf(byKey));
    await emulator.revoke();
    refused(await reads.alibaba(emulator, keys), 'InvalidSecurityToken.Expired', 400);
  }));
}

/* The places that the package asks without an option, which Ensure's rules have to name too. */
async function placeCases(suite, emulator) {
  const rows = [
    [{}, 'sts.aliyuncs.com'],
    [{ stsRegionId: 'cn-beijing' }, 'sts.cn-beijing.aliyuncs.com'],
    [{ stsRegionId: 'cn-beijing', enableVpc: true }, 'sts-vpc.cn-beijing.aliyuncs.com'],
  ];
  for (const [more, host] of rows) {
    await suite.case(`asks ${host}`, async () => {
      const hosts = await atEmulator(emulator, () => keysOf(sourceOf({ type: 'ram_role_arn',
        accessKeyId: key, accessKeySecret: secret, ...ROLE, ...more })));
      assert.deepStrictEqual(hosts, [host]);
    });
  }
}

module.exports = async function run(emulator) {
  const suite = new Suite('@alicloud/credentials', 'alibaba', emulator);
  await suite.case('a connection to another address than loopback is an error', () => {
    assert.throws(() => net.connect(80, '192.0.2.1'), /not loopback/);
    assert.throws(() => tls.connect({ host: '192.0.2.1', port: 443 }), /not loopback/);
  });
  await sourceCases(suite, emulator);
  await refusalCases(suite, emulator);
  await hostileCases(suite, emulator);
  await renewalCases(suite, emulator);
  await placeCases(suite, emulator);
  suite.cannot('profiles CloudSSO and OAuth', 'the emulator has neither sign-in service');
  return suite;
};
