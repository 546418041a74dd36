/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/os.h"
#include "support/scratch.h"

static void test_clocks(void **state)
{
    int64_t unix_ms = ens_os_clock.unix_ms(ens_os_clock.ud);
    int64_t mono = ens_os_clock.mono_ms(ens_os_clock.ud);

    (void)state;
    assert_true(unix_ms > INT64_C(1577836800000)); /* after 2020, in milliseconds */
    assert_true(unix_ms < INT64_C(32503680000000));
    for (int i = 0; i < 1000; i++) {
        int64_t now = ens_os_clock.mono_ms(ens_os_clock.ud);
        assert_true(now >= mono);
        mono = now;
    }
}

static void test_entropy(void **state)
{
    unsigned char bytes[600] = {0}; /* more than the 256 bytes that getrandom() returns at least */
    unsigned seen[256] = {0};
    unsigned different = 0;

    (void)state;
    ens_os_entropy.fill(ens_os_entropy.ud, bytes, sizeof(bytes) - 1);
    assert_int_equal(bytes[sizeof(bytes) - 1], 0);
    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        different += seen[bytes[i]]++ == 0;
    }
    assert_true(different > 128); /* about 232 are expected */
}

static void test_environment(void **state)
{
    (void)state;
    assert_int_equal(setenv("ENSURE_TEST_SET", "x", 1), 0);
    assert_int_equal(setenv("ENSURE_TEST_EMPTY", "", 1), 0);
    assert_string_equal(ens_os_environment.get(NULL, "ENSURE_TEST_SET"), "x");
    assert_null(ens_os_environment.get(NULL, "ENSURE_TEST_EMPTY"));
    assert_null(ens_os_environment.get(NULL, "ENSURE_TEST_NOT_SET"));
}

static void expect_error(struct ens_diags *diags, const char *where, const char *summary)
{
    assert_int_equal(diags->count, 1);
    assert_string_equal(diags->items[0].where, where);
    assert_string_equal(diags->items[0].summary, summary);
    ens_diags_done(diags);
}

static void test_read(void **state)
{
    struct scratch scratch = scratch_new();
    ENS_AUTO_BUF text = ens_buf_new(8);
    ENS_AUTO_DIAGS diags = {0};
    const char *path = NULL;

    (void)state;
    scratch_write(&scratch, "at", ENS_STR("12345678"));
    scratch_write(&scratch, "over", ENS_STR("123456789"));
    scratch_write(&scratch, "none", ENS_STR(""));
    assert_int_equal(ens_os_read_file(scratch_path(&scratch, "at"), &text, &diags), ENS_OK);
    assert_string_equal(ens_buf_text(&text), "12345678");
    ens_buf_reset(&text);
    assert_int_equal(ens_os_read_file(scratch_path(&scratch, "none"), &text, &diags), ENS_OK);
    assert_int_equal(text.len, 0);
    path = scratch_path(&scratch, "over");
    assert_int_equal(ens_os_read_file(path, &text, &diags), ENS_LIMIT);
    expect_error(&diags, path, "the file is larger than 8 bytes");
    path = scratch_path(&scratch, "absent");
    assert_int_equal(ens_os_read_file(path, &text, &diags), ENS_NOT_FOUND);
    expect_error(&diags, path, "can't open the file: No such file or directory");
    assert_int_equal(ens_os_read_file(scratch.path, &text, &diags), ENS_INVALID);
    expect_error(&diags, scratch.path, "not a regular file");
    path = scratch_path(&scratch, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(ens_os_read_file(path, &text, &diags), ENS_INVALID); /* and does not hang */
    expect_error(&diags, path, "not a regular file");
    scratch_done(&scratch);
}

static void test_read_large(void **state)
{
    const size_t size = (size_t)300 * 1024; /* several reads */
    struct scratch scratch = scratch_new();
    ENS_AUTO_BUF text = ens_buf_new(size);
    char *expected = ens_alloc(size);

    (void)state;
    for (size_t i = 0; i < size; i++) {
        expected[i] = (char)('a' + i % 26);
    }
    scratch_write(&scratch, "large", (ens_str){expected, size});
    assert_int_equal(ens_os_read_file(scratch_path(&scratch, "large"), &text, NULL), ENS_OK);
    assert_int_equal(text.len, size);
    assert_memory_equal(text.ptr, expected, size);
    ens_free(expected);
    scratch_done(&scratch);
}

static unsigned mode_of(const char *path)
{
    struct stat stat_now = {0};

    assert_int_equal(lstat(path, &stat_now), 0);
    return (unsigned)stat_now.st_mode;
}

static void expect_content(struct scratch *scratch, const char *name, const char *expected)
{
    char *text = scratch_read(scratch, name);

    assert_string_equal(text, expected);
    ens_free(text);
}

static void test_write(void **state)
{
    struct scratch scratch = scratch_new();
    ENS_AUTO_DIAGS diags = {0};
    mode_t umask_before = umask(0);

    (void)state;
    scratch_write(&scratch, "old", ENS_STR("old and longer"));
    assert_int_equal(chmod(scratch_path(&scratch, "old"), 0644), 0);
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "new" : "old";
        assert_int_equal(
            ens_os_write_file(scratch_path(&scratch, name), ENS_STR("text"), 0600, &diags), ENS_OK);
        expect_content(&scratch, name, "text");
        assert_int_equal(mode_of(scratch_path(&scratch, name)), S_IFREG | 0600);
    }
    assert_int_equal(
        ens_os_write_file(scratch_path(&scratch, "new"), (ens_str){NULL, 0}, 0644, &diags), ENS_OK);
    expect_content(&scratch, "new", "");
    assert_int_equal(mode_of(scratch_path(&scratch, "new")), S_IFREG | 0644);
    (void)umask(umask_before);
    scratch_done(&scratch);
}

