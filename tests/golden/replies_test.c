/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the reply in every file below parse/, and compares the dump of the result with the file. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/exact_memory.h"
#include "support/providers.h"
#include "support/reply_text.h"

#define FILE_MAX 65536

static const ens_str ids[] = {{"i-1", 3}, {"i-2", 3}};

static char *read_with(const struct ens_provider *provider, const char *call_name,
                       const struct ens_memory *memory, const struct ens_http_reply *reply)
{
    const struct ens_call_spec call = {.struct_size = sizeof(call), .ids = ids, .id_count = 2};

    if (strcmp(call_name, "describe") == 0) {
        struct ens_describe_result result = {.struct_size = sizeof(result)};
        provider->read_describe(memory, &call, reply, &result);
        return test_dump_describe(&result);
    }
    if (strcmp(call_name, "find") == 0) {
        const struct ens_call_spec list = {.struct_size = sizeof(list), .page = test_str("page-1")};
        struct ens_find_result result = {.struct_size = sizeof(result)};
        provider->read_find(memory, &list, reply, &result);
        return test_dump_find(&result);
    }
    struct ens_start_result result = {.struct_size = sizeof(result)};
    provider->read_start(memory, &call, reply, &result);
    return test_dump_start(&result);
}

static size_t read_file(const char *path, char *ret)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        fail_msg("%s: cannot be opened", path);
    }
    size_t len = fread(ret, 1, FILE_MAX, file);
    (void)fclose(file);
    assert_in_range(len, 1, FILE_MAX - 1);
    return len;
}

static void check_file(const struct ens_provider *provider, const char *call_name, const char *path)
{
    static char text[FILE_MAX];
    struct exact_memory exact;
    struct reply_text recorded;

    reply_text_read(&recorded, (ens_str){text, read_file(path, text)});
    exact_memory_init(&exact);
    char *seen = read_with(provider, call_name, &exact.memory, &recorded.reply);
    exact_memory_done(&exact);
    if (strlen(seen) != recorded.expected.len ||
        memcmp(seen, recorded.expected.ptr, recorded.expected.len) != 0) {
        fail_msg("%s: the reader saw\n%s", path, seen);
    }
    free(seen);
}

static int is_case(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot != NULL && strcmp(dot, ".txt") == 0;
}

static void check_directory(const struct ens_provider *provider, const char *call_name)
{
    char path[1024];
    struct dirent **entries = NULL;

    (void)snprintf(path, sizeof(path), ENS_TESTS_DIR "/golden/parse/%s/%s", provider->name,
                   call_name);
    int count = scandir(path, &entries, is_case, alphasort);
    assert_true(count > 0);
    size_t stem = strlen(path);
    for (int i = 0; i < count; i++) {
        (void)snprintf(path + stem, sizeof(path) - stem, "/%s", entries[i]->d_name);
        check_file(provider, call_name, path);
        free(entries[i]);
    }
    free(entries);
}

static void test_describe(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        check_directory(test_provider(i), "describe");
    }
}

static void test_start(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        check_directory(test_provider(i), "start");
    }
}

static void test_find(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        check_directory(test_provider(i), "find");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_find),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
