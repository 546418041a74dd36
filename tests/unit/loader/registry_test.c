/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of descriptors in memory; tests/abi tests those in files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/vocabulary.h"
#include "loader/provider_check.h"
#include "loader/registry.h"
#include "support/fake_environment.h"
#include "support/fake_provider.h"

#define X31 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X63 X31 "x" X31

static struct ens_status_row endless_statuses[ENS_TABLE_ROWS_MAX + 2];
static struct ens_lock_row endless_locks[ENS_TABLE_ROWS_MAX + 2];

static void fill_tables(void)
{
    for (size_t i = 0; i <= ENS_TABLE_ROWS_MAX; i++) {
        endless_statuses[i].word = "On";
        endless_locks[i].word = "lock";
    }
}

static const struct ens_status_row no_statuses[] = {{NULL, 0, 0}};
static const struct ens_status_row bad_status[] = {{"On", ENS_STATUS_COUNT, 0}, {NULL, 0, 0}};
static const struct ens_status_row bad_status_reason[] = {
    {"On", 1, 0}, {"Off", 3, ENS_REASON_POLICY}, {NULL, 0, 0}};
static const struct ens_status_row empty_status[] = {{"", 1, 0}, {NULL, 0, 0}};
static const struct ens_lock_row bad_lock[] = {{"l", ENS_REASON_POLICY}, {NULL, 0}};
static const struct ens_lock_row good_lock[] = {{"l", ENS_REASON_POLICY - 1}, {NULL, 0}};
static const struct ens_code_row no_codes[] = {{NULL, 0, 0}};
static const struct ens_code_row three_stars[] = {{"a*b*c*", 0, 0}, {NULL, 0, 0}};
static const struct ens_code_row two_stars[] = {{"*a*", 0, 1u << 31}, {NULL, 0, 0}};
static const struct ens_code_row bad_code[] = {{"a", ENS_REASON_POLICY, 0}, {NULL, 0, 0}};
static const struct ens_variable_row no_variables[] = {{NULL, NULL, NULL}};
static const struct ens_variable_row half_variables[] = {{"A", NULL, NULL}, {NULL, NULL, NULL}};
static const struct ens_profile_file short_file = {.struct_size = 8};
static void read_nothing(const struct ens_memory *memory, ens_str text, ens_str name,
                         struct ens_profile *ret)
{
    (void)memory;
    (void)text;
    (void)name;
    (void)ret;
}
static const struct ens_profile_file old_file = {
    .struct_size = ENS_PROFILE_FILE_SIZE_1_0, .home_path = ".x", .read = read_nothing};
static const struct ens_profile_file dumb_file = {.struct_size = sizeof(dumb_file),
                                                  .home_path = ".x"};
static const struct ens_profile_file *const short_files[] = {&short_file, NULL};
static const struct ens_profile_file *const old_files[] = {&old_file, NULL};
static const struct ens_profile_file *const dumb_files[] = {&dumb_file, NULL};
static const struct ens_advice_row bad_advice[] = {{ENS_REASON_POLICY, "x"}, {0, NULL}};
static const struct ens_advice_row empty_advice[] = {{0, ""}, {0, NULL}};

struct row {
    void (*bend)(struct ens_provider *provider);
    const char *summary; /* NULL: valid */
};

#define BEND(name, statement)                                                                      \
    static void bend_##name(struct ens_provider *p)                                                \
    {                                                                                              \
        statement;                                                                                 \
    }

