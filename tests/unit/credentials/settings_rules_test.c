/* SPDX-License-Identifier: Apache-2.0 */
/* Which settings go together, and which can't be decided yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "credentials/settings.h"
#include "credentials/settings_rules.h"
#include "support/fake_provider.h"

/* The names that are set, and those that are not known yet, each with a blank before and after. */
struct scene {
    const char *set;
    const char *unknown;
    bool bare; /* the provider has tables alone */
    const char *where;
    const char *summary; /* NULL: no rule is broken */
};

#define ONE_SOURCE " is set too: only one of them can be the source of the keys"

static const struct scene scenes[] = {
    {.set = ""},
    {.set = " access_key secret_key security_token "},
    {.set = " access_key secret_key assume_role assume_role.role assume_role.external_id "},
    {.set = " assume_role_with_oidc assume_role_with_oidc.token assume_role assume_role.role "},
    {.set = " assume_role_with_oidc assume_role_with_oidc.policy "}, /* variables have the rest */
    {.set = " metadata_role "},

    {.set = " access_key ",
     .where = "fake.access_key",
     .summary = "it has no effect without secret_key, which is not set"},
    {.set = " secret_key ",
     .where = "fake.secret_key",
     .summary = "it has no effect without access_key, which is not set"},
    {.set = " security_token ",
     .where = "fake.security_token",
     .summary = "it has no effect without access_key, which is not set"},
    {.set = " access_key ", .unknown = " secret_key "},
    {.set = " assume_role assume_role.session_name ",
     .where = "fake.assume_role.session_name",
     .summary = "it has no effect without assume_role.role, which is not set"},
    {.set = " assume_role assume_role.duration_seconds ",
     .where = "fake.assume_role.duration_seconds",
     .summary = "it has no effect without assume_role.role, which is not set"},
    {.set = " assume_role assume_role.policy ",
     .where = "fake.assume_role.policy",
     .summary = "it has no effect without assume_role.role, which is not set"},
    {.set = " assume_role assume_role.external_id ",
     .where = "fake.assume_role.external_id",
     .summary = "it has no effect without assume_role.role, which is not set"},
    {.set = " assume_role assume_role.external_id ", .unknown = " assume_role.role "},

    {.set = " access_key secret_key profile ",
     .where = "fake.profile",
     .summary = "access_key" ONE_SOURCE},
    {.set = " access_key secret_key assume_role_with_oidc ",
     .where = "fake.assume_role_with_oidc",
     .summary = "access_key" ONE_SOURCE},
    {.set = " assume_role_with_oidc profile ",
     .where = "fake.profile",
     .summary = "assume_role_with_oidc" ONE_SOURCE},
    {.set = " profile metadata_role ",
     .where = "fake.metadata_role",
     .summary = "profile" ONE_SOURCE},
    {.set = " metadata_role ", .unknown = " profile assume_role_with_oidc access_key "},
    {.set = " assume_role_with_oidc assume_role_with_oidc.token assume_role_with_oidc.token_file ",
     .where = "fake.assume_role_with_oidc.token_file",
     .summary = "assume_role_with_oidc.token is set too: only one of them can be the identity "
                "token"},
    {.set = " assume_role_with_oidc assume_role_with_oidc.token ",
     .unknown = " assume_role_with_oidc.token_file "},

    {.set = " access_key secret_key ", .bare = true},
    {.set = " assume_role assume_role.role ",
     .bare = true,
     .where = "fake.assume_role",
     .summary = "FakeCloud has no roles to assume"},
    {.set = " assume_role_with_oidc ",
     .bare = true,
     .where = "fake.assume_role_with_oidc",
     .summary = "FakeCloud has no roles to assume with an identity token"},
    {.set = " metadata_role ",
     .bare = true,
     .where = "fake.metadata_role",
     .summary = "FakeCloud has no metadata service with keys"},
};

static bool lists(const char *names, const char *name)
{
    const size_t length = strlen(name);

    for (const char *at = names; at != NULL && (at = strstr(at, name)) != NULL; at++) {
        if (at[-1] == ' ' && at[length] == ' ') {
            return true;
        }
    }
    return false;
}

static enum ens_presence presence(const void *ud, const char *name)
{
    const struct scene *scene = ud;

    if (lists(scene->set, name)) {
        return ENS_PRESENCE_SET;
    }
    return lists(scene->unknown, name) ? ENS_PRESENCE_UNKNOWN : ENS_PRESENCE_UNSET;
}

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(scenes); i++) {
        const struct scene *scene = &scenes[i];
        struct ens_provider provider = fake_provider();
        const struct ens_presences presences = {presence, scene};
        ENS_AUTO_DIAGS diags = {0};

        provider.sources = scene->bare ? NULL : fake_sources;
        print_message("  %s\n", scene->set);
        const ens_rc rc = ens_settings_rules_check(&provider, &presences, &diags);
        assert_int_equal(rc, scene->summary == NULL ? ENS_OK : ENS_INVALID);
        assert_int_equal(diags.count, scene->summary == NULL ? 0 : 1);
        if (scene->summary != NULL) {
            assert_string_equal(diags.items[0].where, scene->where);
            assert_string_equal(diags.items[0].summary, scene->summary);
        }
    }
}

/* The names of settings, and of blocks of them, but not beginnings of names. */
static void test_names(void **state)
{
    const struct ens_cloud_settings settings = {
        .profile = ENS_STR("p"),
        .assume_role = {.duration_s = 900},
    };

    (void)state;
    assert_true(ens_settings_have(&settings, "profile"));
    assert_true(ens_settings_have(&settings, "assume_role"));
    assert_true(ens_settings_have(&settings, "assume_role.duration_seconds"));
    assert_false(ens_settings_have(&settings, "assume_role.role"));
    assert_false(ens_settings_have(&settings, "assume_role_with_oidc"));
    assert_false(ens_settings_have(&settings, "prof"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
