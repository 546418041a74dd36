/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of the vendors' profile files: keys that are found, and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/exact_memory.h"
#include "support/providers.h"

#define VOLCENGINE_CONFIG                                                                          \
    "{\"current\": \"work\", \"profiles\": {"                                                      \
    "\"default\": {\"name\": \"default\", \"mode\": \"ak\", \"access-key\": \"AK0\","              \
    " \"secret-key\": \"SK0\", \"session-token\": \"\", \"region\": \"cn-beijing\","               \
    " \"disable-ssl\": null, \"sts-expiration\": 0},"                                              \
    "\"work\": {\"mode\": \"ak\", \"access-key\": \"AK1\", \"secret-key\": \"SK1\","               \
    " \"session-token\": \"ST1\", \"sts-expiration\": 1},"                                         \
    "\"sso\": {\"mode\": \"sso\", \"access-key\": \"AK2\", \"secret-key\": \"SK2\"},"              \
    "\"modeless\": {\"access-key\": \"AK3\", \"secret-key\": \"SK3\"},"                            \
    "\"half\": {\"mode\": \"ak\", \"access-key\": \"AK4\", \"secret-key\": \"\"},"                 \
    "\"number\": {\"mode\": \"ak\", \"access-key\": 5, \"secret-key\": \"SK5\"},"                  \
    "\"text\": \"AK6\"}}"

#define ALIBABA_CONFIG                                                                             \
    "{\"current\": \"sts\", \"profiles\": ["                                                       \
    "{\"name\": \"default\", \"mode\": \"AK\", \"access_key_id\": \"AK0\","                        \
    " \"access_key_secret\": \"SK0\", \"sts_token\": \"\", \"region_id\": \"cn-hangzhou\"},"       \
    "\"stray\", {\"mode\": \"AK\"},"                                                               \
    "{\"name\": \"sts\", \"mode\": \"StsToken\", \"access_key_id\": \"AK1\","                      \
    " \"access_key_secret\": \"SK1\", \"sts_token\": \"ST1\"},"                                    \
    "{\"name\": \"role\", \"mode\": \"EcsRamRole\", \"ram_role_name\": \"r\"}],"                   \
    " \"meta_path\": \"\"}"

#define ALIBABA_MODES                                                                              \
    "{\"profiles\": ["                                                                             \
    "{\"name\": \"keys\", \"mode\": \"ak\", \"access_key_id\": \"AK0\", \"access_key_secret\": "   \
    "\"SK0\"},"                                                                                    \
    "{\"name\": \"RamRoleArn\", \"mode\": \"ramrolearn\", \"access_key_id\": \"AK1\","             \
    " \"access_key_secret\": \"SK1\", \"ram_role_arn\": \"r\", \"expired_seconds\": 900},"         \
    "{\"name\": \"no role\", \"mode\": \"RamRoleArn\", \"access_key_id\": \"AK1\","                \
    " \"access_key_secret\": \"SK1\"},"                                                            \
    "{\"name\": \"no key\", \"mode\": \"RamRoleArn\", \"ram_role_arn\": \"r\"},"                   \
    "{\"name\": \"chain\", \"mode\": \"ChainableRamRoleArn\", \"source_profile\": \"RamRoleArn\"," \
    " \"ram_role_arn\": \"s\"},"                                                                   \
    "{\"name\": \"circle\", \"mode\": \"ChainableRamRoleArn\", \"source_profile\": \"circle 2\","  \
    " \"ram_role_arn\": \"s\"},"                                                                   \
    "{\"name\": \"circle 2\", \"mode\": \"ChainableRamRoleArn\", \"source_profile\": \"circle\","  \
    " \"ram_role_arn\": \"s\"},"                                                                   \
    "{\"name\": \"no source\", \"mode\": \"ChainableRamRoleArn\", \"ram_role_arn\": \"s\"},"       \
    "{\"name\": \"lost\", \"mode\": \"ChainableRamRoleArn\", \"source_profile\": \"gone\","        \
    " \"ram_role_arn\": \"s\"},"                                                                   \
    "{\"name\": \"no provider\", \"mode\": \"OIDC\", \"oidc_token_file\": \"f\","                  \
    " \"ram_role_arn\": \"s\"},"                                                                   \
    "{\"name\": \"command\", \"mode\": \"External\", \"process_command\": \"run it\"},"            \
    "{\"name\": \"no command\", \"mode\": \"External\"},"                                          \
    "{\"name\": \"no uri\", \"mode\": \"CredentialsURI\"},"                                        \
    "{\"name\": \"cached\", \"mode\": \"CloudSSO\", \"access_key_id\": \"AK2\","                   \
    " \"access_key_secret\": \"SK2\", \"sts_token\": \"ST2\", \"sts_expiration\": 1788249600},"    \
    "{\"name\": \"never logged in\", \"mode\": \"OAuth\"},"                                        \
    "{\"name\": \"rsa\", \"mode\": \"RsaKeyPair\"}]}"