BEND(nothing, (void)p)
BEND(magic, p->magic = 0xdeadbeef)
BEND(newer_major, p->abi_major = 2)
BEND(older_major, p->abi_major = 0)
BEND(newer_minor, p->abi_minor = 99)
BEND(short_struct, p->struct_size = ENS_PROVIDER_SIZE_1_0 - 1)
BEND(old_struct, (p->struct_size = ENS_PROVIDER_SIZE_1_0, p->abi_minor = 0))
BEND(long_struct, p->struct_size = sizeof(*p) + 8)
BEND(null_name, p->name = NULL)
BEND(empty_name, p->name = "")
BEND(upper_name, p->name = "Fake")
BEND(slash_name, p->name = "a/b")
BEND(long_name, p->name = X31 "x")
BEND(longer_name, p->name = X31 "xy")
BEND(null_title, p->title = NULL)
BEND(long_title, p->title = X63 "x")
BEND(longer_title, p->title = X63 "xy")
BEND(empty_version, p->version = "")
BEND(no_describe_limit, p->describe_limit = 0)
BEND(most_describe_limit, p->describe_limit = 1000)
BEND(more_describe_limit, p->describe_limit = 1001)
BEND(no_start_limit, p->start_limit = 0)
BEND(more_start_limit, p->start_limit = 1001)
BEND(no_dry_run_limit, p->dry_run_limit = 0)
BEND(no_dry_run, (p->dry_run_limit = 0, p->capabilities = 0))
BEND(stray_dry_run_limit, p->capabilities = ENS_CAP_CLIENT_TOKEN)
BEND(no_endpoint, p->endpoint = NULL)
BEND(no_describe_request, p->describe_request = NULL)
BEND(no_start_request, p->start_request = NULL)
BEND(no_sign, p->sign = NULL)
BEND(no_read_describe, p->read_describe = NULL)
BEND(no_read_start, p->read_start = NULL)
BEND(null_statuses, p->statuses = NULL)
BEND(no_statuses, p->statuses = no_statuses)
BEND(bad_status, p->statuses = bad_status)
BEND(bad_status_reason, p->statuses = bad_status_reason)
BEND(empty_status, p->statuses = empty_status)
BEND(endless_statuses, p->statuses = endless_statuses)
BEND(most_statuses, p->statuses = endless_statuses + 1)
BEND(no_locks, p->locks = NULL)
BEND(bad_lock, p->locks = bad_lock)
BEND(good_lock, p->locks = good_lock)
BEND(endless_locks, p->locks = endless_locks)
BEND(no_codes, p->codes = no_codes)
BEND(three_stars, p->codes = three_stars)
BEND(two_stars, p->codes = two_stars)
BEND(bad_code, p->codes = bad_code)
BEND(no_variables, p->variables = no_variables)
BEND(half_variables, p->variables = half_variables)
BEND(no_files, p->profile_files = NULL)
BEND(short_files, p->profile_files = short_files)
BEND(old_files, p->profile_files = old_files)
BEND(dumb_files, p->profile_files = dumb_files)
BEND(no_advice, p->advice = NULL)
BEND(bad_advice, p->advice = bad_advice)
BEND(empty_advice, p->advice = empty_advice)

static const struct row rows[] = {
    {bend_nothing, NULL},
    {bend_magic, "magic: expected 0x31534e45, found 0xdeadbeef"},
    {bend_newer_major, "abi_major: expected 1, found 2 (made for a newer Ensure)"},
    {bend_older_major, "abi_major: expected 1, found 0"},
    {bend_newer_minor, NULL},
    {bend_short_struct, "struct_size: expected at least 144, found 143"},
    {bend_old_struct, NULL},
    {bend_long_struct, NULL},
    {bend_null_name, "name: expected 1 to 32 of [a-z0-9_], found NULL"},
    {bend_empty_name, "name: expected 1 to 32 of [a-z0-9_], found \"\""},
    {bend_upper_name, "name: expected 1 to 32 of [a-z0-9_], found \"Fake\""},
    {bend_slash_name, "name: expected 1 to 32 of [a-z0-9_], found \"a/b\""},
    {bend_long_name, NULL},
    {bend_longer_name, "name: expected 1 to 32 of [a-z0-9_], found \"" X31 "x...\""},
    {bend_null_title, "title: expected 1 to 64 bytes of text, found NULL"},
    {bend_long_title, NULL},
    {bend_longer_title, "title: expected 1 to 64 bytes of text, found more"},
    {bend_empty_version, "version: expected 1 to 64 bytes of text, found nothing"},
    {bend_no_describe_limit, "describe_limit: expected 1 to 1000, found 0"},
    {bend_most_describe_limit, NULL},
    {bend_more_describe_limit, "describe_limit: expected 1 to 1000, found 1001"},
    {bend_no_start_limit, "start_limit: expected 1 to 1000, found 0"},
    {bend_more_start_limit, "start_limit: expected 1 to 1000, found 1001"},
    {bend_no_dry_run_limit, "dry_run_limit: expected 1 to 1000, found 0"},
    {bend_no_dry_run, NULL},
    {bend_stray_dry_run_limit, "dry_run_limit: expected 0 without ENS_CAP_DRY_RUN, found 1"},
    {bend_no_endpoint, "endpoint: expected a function, found NULL"},
    {bend_no_describe_request, "describe_request: expected a function, found NULL"},
    {bend_no_start_request, "start_request: expected a function, found NULL"},
    {bend_no_sign, "sign: expected a function, found NULL"},
    {bend_no_read_describe, "read_describe: expected a function, found NULL"},
    {bend_no_read_start, "read_start: expected a function, found NULL"},
    {bend_null_statuses, "statuses: expected a table with a row, found none"},
    {bend_no_statuses, "statuses: expected a table with a row, found none"},
    {bend_bad_status, "statuses[0].status: expected 0 to 8, found 9"},
    {bend_bad_status_reason, "statuses[1].reason: expected 0 to 24, found 25"},
    {bend_empty_status, "statuses[0]: expected a word, found the empty text"},
    {bend_endless_statuses,
     "statuses: expected at most 4096 rows, found more (is its last row missing?)"},
    {bend_most_statuses, NULL},
    {bend_no_locks, NULL},
    {bend_bad_lock, "locks[0].reason: expected 0 to 24, found 25"},
    {bend_good_lock, NULL},
    {bend_endless_locks,
     "locks: expected at most 4096 rows, found more (is its last row missing?)"},
    {bend_no_codes, "codes: expected a table with a row, found none"},
    {bend_three_stars, "codes[0].pattern: expected at most 2 '*', found 3"},
    {bend_two_stars, NULL},
    {bend_bad_code, "codes[0].reason: expected 0 to 24, found 25"},
    {bend_no_variables, "variables: expected a table with a row, found none"},
    {bend_half_variables, "variables[0].secret_key: expected a name, found NULL"},
    {bend_no_files, NULL},
    {bend_short_files, "profile_files[0].struct_size: expected at least 40, found 8"},
    {bend_old_files, NULL},
    {bend_dumb_files, "profile_files[0].read: expected a function, found NULL"},
    {bend_no_advice, NULL},
    {bend_bad_advice, "advice[0].reason: expected 0 to 24, found 25"},
    {bend_empty_advice, "advice[0]: expected a word, found the empty text"},
};

