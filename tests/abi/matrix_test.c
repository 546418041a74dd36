/* SPDX-License-Identifier: Apache-2.0 */
/* Loading shared objects that are not valid providers: each is refused with a specific message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "loader/registry.h"
#include "os/os.h"
#include "support/scratch.h"

#define OBJECT_MAX ((size_t)64 * 1024 * 1024)
#define OTHER_USER 65534

/* ---- descriptors ---- */

static const struct {
    const char *file;
    const char *summary; /* NULL: it loads */
} rows[] = {
    {"good", NULL},
    {"another", NULL},
    {"older_minor", NULL},
    {"minor_1", NULL},
    {"newer_minor", NULL},
    {"wrong_magic", "magic: expected 0x31534e45, found 0x12345678"},
    {"newer_major", "abi_major: expected 1, found 2 (made for a newer Ensure)"},
    {"short_struct", "struct_size: expected at least 144, found 100"},
    {"bad_name", "name: expected 1 to 32 of [a-z0-9_], found \"Fake Cloud\""},
    {"null_name", "name: expected 1 to 32 of [a-z0-9_], found NULL"},
    {"describe_limit", "describe_limit: expected 1 to 1000, found 0"},
    {"start_limit", "start_limit: expected 1 to 1000, found 1001"},
    {"dry_run_limit", "dry_run_limit: expected 0 without ENS_CAP_DRY_RUN, found 1"},
    {"empty_checks", "dry_run_checks: expected a sentence of 1 to 500 bytes, found nothing"},
    {"half_code_advice", "code_advice[0]: expected a sentence, found NULL"},
    {"sources", NULL},
    {"short_source", "sources[0].struct_size: expected at least 32, found 8"},
    {"unknown_source", "sources[0].kind: expected 1 to 6, found 7"},
    {"no_credentials_step", "credentials_step: expected a function for sources[0], found NULL"},
    {"no_address", "sources[0].address: expected an address for the metadata service alone, found "
                   "NULL"},
    {"source_use", "sources[0].variables[0].use: expected 0 to 31, found 32"},
    {"source_title", "sources.title: expected 1 to 64 bytes of text, found nothing"},
    {"source_twice", "sources[1].kind: expected each kind once, found 2 again"},
    {"default_region", "default_region: expected 1 to 32 of [a-z0-9-], found \"North 1\""},
    {"half_caller", "read_caller: expected a function exactly where caller_request is one, found "
                    "NULL"},
    {"no_find_request", "find_request: expected a function, as there is read_find, found NULL"},
    {"no_read_find", "read_find: expected a function, as there is find_request, found NULL"},
    {"no_find", NULL},
    {"no_find_action", "find_action: expected 1 to 64 bytes of text, found NULL"},
    {"empty_find_action", "find_action: expected 1 to 64 bytes of text, found nothing"},
    {"before_find", NULL},
    {"no_trace_names", NULL},
    {"half_trace_names", "trace_names.start: expected 1 to 64 bytes of text, found NULL"},
    {"null_statuses", "statuses: expected a table with a row, found none"},
    {"null_codes", "codes: expected a table with a row, found none"},
    {"no_endpoint", "endpoint: expected a function, found NULL"},
    {"no_describe_request", "describe_request: expected a function, found NULL"},
    {"no_start_request", "start_request: expected a function, found NULL"},
    {"no_sign", "sign: expected a function, found NULL"},
    {"no_read_describe", "read_describe: expected a function, found NULL"},
    {"no_read_start", "read_start: expected a function, found NULL"},
    {"no_entry", "symbol ens_provider_entry: expected a function, found none"},
    {"null_entry", "ens_provider_entry: expected a descriptor for ABI 1.2, found NULL"},
    {"undefined_symbol", "file: expected a loadable shared object, found: undefined symbol: "
                         "undefined_function"},
};

/* The path of a case in the build tree. */
static void case_path(char *out, size_t size, const char *file)
{
    (void)snprintf(out, size, "%s/%s.so", ABI_CASES, file);
}

static void expect_refused(struct ens_registry *registry, const char *file, const char *summary)
{
    ENS_AUTO_DIAGS diags = {0};
    size_t before = ens_registry_count(registry);

    assert_int_not_equal(ens_registry_load(registry, file, &diags), ENS_OK);
    assert_int_equal(ens_registry_count(registry), before);
    assert_int_equal(diags.count, 1);
    assert_int_equal(diags.items[0].severity, ENS_ERROR);
    assert_string_equal(diags.items[0].where, file);
    assert_string_equal(diags.items[0].summary, summary);
}

static void test_descriptors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_registry *registry = ens_registry_empty();
        char path[4096];
        case_path(path, sizeof(path), rows[i].file);
        if (rows[i].summary != NULL) {
            expect_refused(registry, path, rows[i].summary);
        } else {
            ENS_AUTO_DIAGS diags = {0};
            assert_int_equal(ens_registry_load(registry, path, &diags), ENS_OK);
            assert_int_equal(diags.count, 0);
            assert_string_equal(ens_registry_origin(registry, 0), path);
        }
        ens_registry_free(registry);
    }
}