#define ALIBABA_INI                                                                                \
    "[default]\ntype = access_key\naccess_key_id = AK0\naccess_key_secret = SK0\n"                 \
    "[role]\ntype = ecs_ram_role\nrole_name = r\n"                                                 \
    "[half]\ntype = access_key\naccess_key_secret = SK1\n"

#define BAIDU_CONFIG                                                                               \
    "{\"current\": \"default\", \"profiles\": ["                                                   \
    "{\"name\": \"default\", \"mode\": \"AK\", \"access_key_id\": \"AK0\","                        \
    " \"secret_access_key\": \"SK0\", \"security_token\": \"\", \"region\": \"bj\"},"              \
    "{\"name\": \"sts\", \"mode\": \"StsToken\", \"access_key_id\": \"AK1\","                      \
    " \"secret_access_key\": \"SK1\", \"security_token\": \"ST1\", \"region\": \"gz\"}]}"

#define NOT_JSON(place, why) "error: it is not JSON (line 1, column " place "): " why "\n"

static const struct {
    const char *cloud;
    const char *home_path;
    const char *text;
    const char *name;
    const char *expected;
} rows[] = {
    {"volcengine", ".volcengine/config.json", VOLCENGINE_CONFIG, "",
     "access_key: AK1\nsecret_key: SK1\nsecurity_token: ST1\n"},
    {"volcengine", ".volcengine/config.json", VOLCENGINE_CONFIG, "default",
     "access_key: AK0\nsecret_key: SK0\nregion: cn-beijing\n"},
    {"volcengine", ".volcengine/config.json", VOLCENGINE_CONFIG, "modeless",
     "access_key: AK3\nsecret_key: SK3\n"},
    {"volcengine", ".volcengine/config.json", VOLCENGINE_CONFIG, "sso",
     "error: profile \"sso\" holds no keys: log in again with: ve sso login\n"},
    {"volcengine", ".volcengine/config.json", VOLCENGINE_CONFIG, "half",
     "error: profile \"half\" has no secret-key\n"},
    {"volcengine", ".volcengine/config.json", VOLCENGINE_CONFIG, "number",
     "error: profile \"number\" has no access-key\n"},
    {"volcengine", ".volcengine/config.json", VOLCENGINE_CONFIG, "text",
     "error: it has no profile \"text\"\n"},
    {"volcengine", ".volcengine/config.json", VOLCENGINE_CONFIG, "absent",
     "error: it has no profile \"absent\"\n"},
    {"volcengine", ".volcengine/config.json", "{\"current\": \"gone\", \"profiles\": {}}", "",
     "error: it has no profile \"gone\"\n"},
    {"volcengine", ".volcengine/config.json", "{}", "", ""},
    {"volcengine", ".volcengine/config.json", "{}", "default",
     "error: it has no profile \"default\"\n"},
    {"volcengine", ".volcengine/config.json", "{\"profiles\": {\"default\": {\"mode\": \"ak\"}}}",
     "", ""},
    {"volcengine", ".volcengine/config.json", "{\"profiles\": {\"default\": {\"mode\": \"ak\"}}}",
     "default", "error: profile \"default\" has no access-key\n"},
    {"volcengine", ".volcengine/config.json", "{\"profiles\": {\"default\": {\"mode\": \"sso\"}}}",
     "", "error: profile \"default\" holds no keys: log in again with: ve sso login\n"},
    {"volcengine", ".volcengine/config.json", "{\"profiles\": {\"default\": {\"mode\": \"saml\"}}}",
     "", "error: mode saml is none of ak, ramrolearn, oidc, ecsrole, sso, console-login\n"},
    {"volcengine", ".volcengine/config.json",
     "{\"profiles\": {\"a\": {\"mode\": \" AK \", \"access-key\": \"AK\", \"secret-key\": "
     "\"SK\"}}}",
     "a", "access_key: AK\nsecret_key: SK\n"},
    {"volcengine", ".volcengine/config.json",
     "{\"profiles\": {\"a\": {\"mode\": \"RamRoleArn\", \"access-key\": \"AK\","
     " \"secret-key\": \"SK\", \"role-name\": \"r\"}}}",
     "a", "error: profile \"a\" has no account-id\n"},
    {"volcengine", ".volcengine/config.json",
     "{\"profiles\": {\"a\": {\"mode\": \"oidc\", \"oidc-token-file\": \"f\"}}}", "a",
     "error: profile \"a\" has no role-trn\n"},
    {"volcengine", ".volcengine/config.json",
     "{\"profiles\": {\"a\": {\"mode\": \"ecsrole\", \"region\": \"cn-beijing\"}}}", "a",
     "region: cn-beijing\nsteps\n"},
    {"volcengine", ".volcengine/config.json",
     "{\"profiles\": {\"a\": {\"mode\": \"console-login\"}}}", "a",
     "error: profile \"a\" has no login-session\n"},
    {"volcengine", ".volcengine/config.json", "", "", "error: it is empty\n"},
    {"volcengine", ".volcengine/config.json", "[default]", "", NOT_JSON("8", "invalid token")},
    {"volcengine", ".volc/config", "{\"VOLC_ACCESSKEY\": \"AK\", \"VOLC_SECRETKEY\": \"SK\"}", "",
     "access_key: AK\nsecret_key: SK\n"},
    {"volcengine", ".volc/config", "{\"VOLC_ACCESSKEY\": \"AK\", \"VOLC_SECRETKEY\": \"SK\"}",
     "default", "access_key: AK\nsecret_key: SK\n"},
    {"volcengine", ".volc/config", "{\"VOLC_ACCESSKEY\": \"AK\", \"VOLC_SECRETKEY\": \"SK\"}",
     "work", ""},
    {"volcengine", ".volc/config", "{}", "", ""},
    {"volcengine", ".volc/config", "{}", "default",
     "error: profile \"default\" has no VOLC_ACCESSKEY\n"},
    {"volcengine", ".volc/config", "{\"VOLC_ACCESSKEY\": \"AK\"}", "",
     "error: profile \"default\" has no VOLC_SECRETKEY\n"},
    {"volcengine", ".volc/config", "VOLC_ACCESSKEY=AK", "", NOT_JSON("4", "'[' or '{' expected")},
    {"volcengine", ".volcengine/credentials",
     "[default]\nvolcstack_access_key_id = AK\nvolcstack_secret_access_key = SK\n", "",
     "access_key: AK\nsecret_key: SK\n"},
    {"volcengine", ".volcengine/credentials",
     "[default]\nvolcengine_access_key_id = AK\nvolcengine_secret_access_key = SK\n"
     "volcengine_session_token = ST\n",
     "", "access_key: AK\nsecret_key: SK\nsecurity_token: ST\n"},
    {"volcengine", ".volcengine/credentials", "[default]\nvolcstack_access_key_id = AK\n", "",
     "error: profile \"default\" has no volcstack_secret_access_key\n"},
    {"volcengine", ".volcengine/credentials", "", "work", "error: it has no profile \"work\"\n"},
    {"volcengine", ".volcengine/credentials", "", "", ""},
    {"volcengine", ".volcengine/credentials", "[default]\n", "", ""},
    {"volcengine", ".volcengine/credentials", "[default]\n", "default",
     "error: profile \"default\" has no volcstack_access_key_id\n"},

    {"alibaba", ".aliyun/config.json", ALIBABA_CONFIG, "",
     "access_key: AK1\nsecret_key: SK1\nsecurity_token: ST1\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_CONFIG, "default",
     "access_key: AK0\nsecret_key: SK0\nregion: cn-hangzhou\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_CONFIG, "role", "steps\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "RamRoleArn", "steps\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "no role",
     "error: profile \"no role\" has no ram_role_arn\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "no key",
     "error: profile \"no key\" has no access_key_id\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "chain", "steps\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "circle",
     "error: profile \"circle 2\" leads back to itself by source_profile\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "no source",
     "error: profile \"no source\" has no source_profile\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "lost",
     "error: profile \"lost\" builds on another: it has no profile \"gone\"\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "no provider",
     "error: profile \"no provider\" has no oidc_provider_arn\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "command", "steps\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "no command",
     "error: profile \"no command\" has no process_command\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "no uri",
     "error: profile \"no uri\" has no credentials_uri\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "cached", "steps\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "never logged in",
     "error: profile \"never logged in\" holds no keys: log in again with: aliyun configure --mode "
     "OAuth\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_MODES, "rsa",
     "error: mode RsaKeyPair is none of AK, StsToken, RamRoleArn, ChainableRamRoleArn, "
     "EcsRamRole, RamRoleArnWithRoleName, OIDC, External, CredentialsURI, CloudSSO, OAuth\n"},
    {"alibaba", ".aliyun/config.json", ALIBABA_CONFIG, "absent",
     "error: it has no profile \"absent\"\n"},
    {"alibaba", ".aliyun/config.json", "{\"profiles\": 1}", "", ""},
    {"alibaba", ".aliyun/config.json",
     "{\"current\": \"default\", \"profiles\": [{\"name\": \"default\", \"mode\": \"\","
     " \"access_key_id\": \"\", \"access_key_secret\": \"\", \"region_id\": \"\"}]}",
     "", ""}, /* as "aliyun" leaves it behind */
    {"alibaba", ".aliyun/config.json", "{", "", NOT_JSON("1", "it ends too early")},
    {"alibaba", ".alibabacloud/credentials", ALIBABA_INI, "", "access_key: AK0\nsecret_key: SK0\n"},
    {"alibaba", ".alibabacloud/credentials", ALIBABA_INI, "role", "steps\n"},
    {"alibaba", ".alibabacloud/credentials",
     "[a]\ntype = ram_role_arn\naccess_key_id = AK\naccess_key_secret = SK\nrole_arn = r\n", "a",
     "steps\n"},
    {"alibaba", ".alibabacloud/credentials",
     "[a]\ntype = ram_role_arn\naccess_key_id = AK\naccess_key_secret = SK\n", "a",
     "error: profile \"a\" has no role_arn\n"},
    {"alibaba", ".alibabacloud/credentials", "[a]\ntype = bearer\n", "a",
     "error: type bearer is none of access_key, ram_role_arn, ecs_ram_role\n"},
    {"alibaba", ".alibabacloud/credentials", ALIBABA_INI, "half",
     "error: profile \"half\" has no access_key_id\n"},
    {"alibaba", ".alibabacloud/credentials", ALIBABA_INI, "absent",
     "error: it has no profile \"absent\"\n"},

    {"baidu", ".bce/config.json", BAIDU_CONFIG, "",
     "access_key: AK0\nsecret_key: SK0\nregion: bj\n"},
    {"baidu", ".bce/config.json", BAIDU_CONFIG, "sts",
     "access_key: AK1\nsecret_key: SK1\nsecurity_token: ST1\nregion: gz\n"},
    /* Files of editors and shells of other systems, and hand-written files. */
    {"baidu", ".bce/config.json", "\xef\xbb\xbf" BAIDU_CONFIG, "sts",
     "access_key: AK1\nsecret_key: SK1\nsecurity_token: ST1\nregion: gz\n"},
    {"alibaba", ".alibabacloud/credentials", "\xef\xbb\xbf" ALIBABA_INI, "",
     "access_key: AK0\nsecret_key: SK0\n"},
    {"alibaba", ".aliyun/config.json", "\xff\xfe{", "", "error: it is in UTF-16, not in UTF-8\n"},
    {"alibaba", ".alibabacloud/credentials", "\xff\xfe[", "",
     "error: it is in UTF-16, not in UTF-8\n"},
    {"alibaba", ".aliyun/config.json", "{\n  \"current\": \"default\",\n}", "",
     "error: it is not JSON (line 3, column 1): string or '}' expected\n"},
    {"alibaba", ".aliyun/config.json", "{\n  // mine\n  \"current\": \"default\"\n}", "",
     "error: it is not JSON (line 2, column 3): string or '}' expected\n"},
    {"alibaba", ".aliyun/config.json", "{\"current\": \"default\", \"profiles\": [{\"name", "",
     "error: it is not JSON (line 1, column 42): it ends too early\n"},
    {"alibaba", ".aliyun/config.json",
     "{\"current\": \"default\",\n \"profiles\": [{\"access_key_secret\": \"SECRET\" \"x\"}]}", "",
     "error: it is not JSON (line 2, column 48): '}' expected\n"},
    {"baidu", ".bce/config.json", "[]", "", "error: it is JSON, but not an object\n"},
};

