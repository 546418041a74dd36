/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of policy files: what it reads comes back from the list that documents have, and
 * judges any start. */
#include "fuzz.h"

#include <jansson.h>
#include <string.h>

#include "core/policy_read.h"

static void judge(struct ens_arena *arena, const struct ens_policy *policy)
{
    const struct ens_target target = {ENS_STR("alibaba"), ENS_STR("cn-hangzhou"),
                                      ENS_STR("i-bp67acfmxazb4p0001")};
    const struct ens_guard *limit = ens_policy_limit(policy);

    for (int audit = ENS_AUDIT_OFF; audit <= ENS_AUDIT_WORKING; audit++) {
        (void)ens_policy_refuse_target(policy, arena, &target, (enum ens_audit_state)audit);
    }
    FUZZ_REQUIRE(ens_policy_refuse_confidence(policy, arena, ENS_CONFIDENCE_VALIDATED).len == 0);
    FUZZ_REQUIRE(limit == NULL || (limit->max_starts >= 0 && limit->max_starts <= ENS_STARTS_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    ENS_AUTO_BUF out = ens_buf_new(ENS_POLICY_FILE_MAX * 8);
    struct ens_json json = ens_json_new(&out, 0);
    struct ens_policy policy = {0};
    struct ens_policy again = {0};

    ens_rc rc =
        ens_policy_read_text(arena, (ens_str){(const char *)data, size}, "p", &policy, &diags);
    FUZZ_REQUIRE(rc == ENS_OK || rc == ENS_MALFORMED || rc == ENS_LIMIT);
    FUZZ_REQUIRE(diags.count == (rc == ENS_OK ? 0u : 1u));
    if (rc != ENS_OK) {
        FUZZ_REQUIRE(strpbrk(diags.items[0].summary, "\n\r") == NULL);
        return 0;
    }
    judge(arena, &policy);
    ens_policy_write_list(&json, &policy);
    json_auto_t *list = json_loadb(ens_buf_text(&out), out.len, 0, NULL);
    FUZZ_REQUIRE(ens_policy_read_list(arena, list, "policy", &again, NULL) == ENS_OK);
    FUZZ_REQUIRE(again.count == policy.count);
    ens_policy_add_all(arena, &policy, &again);
    FUZZ_REQUIRE(again.count == policy.count);
    return 0;
}
