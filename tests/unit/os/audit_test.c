/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "core/audit_line.h"
#include "core/target.h"
#include "os/audit.h"
#include "support/scratch.h"

static const ens_str ids[] = {ENS_STR_INIT("i-1"), ENS_STR_INIT("i-2")};

static const struct ens_audit_line sample = {
    .unix_ms = INT64_C(1788221350123),
    .run_id = ENS_STR_INIT("run-1"),
    .actor = ENS_STR_INIT("alice via acme/infra/7"),
    .source = ENS_STR_INIT("environment (ALIBABA_CLOUD_ACCESS_KEY_ID)"),
    .key_id_tail = ENS_STR_INIT("x123"),
    .endpoint = ENS_STR_INIT("https://ecs.cn-hangzhou.aliyuncs.com"),
    .cloud = ENS_STR_INIT("alibaba"),
    .region = ENS_STR_INIT("cn-hangzhou"),
    .ids = ids,
    .id_count = 2,
    .action = "dry_run",
    .dry_run = true,
    .outcome = ENS_REASON_NO_CAPACITY,
    .http_status = 403,
    .provider_code = ENS_STR_INIT("OperationDenied.NoStock"),
    .request_id = ENS_STR_INIT("REQ-1"),
    .client_token = ENS_STR_INIT("tok-1"),
    .attempt = 2,
    .elapsed_ms = 31,
};

static ens_rc audit_try(const struct ens_audit *audit, const struct ens_audit_line *line,
                        struct ens_diags *diags)
{
    const struct ens_audit_writer *writer = ens_audit_writer(audit);
    ENS_AUTO_BUF text = ens_buf_new(ENS_AUDIT_LINE_MAX);

    ens_audit_line_format(line, &text);
    return writer->write(writer->ud, ens_buf_str(&text), diags);
}

static ens_rc audit_write(const struct ens_audit *audit, const struct ens_audit_line *line)
{
    return audit_try(audit, line, NULL);
}

static struct ens_audit *open_audit(struct scratch *scratch)
{
    return ens_audit_new(scratch_path(scratch, "audit.jsonl"));
}

static void test_line(void **state)
{
    struct scratch scratch = scratch_new();
    struct stat stat_now = {0};

    (void)state;
    for (int i = 0; i < 2; i++) { /* the second one appends to the file */
        struct ens_audit *audit = open_audit(&scratch);
        assert_int_equal(audit_write(audit, &sample), ENS_OK);
        ens_audit_free(audit);
    }
    char *text = scratch_read(&scratch, "audit.jsonl");
    static const char line[] =
        "{\"time\": \"2026-09-01T00:09:10.123000Z\", \"run_id\": \"run-1\", \"phase\": \"done\", "
        "\"actor\": \"alice via acme/infra/7\", "
        "\"source\": \"environment (ALIBABA_CLOUD_ACCESS_KEY_ID)\", \"key_id_tail\": \"x123\", "
        "\"endpoint\": \"https://ecs.cn-hangzhou.aliyuncs.com\", "
        "\"action\": \"dry_run\", \"dry_run\": true, "
        "\"targets\": [\"alibaba/cn-hangzhou/i-1\", \"alibaba/cn-hangzhou/i-2\"], \"attempt\": 2, "
        "\"outcome\": \"no_capacity\", \"http_status\": 403, "
        "\"provider_code\": \"OperationDenied.NoStock\", \"request_id\": \"REQ-1\", "
        "\"client_token\": \"tok-1\", \"elapsed_ms\": 31, \"trace_id\": \"\"}\n";
    assert_int_equal(strlen(text), 2 * strlen(line));
    assert_memory_equal(text, line, strlen(line));
    assert_string_equal(text + strlen(line), line);
    assert_int_equal(stat(scratch_path(&scratch, "audit.jsonl"), &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 07777, 0600);
    ens_free(text);
    scratch_done(&scratch);
}

/* The line before a call is sent has all keys, with an empty outcome. */
static void test_sending(void **state)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_AUDIT_LINE_MAX);
    const struct ens_audit_line line = {.action = "start", .sending = true, .attempt = 1};

    (void)state;
    ens_audit_line_format(&line, &text);
    assert_string_equal(
        ens_buf_text(&text),
        "{\"time\": \"1970-01-01T00:00:00.000000Z\", \"run_id\": \"\", \"phase\": \"sending\", "
        "\"actor\": \"\", \"source\": \"\", \"key_id_tail\": \"\", \"endpoint\": \"\", "
        "\"action\": \"start\", \"dry_run\": false, \"targets\": [], \"attempt\": 1, "
        "\"outcome\": \"\", \"http_status\": 0, \"provider_code\": \"\", \"request_id\": \"\", "
        "\"client_token\": \"\", \"elapsed_ms\": 0, \"trace_id\": \"\"}\n");
}

/* Arbitrary bytes as a provider code, and 1000 targets, the maximum of one call. */
static void test_extremes(void **state)
{
    enum { MANY = 1000, LONG = 100000 };
    struct scratch scratch = scratch_new();
    struct ens_audit *audit = open_audit(&scratch);
    ens_str *many = ens_alloc_array(MANY, sizeof(*many));
    char *bytes = ens_alloc(LONG);
    struct ens_audit_line line = sample;

    (void)state;
    memset(bytes, '\xff', LONG);
    for (size_t i = 0; i < MANY; i++) {
        many[i] = ENS_STR("i-0123456789012345678901234567890123456789012345678901234567890x");
        assert_int_equal(many[i].len, ENS_ID_MAX);
    }
    line.ids = many;
    line.id_count = MANY;
    line.provider_code = (ens_str){bytes, LONG};
    line.request_id = ENS_STR("a\nb\"c");
    assert_int_equal(audit_write(audit, &line), ENS_OK);
    ens_audit_free(audit);
    char *text = scratch_read(&scratch, "audit.jsonl");
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_int_equal(json_array_size(json_object_get(json, "targets")), MANY);
    assert_string_equal(json_string_value(json_object_get(json, "request_id")), "a\nb\"c");
    json_decref(json);
    ens_free(text);
    ens_free(bytes);
    ens_free(many);
    scratch_done(&scratch);
}