static const struct ens_profile_file *find_file(const char *cloud, const char *home_path)
{
    const struct ens_profile_file *const *files = test_provider_named(cloud)->profile_files;

    while (*files != NULL && strcmp((*files)->home_path, home_path) != 0) {
        files++;
    }
    return *files;
}

static void test_reading(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct exact_memory exact;
        struct ens_profile profile = {.struct_size = sizeof(profile)};
        const struct ens_profile_file *file = find_file(rows[i].cloud, rows[i].home_path);

        assert_non_null(file);
        exact_memory_init(&exact);
        file->read(&exact.memory, test_str(rows[i].text), test_str(rows[i].name), &profile);
        char *text = test_dump_profile(&profile);
        exact_memory_done(&exact);
        assert_string_equal(text, rows[i].expected);
        free(text);
    }
}

/* The order of the files, and the variables that name file and profile. */
static void test_files(void **state)
{
    static const struct {
        const char *cloud;
        size_t index;
        const char *home_path;
        const char *path_variable;
        const char *name_variable;
    } files[] = {
        {"volcengine", 0, ".volcengine/config.json", "VOLCENGINE_CLI_CONFIG_FILE",
         "VOLCENGINE_PROFILE"},
        {"volcengine", 1, ".volc/config", NULL, NULL},
        {"volcengine", 2, ".volcengine/credentials", "VOLCSTACK_SHARED_CREDENTIALS_FILE",
         "VOLCENGINE_PROFILE"},
        {"volcengine", 3, NULL, NULL, NULL},
        {"alibaba", 0, ".aliyun/config.json", "ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_PROFILE"},
        {"alibaba", 1, ".alibabacloud/credentials", "ALIBABA_CLOUD_CREDENTIALS_FILE",
         "ALIBABA_CLOUD_PROFILE"},
        {"alibaba", 2, NULL, NULL, NULL},
        {"baidu", 0, ".bce/config.json", NULL, NULL},
        {"baidu", 1, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        const struct ens_profile_file *file =
            test_provider_named(files[i].cloud)->profile_files[files[i].index];
        if (files[i].home_path == NULL) {
            assert_null(file);
            continue;
        }
        assert_int_equal(file->struct_size, sizeof(*file));
        assert_string_equal(file->home_path, files[i].home_path);
        if (files[i].path_variable == NULL) {
            assert_null(file->path_variable);
        } else {
            assert_string_equal(file->path_variable, files[i].path_variable);
        }
        if (files[i].name_variable == NULL) {
            assert_null(file->name_variables);
        } else {
            assert_string_equal(file->name_variables[0], files[i].name_variable);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
