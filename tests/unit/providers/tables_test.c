/* SPDX-License-Identifier: Apache-2.0 */
/* The meaning of the clouds' status words and locks, limits, endpoints and variables, written down
 * independently of the providers' tables, from the design and the clouds' documentation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/exact_memory.h"
#include "support/providers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    const char *cloud;
    const char *word;
    uint32_t status;
    uint32_t reason;
} statuses[] = {
    {"volcengine", "RUNNING", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"volcengine", "STARTING", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"volcengine", "REBOOTING", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"volcengine", "CREATING", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"volcengine", "STOPPED", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {"volcengine", "STOPPING", ENS_STATUS_STOPPING, ENS_REASON_OK},
    {"volcengine", "REBUILDING", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"volcengine", "RESIZING", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"volcengine", "ERROR", ENS_STATUS_FAILED, ENS_REASON_OK},
    {"volcengine", "DELETING", ENS_STATUS_DELETING, ENS_REASON_NOT_FOUND},

    {"alibaba", "Running", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"alibaba", "Starting", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"alibaba", "Pending", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"alibaba", "Stopped", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {"alibaba", "Stopping", ENS_STATUS_STOPPING, ENS_REASON_OK},

    {"baidu", "Running", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"baidu", "Starting", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"baidu", "Stopped", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {"baidu", "Stopping", ENS_STATUS_STOPPING, ENS_REASON_OK},
    {"baidu", "Scaling", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "VolumeResizing", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "BillingChanging", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "ChangeSubnet", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "ChangeVpc", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "AttachingPort", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "DetachingPort", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "Moving", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "SnapshotProcessing", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "ImageProcessing", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "Recharging", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"baidu", "Error", ENS_STATUS_FAILED, ENS_REASON_OK},
    {"baidu", "Expired", ENS_STATUS_FAILED, ENS_REASON_EXPIRED},
    {"baidu", "Recycled", ENS_STATUS_FAILED, ENS_REASON_EXPIRED},
    {"baidu", "Deleted", ENS_STATUS_DELETING, ENS_REASON_NOT_FOUND},
};

static const struct ens_status_row *find_status(const struct ens_provider *provider,
                                                const char *word)
{
    const struct ens_status_row *row = provider->statuses;

    while (row->word != NULL && strcmp(row->word, word) != 0) {
        row++;
    }
    return row->word == NULL ? NULL : row;
}

static void test_statuses(void **state)
{
    size_t all = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        const struct ens_status_row *row =
            find_status(test_provider_named(statuses[i].cloud), statuses[i].word);
        assert_non_null(row);
        assert_int_equal(row->status, statuses[i].status);
        assert_int_equal(row->reason, statuses[i].reason);
    }
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        for (const struct ens_status_row *row = test_provider(i)->statuses; row->word != NULL;
             row++) {
            all++;
        }
    }
    assert_int_equal(all, COUNT(statuses));
}

static void test_locks(void **state)
{
    static const struct {
        const char *word;
        uint32_t reason;
    } locks[] = {
        {"security", ENS_REASON_LOCKED},
        {"Recycling", ENS_REASON_LOCKED},
        {"refunded", ENS_REASON_LOCKED},
        {"financial", ENS_REASON_INSUFFICIENT_BALANCE},
        {"dedicatedhostfinancial", ENS_REASON_INSUFFICIENT_BALANCE},
    };
    const struct ens_lock_row *row = test_provider_named("alibaba")->locks;

    (void)state;
    for (size_t i = 0; i < COUNT(locks); i++, row++) {
        assert_string_equal(row->word, locks[i].word);
        assert_int_equal(row->reason, locks[i].reason);
    }
    assert_null(row->word);
    assert_null(test_provider_named("volcengine")->locks);
    assert_null(test_provider_named("baidu")->locks);
}

static void test_limits(void **state)
{
    static const struct {
        const char *cloud;
        const char *title;
        uint32_t capabilities;
        uint32_t describe;
        uint32_t dry_run;
        uint32_t start;
    } rows[] = {
        {"volcengine", "Volcengine", ENS_CAP_DRY_RUN | ENS_CAP_CLIENT_TOKEN, 100, 1, 1},
        {"alibaba", "Alibaba Cloud", ENS_CAP_DRY_RUN | ENS_CAP_ABSENCE_PROBE, 100, 100, 100},
        {"baidu", "Baidu AI Cloud", 0, 100, 0, 100},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ens_provider *provider = test_provider_named(rows[i].cloud);
        assert_non_null(provider);
        assert_int_equal(provider->magic, ENS_PROVIDER_MAGIC);
        assert_int_equal(provider->abi_major, ENS_ABI_MAJOR);
        assert_int_equal(provider->struct_size, sizeof(*provider));
        assert_string_equal(provider->title, rows[i].title);
        assert_int_equal(provider->capabilities, rows[i].capabilities);
        assert_int_equal(provider->describe_limit, rows[i].describe);
        assert_int_equal(provider->dry_run_limit, rows[i].dry_run);
        assert_int_equal(provider->start_limit, rows[i].start);
    }
    assert_null(ens_provider_entry_volcengine(ENS_ABI_MAJOR + 1, 0));
    assert_null(ens_provider_entry_alibaba(ENS_ABI_MAJOR + 1, 0));
    assert_null(ens_provider_entry_baidu(ENS_ABI_MAJOR + 1, 0));
}

static void test_endpoints(void **state)
{
    static const struct {
        const char *cloud;
        const char *region;
        const char *host;
    } rows[] = {
        {"volcengine", "cn-beijing", "open.volcengineapi.com"},
        {"volcengine", "cn-shanghai", "open.volcengineapi.com"},
        {"volcengine", "ap-southeast-1", "open.volcengineapi.com"},
        {"volcengine", "ap-southeast-2", "ecs.ap-southeast-2.volcengineapi.com"},
        {"volcengine", "ap-southeast-3", "ecs.ap-southeast-3.volcengineapi.com"},
        {"volcengine", "cn-beijing-autodriving", "ecs.cn-beijing-autodriving.volcengineapi.com"},
        {"volcengine", "cn-shanghai-autodriving", "ecs.cn-shanghai-autodriving.volcengineapi.com"},
        {"volcengine", "cn-beijing-selfdrive", "ecs.cn-beijing-selfdrive.volcengineapi.com"},
        {"alibaba", "cn-hangzhou", "ecs.cn-hangzhou.aliyuncs.com"},
        {"alibaba", "eu-central-1", "ecs.eu-central-1.aliyuncs.com"},
        {"alibaba", "cn-hangzhou-finance", "ecs.aliyuncs.com"},
        {"alibaba", "cn-north-2-gov-1", "ecs.aliyuncs.com"},
        {"alibaba", "cn-beijing-gov-1", "ecs.aliyuncs.com"},
        {"baidu", "bj", "bcc.bj.baidubce.com"},
        {"baidu", "hkg", "bcc.hkg.baidubce.com"},
    };
    struct exact_memory exact;

    (void)state;
    exact_memory_init(&exact);
    for (size_t i = 0; i < COUNT(rows); i++) {
        ens_str host =
            test_provider_named(rows[i].cloud)->endpoint(&exact.memory, test_str(rows[i].region));
        assert_int_equal(host.len, strlen(rows[i].host));
        assert_memory_equal(host.ptr, rows[i].host, host.len);
    }
    exact_memory_done(&exact);
}

static void test_variables(void **state)
{
    static const struct {
        const char *cloud;
        size_t index;
        struct ens_variable_row names;
    } rows[] = {
        {"volcengine",
         0,
         {"VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN"}},
        {"volcengine",
         1,
         {"VOLCSTACK_ACCESS_KEY_ID", "VOLCSTACK_SECRET_ACCESS_KEY", "VOLCSTACK_SESSION_TOKEN"}},
        {"volcengine",
         2,
         {"VOLCSTACK_ACCESS_KEY", "VOLCSTACK_SECRET_KEY", "VOLCSTACK_SESSION_TOKEN"}},
        {"volcengine", 3, {"VOLC_ACCESSKEY", "VOLC_SECRETKEY", NULL}},
        {"volcengine", 4, {NULL, NULL, NULL}},
        {"alibaba",
         0,
         {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
          "ALIBABA_CLOUD_SECURITY_TOKEN"}},
        {"alibaba",
         1,
         {"ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET",
          "ALIBABACLOUD_SECURITY_TOKEN"}},
        {"alibaba",
         2,
         {"ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"}},
        {"alibaba", 3, {"ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"}},
        {"alibaba",
         4,
         {"ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_ACCESS_KEY_STS_TOKEN"}},
        {"alibaba", 5, {"ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"}},
        {"alibaba", 6, {NULL, NULL, NULL}},
        {"baidu", 0, {"BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "BCE_SECURITY_TOKEN"}},
        {"baidu",
         1,
         {"BAIDUCLOUD_ACCESS_KEY", "BAIDUCLOUD_SECRET_KEY", "BAIDUCLOUD_SESSION_TOKEN"}},
        {"baidu", 2, {NULL, NULL, NULL}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ens_variable_row *row =
            &test_provider_named(rows[i].cloud)->variables[rows[i].index];
        if (rows[i].names.access_key == NULL) {
            assert_null(row->access_key);
            continue;
        }
        assert_string_equal(row->access_key, rows[i].names.access_key);
        assert_string_equal(row->secret_key, rows[i].names.secret_key);
        if (rows[i].names.token == NULL) {
            assert_null(row->token);
        } else {
            assert_string_equal(row->token, rows[i].names.token);
        }
    }
}

/* Advice is one sentence, and there is at most one row per reason. */
static void test_advice(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        uint32_t seen = 0;
        const struct ens_advice_row *row = test_provider(i)->advice;
        assert_non_null(row->sentence);
        for (; row->sentence != NULL; row++) {
            assert_in_range(row->reason, ENS_REASON_OK, ENS_REASON_CANCELLED);
            assert_int_equal(seen & (1u << row->reason), 0);
            seen |= 1u << row->reason;
            assert_int_equal(row->sentence[strlen(row->sentence) - 1], '.');
        }
    }
}

/* Advice for a code is that of a code in the table, so that it is explained with it. */
static void test_code_advice(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        const struct ens_code_advice_row *row = test_provider(i)->code_advice;
        for (; row != NULL && row->pattern != NULL; row++) {
            const struct ens_code_row *code = test_provider(i)->codes;
            while (code->pattern != NULL && strcmp(code->pattern, row->pattern) != 0) {
                code++;
            }
            assert_non_null(code->pattern);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),    cmocka_unit_test(test_locks),
        cmocka_unit_test(test_limits),      cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_variables),   cmocka_unit_test(test_advice),
        cmocka_unit_test(test_code_advice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