static void test_descriptors(void **state)
{
    (void)state;
    fill_tables();
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_registry *registry = ens_registry_empty();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_provider provider = fake_provider();
        rows[i].bend(&provider);
        ens_rc rc = ens_registry_add(registry, &provider, "/x/fake.so", &diags);
        assert_int_equal(diags.count, rows[i].summary == NULL ? 0 : 1);
        if (rows[i].summary != NULL) {
            assert_string_equal(diags.items[0].summary, rows[i].summary);
            assert_string_equal(diags.items[0].where, "/x/fake.so");
        }
        assert_int_equal(rc, rows[i].summary == NULL ? ENS_OK : ENS_INVALID);
        assert_int_equal(ens_registry_count(registry), rows[i].summary == NULL ? 1 : 0);
        ens_registry_free(registry);
    }
}

/* The registry's copy has all members that this engine knows; those that the provider does not have
 * are zero. */
static void test_older_minor_is_filled_up(void **state)
{
    static const uint32_t sizes[] = {ENS_PROVIDER_SIZE_1_0, ENS_PROVIDER_SIZE_1_0 + 4};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(sizes); i++) {
        struct ens_registry *registry = ens_registry_empty();
        struct ens_provider provider = fake_provider();
        provider.struct_size = sizes[i];
        provider.abi_minor = 0;
        assert_non_null(provider.advice); /* memory behind the end of the descriptor */
        assert_int_equal(ens_registry_add(registry, &provider, "x", NULL), ENS_OK);
        assert_null(ens_registry_at(registry, 0)->advice);
        assert_ptr_equal(ens_registry_at(registry, 0)->read_start, provider.read_start);
        ens_registry_free(registry);
    }
}

static struct ens_registry *registry_of(const char *const *names)
{
    struct ens_registry *registry = ens_registry_empty();

    for (; *names != NULL; names++) {
        struct ens_provider provider = fake_provider();
        provider.name = *names;
        assert_int_equal(ens_registry_add(registry, &provider, *names, NULL), ENS_OK);
    }
    return registry;
}

static void test_lookup(void **state)
{
    struct ens_registry *registry = registry_of((const char *const[]){"b", "c", "a", NULL});
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_int_equal(ens_registry_count(registry), 3);
    for (size_t i = 0; i < 3; i++) { /* sorted by name */
        const char name[] = {"abc"[i], '\0'};
        assert_string_equal(ens_registry_at(registry, i)->name, name);
        assert_string_equal(ens_registry_origin(registry, i), name);
        assert_ptr_equal(ens_registry_find(registry, ens_str_of(name)),
                         ens_registry_at(registry, i));
        assert_int_equal(ens_registry_require(registry, ens_str_of(name), "x", &diags), ENS_OK);
    }
    assert_null(ens_registry_find(registry, ENS_STR("ab")));
    assert_null(ens_registry_find(registry, ENS_STR("")));
    assert_int_equal(ens_registry_require(registry, ENS_STR("x"), "targets[0]", &diags),
                     ENS_NOT_FOUND);
    assert_string_equal(diags.items[0].where, "targets[0]");
    assert_string_equal(diags.items[0].summary,
                        "there is no provider for cloud \"x\"; known: a, b, c");
    ens_registry_free(registry);
}