/* A link to nothing is no absent file: what it should name may decide what is permitted. */
static void test_trusted_files(void **state)
{
    struct scratch scratch = scratch_new();
    ENS_AUTO_BUF text = ens_buf_new(100);
    char link[256];

    (void)state;
    (void)snprintf(link, sizeof(link), "%s", scratch_path(&scratch, "link"));
    assert_int_equal(ens_os_read_trusted_file(link, &text, NULL), ENS_NOT_FOUND);
    assert_int_equal(symlink("file", link), 0);
    assert_int_equal(ens_os_read_trusted_file(link, &text, NULL), ENS_INVALID);
    scratch_write(&scratch, "file", ENS_STR("guards"));
    assert_int_equal(chmod(scratch_path(&scratch, "file"), 0646), 0);
    assert_int_equal(ens_os_read_trusted_file(link, &text, NULL), ENS_INVALID);
    assert_int_equal(chmod(scratch_path(&scratch, "file"), 0664), 0);
    assert_int_equal(ens_os_read_trusted_file(link, &text, NULL), ENS_OK);
    scratch_done(&scratch);
}

static void test_write_keeps_links(void **state)
{
    struct scratch scratch = scratch_new();
    char link[256];

    (void)state;
    scratch_write(&scratch, "real/file", ENS_STR("old"));
    (void)snprintf(link, sizeof(link), "%s", scratch_path(&scratch, "link"));
    assert_int_equal(symlink("real/file", link), 0);
    assert_int_equal(ens_os_write_file(link, ENS_STR("new"), 0600, NULL), ENS_OK);
    assert_true(S_ISLNK(mode_of(link)));
    expect_content(&scratch, "real/file", "new");
    scratch_done(&scratch);
}

static void test_write_failures(void **state)
{
    struct scratch scratch = scratch_new();
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    const char *path = scratch_path(&scratch, "absent/file");
    assert_int_equal(ens_os_write_file(path, ENS_STR("x"), 0600, &diags), ENS_NOT_FOUND);
    expect_error(&diags, path, "can't write the file: No such file or directory");
    assert_int_equal(ens_os_write_file(scratch.path, ENS_STR("x"), 0600, &diags), ENS_INVALID);
    expect_error(&diags, scratch.path, "not a regular file");
    path = scratch_path(&scratch, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(ens_os_write_file(path, ENS_STR("x"), 0600, &diags), ENS_INVALID);
    expect_error(&diags, path, "not a regular file");
    assert_true(S_ISFIFO(mode_of(path)));
    /* No temporary file is left. */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(scratch.path), 0);
    assert_int_equal(mkdir(scratch.path, 0700), 0);
    scratch_done(&scratch);
}

/* Fails like ens_os_write_file, but leaves no temporary file and does not change the file. */
static void test_check_writable(void **state)
{
    struct scratch scratch = scratch_new();
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_int_equal(ens_os_check_writable(scratch_path(&scratch, "new"), &diags), ENS_OK);
    assert_int_equal(access(scratch_path(&scratch, "new"), F_OK), -1);
    const char *path = scratch_path(&scratch, "absent/file");
    assert_int_equal(ens_os_check_writable(path, &diags), ENS_NOT_FOUND);
    expect_error(&diags, path, "can't write the file: No such file or directory");
    assert_int_equal(ens_os_check_writable(scratch.path, &diags), ENS_INVALID);
    expect_error(&diags, scratch.path, "not a regular file");
    assert_int_equal(rmdir(scratch.path), 0);
    assert_int_equal(mkdir(scratch.path, 0700), 0);
    scratch_write(&scratch, "old", ENS_STR("kept"));
    assert_int_equal(ens_os_check_writable(scratch_path(&scratch, "old"), &diags), ENS_OK);
    expect_content(&scratch, "old", "kept");
    scratch_done(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clocks),         cmocka_unit_test(test_entropy),
        cmocka_unit_test(test_environment),    cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_large),     cmocka_unit_test(test_write),
        cmocka_unit_test(test_trusted_files),  cmocka_unit_test(test_write_keeps_links),
        cmocka_unit_test(test_write_failures), cmocka_unit_test(test_check_writable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