static void test_text_limit(void **state)
{
    char bytes[1025];
    struct ens_audit_line line = sample;

    (void)state;
    memset(bytes, 'c', sizeof(bytes));
    for (size_t size = 1024; size <= 1025; size++) {
        struct scratch scratch = scratch_new();
        struct ens_audit *audit = open_audit(&scratch);
        line.provider_code = (ens_str){bytes, size};
        assert_int_equal(audit_write(audit, &line), ENS_OK);
        ens_audit_free(audit);
        char *text = scratch_read(&scratch, "audit.jsonl");
        json_t *json = json_loads(text, 0, NULL);
        assert_int_equal(json_string_length(json_object_get(json, "provider_code")), 1024);
        json_decref(json);
        ens_free(text);
        scratch_done(&scratch);
    }
}

/* Limits the size of files, to simulate a full disk. */
static void limit_files(rlim_t limit)
{
    const struct rlimit wanted = {.rlim_cur = limit, .rlim_max = RLIM_INFINITY};

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &wanted), 0);
}

static void test_full_disk(void **state)
{
    struct scratch scratch = scratch_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_audit *audit = open_audit(&scratch);

    (void)state;
    assert_ptr_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    limit_files(100);
    assert_int_equal(audit_try(audit, &sample, &diags), ENS_IO); /* writes 100 bytes */
    assert_non_null(strstr(diags.items[0].summary, "can't write to the audit log: No space left"));
    assert_int_equal(audit_try(audit, &sample, &diags), ENS_IO); /* writes nothing */
    assert_string_equal(diags.items[1].summary, "can't write to the audit log: File too large");
    limit_files(RLIM_INFINITY);
    assert_int_equal(audit_write(audit, &sample), ENS_OK);
    assert_int_equal(audit_write(audit, &sample), ENS_OK);
    ens_audit_free(audit);
    char *text = scratch_read(&scratch, "audit.jsonl");
    ens_str rest = ens_str_of(text);
    assert_int_equal(ens_str_cut(rest, '\n', &rest).len, 100);
    for (int i = 0; i < 2; i++) {
        ens_str line = ens_str_cut(rest, '\n', &rest);
        json_t *json = json_loadb(line.ptr, line.len, 0, NULL);
        assert_non_null(json);
        json_decref(json);
    }
    assert_int_equal(rest.len, 0);
    ens_free(text);
    scratch_done(&scratch);
}

static void test_failures_are_reported(void **state)
{
    struct scratch scratch = scratch_new();
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    struct ens_audit *audit = ens_audit_new(scratch_path(&scratch, "absent/audit"));
    assert_int_equal(audit_try(audit, &sample, &diags), ENS_IO);
    assert_string_equal(diags.items[0].where, scratch_path(&scratch, "absent/audit"));
    assert_string_equal(diags.items[0].summary,
                        "can't open the audit log: No such file or directory");
    assert_int_equal(mkdir(scratch_path(&scratch, "absent"), 0700), 0);
    assert_int_equal(audit_try(audit, &sample, &diags), ENS_OK); /* opens the file again */
    ens_audit_free(audit);
    assert_int_equal(unlink(scratch_path(&scratch, "absent/audit")), 0);
    assert_int_equal(rmdir(scratch_path(&scratch, "absent")), 0);

    audit = ens_audit_new("/dev/null");
    assert_int_equal(audit_try(audit, &sample, &diags), ENS_IO);
    assert_string_equal(diags.items[1].summary, "the audit log is not a regular file");
    ens_audit_free(audit);
    ens_audit_free(NULL);
    scratch_done(&scratch);
}

#define WRITERS 4
#define LINES   100

static void *write_often(void *path)
{
    struct ens_audit *audit = ens_audit_new(path);

    for (int i = 0; i < LINES; i++) {
        (void)audit_write(audit, &sample);
    }
    ens_audit_free(audit);
    return NULL;
}

static void test_shared_file(void **state)
{
    struct scratch scratch = scratch_new();
    pthread_t threads[WRITERS];
    char path[512] = {0};
    size_t lines = 0;

    (void)state;
    memcpy(path, scratch_path(&scratch, "audit"), strlen(scratch_path(&scratch, "audit")));
    for (size_t i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_often, path), 0);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    char *text = scratch_read(&scratch, "audit");
    ens_str rest = ens_str_of(text);
    while (rest.len > 0) {
        ens_str line = ens_str_cut(rest, '\n', &rest);
        assert_true(ens_str_starts(line, ENS_STR("{\"time\"")));
        assert_true(ens_str_ends(line, ENS_STR("\"trace_id\": \"\"}")));
        lines++;
    }
    assert_int_equal(lines, WRITERS * LINES);
    ens_free(text);
    scratch_done(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_text_limit),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_failures_are_reported),
        cmocka_unit_test(test_sending),
        cmocka_unit_test(test_shared_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