static void test_other_minors(void **state)
{
    static const struct {
        const char *file;
        unsigned minor;
        bool advice;
        bool checks; /* dry_run_checks and the other members of ABI 1.2 */
        bool find;   /* find_request and what belongs to it */
    } minors[] = {{"older_minor", 0, false, false, false},
                  {"minor_1", 1, true, false, false},
                  {"before_find", ENS_ABI_MINOR, true, true, false}, /* ends inside read_find */
                  {"good", ENS_ABI_MINOR, true, true, true},
                  {"newer_minor", 999, true, true, true}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(minors); i++) {
        struct ens_registry *registry = ens_registry_empty();
        char path[4096];
        case_path(path, sizeof(path), minors[i].file);
        assert_int_equal(ens_registry_load(registry, path, NULL), ENS_OK);
        const struct ens_provider *provider = ens_registry_find(registry, ENS_STR("fake"));
        assert_non_null(provider);
        assert_int_equal(provider->abi_minor, minors[i].minor);
        assert_int_equal(provider->advice != NULL, minors[i].advice);
        assert_int_equal(provider->dry_run_checks != NULL, minors[i].checks);
        assert_int_equal(provider->code_advice != NULL, minors[i].checks);
        assert_int_equal(provider->credentials_step != NULL, minors[i].checks);
        assert_int_equal(provider->read_caller != NULL, minors[i].checks);
        assert_int_equal(provider->read_find != NULL, minors[i].find);
        assert_int_equal(provider->find_action != NULL, minors[i].find);
        assert_int_equal(provider->trace_names != NULL, minors[i].find);
        assert_string_equal(provider->statuses[0].word, "UP");
        assert_non_null(provider->read_start);
        ens_registry_free(registry);
    }
}

static void test_duplicate_name(void **state)
{
    struct ens_registry *registry = ens_registry_empty();
    char good[4096];
    char same[4096];
    char summary[8192];

    (void)state;
    case_path(good, sizeof(good), "good");
    case_path(same, sizeof(same), "same_name");
    (void)snprintf(summary, sizeof(summary),
                   "name: expected one that no other provider has, found \"fake\", which is that "
                   "of %s",
                   good);
    assert_int_equal(ens_registry_load(registry, good, NULL), ENS_OK);
    expect_refused(registry, same, summary);
    ens_registry_free(registry);
}

/* ---- files ---- */

/* Copies a case into the directory under another name. */
static const char *install(struct scratch *scratch, const char *file, const char *name)
{
    ENS_AUTO_BUF object = ens_buf_new(OBJECT_MAX);
    char path[4096];

    case_path(path, sizeof(path), file);
    assert_int_equal(ens_os_read_file(path, &object, NULL), ENS_OK);
    scratch_write(scratch, name, ens_buf_str(&object));
    assert_int_equal(chmod(scratch_path(scratch, name), 0755), 0);
    return scratch_path(scratch, name);
}

