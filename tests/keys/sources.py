# SPDX-License-Identifier: Apache-2.0
"""The table of key sources: what a user set for a cloud, and which requests must then reach the APIs, STS,
the metadata services, the credentials URI and GitHub, each in its order. All front ends are tested with it."""

import dataclasses
import json

ALIBABA, VOLCENGINE, BAIDU = "alibaba", "volcengine", "baidu"
TARGET = {VOLCENGINE: "volcengine/cn-beijing/i-v", ALIBABA: "alibaba/cn-hangzhou/i-a",
          BAIDU: "baidu/bj/i-b"}

# Of the world tests/contract/worlds/keys.json.
KEY = {ALIBABA: "LTAIcontract0000001", VOLCENGINE: "AKLTcontract0000001",
       BAIDU: "baiducontract0000001"}
SECRET = {ALIBABA: "alibaba-secret-0001", VOLCENGINE: "volcengine-secret-0001",
          BAIDU: "baidu-secret-0001"}
ISSUER = "acs:ram::1000000000000001:oidc-provider/ci"
TOKEN = {ALIBABA: "alibaba-oidc-token", VOLCENGINE: "volcengine-oidc-token"}
REFUSED_TOKEN = "refused-oidc-token"
GITHUB_KEY = "github-request-token"
# Temporary keys that another program obtained; they are added to that world.
TEMPORARY = {"cloud": ALIBABA, "access_key": "STS.contract0000002", "secret_key": "alibaba-secret-0002",
             "security_token": "alibaba-token-0002"}

# What must not be seen anywhere, beside what the services hand out.
SECRETS = (*SECRET.values(), *TOKEN.values(), REFUSED_TOKEN, GITHUB_KEY, TEMPORARY["secret_key"],
           TEMPORARY["security_token"])


def role(cloud, name):
    return {ALIBABA: "acs:ram::1000000000000001:role/", VOLCENGINE: "trn:iam::2100000001:role/",
            BAIDU: "c0ffee00000000000000000000000001/"}[cloud] + name


CI, DEPLOY, LAST = (role(ALIBABA, name) for name in ("ci", "deploy", "last"))
VOLCENGINE_CI, VOLCENGINE_DEPLOY = role(VOLCENGINE, "ci"), role(VOLCENGINE, "deploy")
BAIDU_DEPLOY = role(BAIDU, "deploy")