static void test_pointers_stay(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "z"};
    struct ens_registry *registry = registry_of((const char *const[]){"m", NULL});
    const struct ens_provider *before = ens_registry_find(registry, ENS_STR("m"));
    struct ens_provider provider = fake_provider();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(names); i++) {
        provider.name = names[i];
        assert_int_equal(ens_registry_add(registry, &provider, names[i], NULL), ENS_OK);
    }
    assert_ptr_equal(ens_registry_find(registry, ENS_STR("m")), before);
    ens_registry_free(registry);
}

static void test_duplicate(void **state)
{
    struct ens_registry *registry = ens_registry_empty();
    struct ens_provider provider = fake_provider();
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_int_equal(ens_registry_add(registry, &provider, "/a/one.so", &diags), ENS_OK);
    assert_int_equal(ens_registry_add(registry, &provider, "/b/two.so", &diags), ENS_INVALID);
    assert_string_equal(diags.items[0].where, "/b/two.so");
    assert_string_equal(diags.items[0].summary,
                        "name: expected one that no other provider has, found \"fake\", which is "
                        "that of /a/one.so");
    assert_int_equal(ens_registry_count(registry), 1);
    ens_registry_free(registry);
    ens_registry_free(NULL);
}

/* ---- statics ---- */

static struct ens_provider linked;

static const struct ens_provider *good_entry(uint32_t host_major, uint32_t host_minor)
{
    assert_int_equal(host_major, ENS_ABI_MAJOR);
    assert_int_equal(host_minor, ENS_ABI_MINOR);
    linked = fake_provider();
    return &linked;
}

static const struct ens_provider *bad_entry(uint32_t host_major, uint32_t host_minor)
{
    static struct ens_provider bad;

    (void)host_major;
    (void)host_minor;
    bad = fake_provider();
    bad.magic = 0;
    return &bad;
}

static const struct ens_provider *null_entry(uint32_t host_major, uint32_t host_minor)
{
    (void)host_major;
    (void)host_minor;
    return NULL;
}

static const struct variable no_variables_set[] = {{NULL, NULL}};

static void test_statics(void **state)
{
    ens_provider_entry_fn *const statics[] = {bad_entry, good_entry, NULL};
    struct ens_environment environment = fake_environment(no_variables_set);
    struct ens_registry *registry = NULL;
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_int_equal(ens_registry_new(statics, &environment, NULL, &registry, &diags), ENS_OK);
    assert_non_null(ens_registry_find(registry, ENS_STR("fake")));
    assert_int_equal(diags.count, 0);
    const struct ens_diags *warnings = ens_registry_warnings(registry);
    assert_int_equal(warnings->count, 1);
    assert_int_equal(warnings->items[0].severity, ENS_WARNING); /* the others are registered */
    assert_string_equal(warnings->items[0].where, "this program");
    assert_int_equal(ens_registry_require(registry, ENS_STR("other"), "targets[0]", &diags),
                     ENS_NOT_FOUND);
    assert_non_null(strstr(diags.items[0].summary, "known: fake; left out: this program: magic"));
    ens_registry_free(registry);
}

static void test_a_static_that_declines(void **state)
{
    ens_provider_entry_fn *const statics[] = {null_entry, good_entry, NULL};
    struct ens_environment environment = fake_environment(no_variables_set);
    struct ens_registry *registry = NULL;
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_int_equal(ens_registry_new(statics, &environment, NULL, &registry, &diags), ENS_OK);
    assert_int_equal(ens_registry_warnings(registry)->count, 1);
    assert_string_equal(ens_registry_warnings(registry)->items[0].summary,
                        "ens_provider_entry: expected a descriptor for ABI 1.2, found NULL");
    ens_registry_free(registry);
}

static void test_no_provider_at_all(void **state)
{
    struct ens_environment environment = fake_environment(no_variables_set);
    struct ens_registry *registry = NULL;
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    if (access(ENS_PROVIDER_DIR, F_OK) == 0) {
        skip(); /* Ensure is installed on this machine */
    }
    assert_int_equal(ens_registry_new(NULL, &environment, NULL, &registry, &diags), ENS_NOT_FOUND);
    assert_null(registry);
    assert_int_equal(diags.count, 1);
    assert_int_equal(diags.items[0].severity, ENS_ERROR);
    assert_non_null(strstr(diags.items[0].summary, "no cloud provider was found; looked in "));
    assert_non_null(strstr(diags.items[0].summary, "/tests/providers, "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_older_minor_is_filled_up),
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_pointers_stay),
        cmocka_unit_test(test_duplicate),
        cmocka_unit_test(test_statics),
        cmocka_unit_test(test_a_static_that_declines),
        cmocka_unit_test(test_no_provider_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