static void test_modes(void **state)
{
    static const struct {
        mode_t mode;
        const char *summary;
    } modes[] = {
        {0644, NULL},
        {0400, NULL},
        {0775, NULL},
        {0646, "mode: expected a file that is not world-writable, found 0646"},
        {0777, "mode: expected a file that is not world-writable, found 0777"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(modes); i++) {
        struct scratch scratch = scratch_new();
        struct ens_registry *registry = ens_registry_empty();
        const char *path = install(&scratch, "good", "x.so");
        assert_int_equal(chmod(path, modes[i].mode), 0);
        if (modes[i].summary == NULL) {
            assert_int_equal(ens_registry_load(registry, path, NULL), ENS_OK);
        } else {
            expect_refused(registry, path, modes[i].summary);
        }
        ens_registry_free(registry);
        scratch_done(&scratch);
    }
}

static void test_owners(void **state)
{
    struct scratch scratch = scratch_new();
    struct ens_registry *registry = ens_registry_empty();

    (void)state;
    if (geteuid() != 0) {
        ens_registry_free(registry);
        scratch_done(&scratch);
        skip(); /* only root can change the owner of a file */
    }
    const char *path = install(&scratch, "good", "x.so");
    assert_int_equal(chown(path, OTHER_USER, OTHER_USER), 0);
    expect_refused(registry, path,
                   "owner: expected root, this user or the owner of this program, "
                   "found user id 65534");
    /* The same file is accepted if it belongs to the effective user. */
    assert_int_equal(chmod(scratch.path, 0755), 0);
    assert_int_equal(seteuid(OTHER_USER), 0);
    ens_rc rc = ens_registry_load(registry, path, NULL);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(rc, ENS_OK);
    ens_registry_free(registry);
    scratch_done(&scratch);
}

static void test_unreadable(void **state)
{
    struct scratch scratch = scratch_new();
    struct ens_registry *registry = ens_registry_empty();
    uid_t before = geteuid();

    (void)state;
    const char *path = install(&scratch, "good", "x.so");
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(chmod(scratch.path, 0755), 0);
    if (before == 0) {
        assert_int_equal(seteuid(OTHER_USER), 0); /* root reads everything */
    }
    expect_refused(registry, path, "file: expected a readable one, found: Permission denied");
    assert_int_equal(seteuid(before), 0);
    ens_registry_free(registry);
    scratch_done(&scratch);
}

static void test_no_shared_objects(void **state)
{
    struct scratch scratch = scratch_new();
    struct ens_registry *registry = ens_registry_empty();

    (void)state;
    const char *path = scratch_path(&scratch, "absent.so");
    expect_refused(registry, path,
                   "file: expected a readable one, found: No such file or directory");
    path = scratch_path(&scratch, "directory.so");
    assert_int_equal(mkdir(path, 0755), 0);
    expect_refused(registry, path, "file: expected a regular one, found a directory");
    path = scratch_path(&scratch, "pipe.so");
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refused(registry, path, "file: expected a regular one, found something else");
    scratch_write(&scratch, "empty.so", ENS_STR(""));
    expect_refused(registry, scratch_path(&scratch, "empty.so"),
                   "file: expected a loadable shared object, found: file too short");
    scratch_write(&scratch, "text.so",
                  ENS_STR("#!/bin/sh\n# long enough to have an ELF header, "
                          "which it does not have: it is plain text\n"));
    expect_refused(registry, scratch_path(&scratch, "text.so"),
                   "file: expected a loadable shared object, found: invalid ELF header");
    ens_registry_free(registry);
    scratch_done(&scratch);
}

/* A name without a slash means the file in the working directory; dlopen would search the library
 * path. */
static void test_bare_names(void **state)
{
    struct scratch scratch = scratch_new();
    struct ens_registry *registry = ens_registry_empty();
    char before[4096];

    (void)state;
    (void)install(&scratch, "good", "x.so");
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(scratch.path), 0);
    expect_refused(registry, "libm.so.6",
                   "file: expected a readable one, found: No such file or directory");
    ens_rc rc = ens_registry_load(registry, "x.so", NULL);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(rc, ENS_OK);
    assert_int_equal(ens_registry_origin(registry, 0)[0], '/');
    ens_registry_free(registry);
    scratch_done(&scratch);
}

/* ---- directories ---- */

static void test_scan(void **state)
{
    struct scratch scratch = scratch_new();
    struct ens_registry *registry = ens_registry_empty();
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    (void)install(&scratch, "wrong_magic", "a.so");
    (void)install(&scratch, "good", "b.so");
    (void)install(&scratch, "same_name", "c.so");
    (void)install(&scratch, "another", "d.so");
    (void)install(&scratch, "wrong_magic", "not-one.so.txt");
    ens_registry_scan(registry, scratch.path, &diags);
    assert_int_equal(ens_registry_count(registry), 2);
    assert_non_null(ens_registry_find(registry, ENS_STR("fake")));
    assert_non_null(ens_registry_find(registry, ENS_STR("another")));
    assert_string_equal(ens_registry_origin(registry, 1), scratch_path(&scratch, "b.so"));
    assert_int_equal(diags.count, 2); /* one per refused file */
    assert_string_equal(diags.items[0].where, scratch_path(&scratch, "a.so"));
    assert_string_equal(diags.items[1].where, scratch_path(&scratch, "c.so"));
    assert_false(ens_diags_has_error(&diags));
    ens_registry_free(registry);
    scratch_done(&scratch);
}

static void test_scan_of_nothing(void **state)
{
    struct scratch scratch = scratch_new();
    struct ens_registry *registry = ens_registry_empty();
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    ens_registry_scan(registry, scratch.path, &diags);
    ens_registry_scan(registry, scratch_path(&scratch, "absent"), &diags);
    assert_int_equal(ens_registry_count(registry), 0);
    assert_int_equal(diags.count, 0);
    ens_registry_free(registry);
    scratch_done(&scratch);
}

static void test_scan_limit(void **state)
{
    (void)state;
    for (int count = 256; count <= 257; count++) {
        struct scratch scratch = scratch_new();
        struct ens_registry *registry = ens_registry_empty();
        ENS_AUTO_DIAGS diags = {0};
        for (int i = 0; i < count; i++) {
            char name[32];
            (void)snprintf(name, sizeof(name), "%03d.so", i);
            scratch_write(&scratch, name, ENS_STR("x"));
        }
        ens_registry_scan(registry, scratch.path, &diags);
        assert_int_equal(diags.count + diags.dropped, count); /* 1 per file; or 256 and the limit */
        ens_registry_free(registry);
        scratch_done(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_other_minors),
        cmocka_unit_test(test_duplicate_name),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_no_shared_objects),
        cmocka_unit_test(test_bare_names),
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_scan_of_nothing),
        cmocka_unit_test(test_scan_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