ALIBABA_KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": KEY[ALIBABA],
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET[ALIBABA]}
ALIBABA_ROLE = {"ALIBABA_CLOUD_ROLE_ARN": CI, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": ISSUER}
ALIBABA_OIDC = {**ALIBABA_ROLE, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "{HOME}/alibaba-token"}
ALIBABA_TOKEN = {"alibaba-token": TOKEN[ALIBABA] + "\n"}
VOLCENGINE_KEYS = {"VOLCENGINE_ACCESS_KEY": KEY[VOLCENGINE], "VOLCENGINE_SECRET_KEY": SECRET[VOLCENGINE]}
VOLCENGINE_OIDC = {"VOLCENGINE_OIDC_ROLE_TRN": VOLCENGINE_CI,
                   "VOLCENGINE_OIDC_TOKEN_FILE": "{HOME}/volcengine-token"}
VOLCENGINE_TOKEN = {"volcengine-token": TOKEN[VOLCENGINE]}
BAIDU_KEYS = {"BCE_ACCESS_KEY_ID": KEY[BAIDU], "BCE_SECRET_ACCESS_KEY": SECRET[BAIDU]}


def aliyun(*profiles, **members):
    """~/.aliyun/config.json with these profiles, the last of which is the current one."""
    shown = [dict(profile) for profile in profiles] + ([{"name": "p", **members}] if members else [])
    return {".aliyun/config.json": json.dumps({"current": "p", "profiles": shown})}


def volc(**members):
    return {".volcengine/config.json": json.dumps({"current": "p", "profiles": {"p": members}})}


AK = {"access_key_id": KEY[ALIBABA], "access_key_secret": SECRET[ALIBABA]}
VOLC_AK = {"access-key": KEY[VOLCENGINE], "secret-key": SECRET[VOLCENGINE]}
ASK_METADATA = "metadata PutToken, metadata ListRoles, metadata GetCredentials"
ASK_ROLE = "metadata PutToken, metadata GetCredentials"


@dataclasses.dataclass(frozen=True)
class Row:
    """block: the settings of the cloud, in the names that all front ends have. requests: "SERVICE ACTION"
    and "api as KEY-OR-ROLE". message: part of what is said where there are no keys; None: there are.
    alone: the variables concern other clouds too. ansible: Ansible is tested with it."""
    cloud: str
    name: str
    requests: str
    variables: dict = dataclasses.field(default_factory=dict)
    files: dict = dataclasses.field(default_factory=dict)  # below HOME
    block: dict = None
    message: str = None
    alone: bool = False
    ansible: bool = False

    def __str__(self):
        return f"{self.cloud}: {self.name}"


def as_key(cloud):
    return "api as " + KEY[cloud]


ROWS = [
    # The order of the sources.
    Row(ALIBABA, "environment before OIDC, profile and metadata", as_key(ALIBABA),
        {**ALIBABA_KEYS, **ALIBABA_OIDC}, {**ALIBABA_TOKEN, **aliyun(mode="EcsRamRole")}),
    Row(ALIBABA, "OIDC before profile and metadata", f"sts AssumeRoleWithOIDC, api as {CI}",
        ALIBABA_OIDC, {**ALIBABA_TOKEN, **aliyun(mode="AK", **AK)}),
    Row(ALIBABA, "profile before metadata and URI", as_key(ALIBABA),
        {"ALIBABA_CLOUD_CREDENTIALS_URI": "{credentials_uri}"}, aliyun(mode="AK", **AK)),
    Row(ALIBABA, "metadata before URI", f"{ASK_METADATA}, api as {role(ALIBABA, 'machine')}",
        {"ALIBABA_CLOUD_CREDENTIALS_URI": "{credentials_uri}"}),
    Row(ALIBABA, "URI", f"credentials_uri GetCredentials, api as {role(ALIBABA, 'sidecar')}",
        {"ALIBABA_CLOUD_CREDENTIALS_URI": "{credentials_uri}",
         "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}),
    Row(ALIBABA, "nothing", "", {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"},
        message="no credentials for Alibaba Cloud: set ALIBABA_CLOUD_ACCESS_KEY_ID and "
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET; looked at: the environment, OIDC "
                "(ALIBABA_CLOUD_ROLE_ARN is not set), {HOME}/.aliyun/config.json (no such file), "
                "{HOME}/.alibabacloud/credentials (no such file), metadata service {alibaba_metadata} "
                "(switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED), credentials URI "
                "(ALIBABA_CLOUD_CREDENTIALS_URI is not set)"),
    Row(VOLCENGINE, "environment before OIDC, profile and metadata", as_key(VOLCENGINE),
        {**VOLCENGINE_KEYS, **VOLCENGINE_OIDC}, {**VOLCENGINE_TOKEN, **volc(mode="ecsrole")}),
    Row(VOLCENGINE, "OIDC before profile and metadata",
        f"sts AssumeRoleWithOIDC, api as {VOLCENGINE_CI}", VOLCENGINE_OIDC,
        {**VOLCENGINE_TOKEN, **volc(mode="ak", **VOLC_AK)}),
    Row(VOLCENGINE, "profile before metadata", as_key(VOLCENGINE), {}, volc(mode="ak", **VOLC_AK)),
    Row(VOLCENGINE, "metadata", f"{ASK_METADATA}, api as {role(VOLCENGINE, 'machine')}"),
    Row(VOLCENGINE, "nothing", "", {"VOLCENGINE_ECS_METADATA_DISABLED": "true"},
        message="looked at: the environment, OIDC (VOLCENGINE_OIDC_ROLE_TRN is not set), "
                "{HOME}/.volcengine/config.json (no such file), {HOME}/.volc/config (no such file), "
                "{HOME}/.volcengine/credentials (no such file), metadata service "
                "{volcengine_metadata} (switched off by VOLCENGINE_ECS_METADATA_DISABLED)"),
    Row(BAIDU, "environment before profile and metadata", as_key(BAIDU), BAIDU_KEYS,
        {".bce/config.json": json.dumps({"profiles": [{"name": "default"}]})}),
    Row(BAIDU, "profile before metadata", as_key(BAIDU), {}, {".bce/config.json": json.dumps(
        {"profiles": [{"name": "default", "mode": "AK", "access_key_id": KEY[BAIDU],
                       "secret_access_key": SECRET[BAIDU]}]})}),
    Row(BAIDU, "metadata", f"metadata GetCredentials, api as {role(BAIDU, 'machine')}"),

    # Roles on top of whichever keys there are.
    Row(ALIBABA, "role on top of OIDC", f"sts AssumeRoleWithOIDC, sts AssumeRole, api as {LAST}",
        {**ALIBABA_OIDC, "ENSURE_ALIBABA_ROLE": LAST, "ALICLOUD_ASSUME_ROLE_ARN": DEPLOY},
        ALIBABA_TOKEN),
    Row(VOLCENGINE, "role on top of keys", f"sts AssumeRole, api as {VOLCENGINE_DEPLOY}",
        {**VOLCENGINE_KEYS, "VOLCENGINE_ASSUME_ROLE_TRN": VOLCENGINE_DEPLOY}),
    Row(BAIDU, "role on top of keys", f"sts AssumeRole, api as {BAIDU_DEPLOY}",
        {**BAIDU_KEYS, "ENSURE_BAIDU_ROLE": BAIDU_DEPLOY}),
    Row(ALIBABA, "role on top of metadata", f"{ASK_ROLE}, sts AssumeRole, api as {LAST}",
        {"ALIBABA_CLOUD_ECS_METADATA": "machine", "ENSURE_ALIBABA_ROLE": LAST}),

    # Identity tokens.
    Row(ALIBABA, "token text", f"sts AssumeRoleWithOIDC, api as {CI}",
        {**ALIBABA_ROLE, "ALIBABA_CLOUD_OIDC_TOKEN": TOKEN[ALIBABA]}),
    Row(VOLCENGINE, "token text", f"sts AssumeRoleWithOIDC, api as {VOLCENGINE_CI}",
        {"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TRN": VOLCENGINE_CI,
         "VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TOKEN": TOKEN[VOLCENGINE]}),
    Row(ALIBABA, "HCP Terraform", f"sts AssumeRoleWithOIDC, api as {CI}",
        {**ALIBABA_ROLE, "TFC_WORKLOAD_IDENTITY_TOKEN": TOKEN[ALIBABA]}, alone=True),
    Row(ALIBABA, "GitHub", f"github GetToken, sts AssumeRoleWithOIDC, api as {CI}",
        {**ALIBABA_ROLE, "ENSURE_ALIBABA_OIDC_AUDIENCE": "sts.aliyuncs.com",
         "ACTIONS_ID_TOKEN_REQUEST_URL": "{github}", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": GITHUB_KEY},
        alone=True),
    Row(ALIBABA, "token file that is not there", "", ALIBABA_OIDC,
        message="OIDC token file {HOME}/alibaba-token: there is no such file"),
    Row(VOLCENGINE, "token that is not accepted", "sts AssumeRoleWithOIDC", VOLCENGINE_OIDC,
        {"volcengine-token": REFUSED_TOKEN},
        message=f"OIDC token file {{HOME}}/volcengine-token, role {VOLCENGINE_CI}: "),

    # The modes of profiles.
    Row(ALIBABA, "StsToken", "api as " + TEMPORARY["access_key"], {}, aliyun(
        mode="StsToken", access_key_id=TEMPORARY["access_key"],
        access_key_secret=TEMPORARY["secret_key"], sts_token=TEMPORARY["security_token"])),
    Row(ALIBABA, "RamRoleArn", f"sts AssumeRole, api as {LAST}", {},
        aliyun(mode="ramrolearn", ram_role_arn=LAST, expired_seconds=900, **AK)),
    Row(ALIBABA, "ChainableRamRoleArn of OIDC",
        f"sts AssumeRoleWithOIDC, sts AssumeRole, api as {DEPLOY}", {},
        {**ALIBABA_TOKEN, **aliyun(
            {"name": "base", "mode": "OIDC", "oidc_token_file": "{HOME}/alibaba-token",
             "oidc_provider_arn": ISSUER, "ram_role_arn": CI},
            mode="ChainableRamRoleArn", source_profile="base", ram_role_arn=DEPLOY, external_id="x")}),
    Row(ALIBABA, "EcsRamRole", f"{ASK_ROLE}, api as {role(ALIBABA, 'machine')}", {},
        aliyun(mode="EcsRamRole", ram_role_name="machine")),
    Row(ALIBABA, "RamRoleArnWithRoleName", f"{ASK_METADATA}, sts AssumeRole, api as {LAST}", {},
        aliyun(mode="RamRoleArnWithRoleName", ram_role_arn=LAST)),
    Row(ALIBABA, "External", as_key(ALIBABA), {},
        {"a file": json.dumps({"mode": "AK", **AK}),
         **aliyun(mode="External", process_command="cat '{HOME}/a file'")}),
    Row(ALIBABA, "External that is switched off", "",
        {"ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS": "true"},
        aliyun(mode="External", process_command="cat x"),
        message="command cat: it is forbidden by ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"),
    Row(ALIBABA, "CredentialsURI",
        f"credentials_uri GetCredentials, api as {role(ALIBABA, 'sidecar')}", {},
        aliyun(mode="CredentialsURI", credentials_uri="{credentials_uri}")),
    Row(ALIBABA, "CloudSSO", as_key(ALIBABA), {},
        aliyun(mode="CloudSSO", sts_expiration=4070908800, **AK)),
    Row(ALIBABA, "OAuth that has expired", "", {},
        aliyun(mode="OAuth", sts_expiration=1700000000, **AK),
        message="log in again with: aliyun configure --mode OAuth"),
    Row(ALIBABA, "section of type ram_role_arn", f"sts AssumeRole, api as {LAST}", {},
        {".alibabacloud/credentials": f"[default]\ntype = ram_role_arn\nrole_arn = {LAST}\n"
                                      f"access_key_id = {KEY[ALIBABA]}\n"
                                      f"access_key_secret = {SECRET[ALIBABA]}\n"}),
    Row(ALIBABA, "section of type ecs_ram_role", f"{ASK_ROLE}, api as {role(ALIBABA, 'machine')}", {},
        {".alibabacloud/credentials": "[default]\ntype = ecs_ram_role\nrole_name = machine\n"}),
    Row(ALIBABA, "section of type access_key", as_key(ALIBABA), {},
        {".alibabacloud/credentials": f"[default]\ntype = access_key\naccess_key_id = {KEY[ALIBABA]}\n"
                                      f"access_key_secret = {SECRET[ALIBABA]}\n"}),
    Row(ALIBABA, "profile that a variable names and that is not there", "",
        {"ALIBABA_CLOUD_PROFILE": "q"}, aliyun(mode="AK", **AK),
        message='{HOME}/.aliyun/config.json: ALIBABA_CLOUD_PROFILE: it has no profile "q"'),
    Row(VOLCENGINE, "ramrolearn", f"sts AssumeRole, api as {VOLCENGINE_DEPLOY}", {},
        volc(mode="RamRoleArn", **VOLC_AK, **{"account-id": "2100000001", "role-name": "deploy"})),
    Row(VOLCENGINE, "oidc", f"sts AssumeRoleWithOIDC, api as {VOLCENGINE_CI}", {},
        {**VOLCENGINE_TOKEN, **volc(mode="oidc", **{
            "oidc-token-file": "{HOME}/volcengine-token", "role-trn": VOLCENGINE_CI})}),
    Row(VOLCENGINE, "ecsrole", f"{ASK_ROLE}, api as {role(VOLCENGINE, 'machine')}", {},
        volc(mode="EcsRole", **{"role-name": "machine"})),
    Row(VOLCENGINE, "sso", as_key(VOLCENGINE), {},
        volc(mode="sso", **VOLC_AK, **{"sts-expiration": 4070908800})),
    Row(VOLCENGINE, "console-login", as_key(VOLCENGINE), {},
        {**volc(mode="console-login", **{"login-session": "me"}),
         # the SHA-1 of "me"
         ".volcengine/login/cache/b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json": json.dumps(
             {"access_token": json.dumps({"access_key_id": KEY[VOLCENGINE],
                                          "secret_access_key": SECRET[VOLCENGINE]}),
              "issued_at": 1700000000, "expires_in": 2000000000})}),
    *(Row(VOLCENGINE, f"section with the names of {brand}", as_key(VOLCENGINE), {},
          {".volcengine/credentials": f"[default]\n{brand}_access_key_id = {KEY[VOLCENGINE]}\n"
                                      f"{brand}_secret_access_key = {SECRET[VOLCENGINE]}\n"})
      for brand in ("volcstack", "volcengine")),

    # Settings choose a source by themselves, whatever the environment has.
    Row(ALIBABA, "settings: OIDC token", f"sts AssumeRoleWithOIDC, api as {CI}", ALIBABA_KEYS,
        block={"assume_role_with_oidc": {"role": CI, "provider": ISSUER, "token": TOKEN[ALIBABA],
                                         "session_name": "deploy-42", "duration_seconds": 900}}),
    Row(ALIBABA, "settings: OIDC token file", f"sts AssumeRoleWithOIDC, api as {CI}", ALIBABA_KEYS,
        ALIBABA_TOKEN, ansible=True,
        block={"assume_role_with_oidc": {"role": CI, "provider": ISSUER,
                                         "token_file": "{HOME}/alibaba-token"}}),
    Row(ALIBABA, "settings: role by OIDC, a role on top, the token by a variable",
        f"sts AssumeRoleWithOIDC, sts AssumeRole, api as {DEPLOY}",
        {"ALIBABA_CLOUD_OIDC_TOKEN_FILE": "{HOME}/alibaba-token"}, ALIBABA_TOKEN,
        block={"assume_role_with_oidc": {"role": CI, "provider": ISSUER},
               "assume_role": {"role": DEPLOY, "external_id": "x"}}),
    Row(ALIBABA, "settings: profile", f"sts AssumeRole, api as {LAST}", ALIBABA_KEYS,
        aliyun(mode="RamRoleArn", ram_role_arn=LAST, **AK), block={"profile": "p"}),
    Row(ALIBABA, "settings: role of the machine",
        f"{ASK_ROLE}, api as {role(ALIBABA, 'machine')}", ALIBABA_KEYS,
        block={"metadata_role": "machine"}),
    Row(ALIBABA, "settings: role of the machine that it has not", ASK_ROLE, ALIBABA_KEYS,
        block={"metadata_role": "absent"}, ansible=True,
        message="metadata service, role absent: HTTP 404"),
    Row(ALIBABA, "settings: role that may not be assumed", "sts AssumeRole", ALIBABA_KEYS,
        block={"assume_role": {"role": DEPLOY, "external_id": "another"}},
        message=f"environment (ALIBABA_CLOUD_ACCESS_KEY_ID), role {DEPLOY}: NoPermission"),
    Row(VOLCENGINE, "settings: keys and a role", f"sts AssumeRole, api as {VOLCENGINE_DEPLOY}",
        block={"access_key": KEY[VOLCENGINE], "secret_key": SECRET[VOLCENGINE],
               "assume_role": {"role": VOLCENGINE_DEPLOY, "session_name": "deploy-42",
                               "duration_seconds": 43200}}),
    Row(VOLCENGINE, "settings: a role on top of the environment",
        f"sts AssumeRole, api as {VOLCENGINE_DEPLOY}", VOLCENGINE_KEYS,
        block={"assume_role": {"role": VOLCENGINE_DEPLOY}}, ansible=True),
    Row(VOLCENGINE, "settings: OIDC token", f"sts AssumeRoleWithOIDC, api as {VOLCENGINE_CI}",
        VOLCENGINE_KEYS, block={"assume_role_with_oidc": {"role": VOLCENGINE_CI,
                                                          "token": TOKEN[VOLCENGINE]}}),
    Row(VOLCENGINE, "settings: OIDC token that is not accepted", "sts AssumeRoleWithOIDC",
        VOLCENGINE_KEYS, ansible=True,
        block={"assume_role_with_oidc": {"role": VOLCENGINE_CI, "token": REFUSED_TOKEN}},
        message=f"OIDC token of the settings, role {VOLCENGINE_CI}: "),
    Row(VOLCENGINE, "settings: profile that is not there", "", VOLCENGINE_KEYS,
        volc(mode="ak", **VOLC_AK), block={"profile": "q"},
        message='{HOME}/.volcengine/config.json: it has no profile "q"'),
    Row(VOLCENGINE, "settings: nothing of the names", as_key(VOLCENGINE), VOLCENGINE_KEYS,
        block={"access_key": "", "profile": "", "metadata_role": "",
               "assume_role": {"role": ""}, "assume_role_with_oidc": {"token": ""}}),
    Row(BAIDU, "settings: keys and a role", f"sts AssumeRole, api as {BAIDU_DEPLOY}",
        block={"access_key": KEY[BAIDU], "secret_key": SECRET[BAIDU],
               "assume_role": {"role": BAIDU_DEPLOY}}),
    Row(BAIDU, "settings: role of the machine",
        f"metadata GetCredentials, api as {role(BAIDU, 'machine')}", BAIDU_KEYS,
        block={"metadata_role": "machine"}, ansible=True),
    Row(BAIDU, "settings: role of another form", "", BAIDU_KEYS,
        block={"assume_role": {"role": "deploy"}}, ansible=True,
        message="role deploy: the role is not of the form ACCOUNT_ID/ROLE"),
]


def runs(rows):
    """The rows in groups that one run can have together: one row of each cloud at most, and those that
    are alone by themselves."""
    groups = [[row] for row in rows if row.alone]
    shared = []
    for row in rows:
        if row.alone:
            continue
        group = next((one for one in shared if all(row.cloud != other.cloud for other in one)), None)
        if group is None:
            shared.append(group := [])
        group.append(row)
    return groups + shared
