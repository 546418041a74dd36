/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of the arguments of Ansible modules, and the failure that it prints for invalid ones.
 */
#include "fuzz.h"

#include <jansson.h>
#include <string.h>

#include "ansible/module_output.h"
#include "core/duration.h"

/* Ansible expects exactly one JSON object on one line. */
static void check_failure(const struct ens_args *args, const struct ens_diags *diags)
{
    ENS_AUTO_BUF out = ens_buf_new((size_t)16 * ENS_ARGS_MAX);

    ens_module_failure(&out, args, diags);
    const char *text = ens_buf_text(&out);
    FUZZ_REQUIRE(strchr(text, '\n') == text + out.len - 1);
    json_auto_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_REQUIRE(json_is_true(json_object_get(json, "failed")));
    FUZZ_REQUIRE(json_string_length(json_object_get(json, "msg")) > 0);
}

static void read_arguments(enum ens_module module, ens_str text)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_args args = {0};

    ens_rc rc = ens_args_read(arena, module, text, &args, &diags);
    if (rc != ENS_OK) {
        FUZZ_REQUIRE(ens_diags_has_error(&diags));
        check_failure(&args, &diags);
        return;
    }
    FUZZ_REQUIRE(diags.count == 0);
    FUZZ_REQUIRE(args.wait_timeout_ms >= 0 && args.wait_timeout_ms <= ENS_DURATION_MAX_MS);
    for (size_t i = 0; i < args.targets.count; i++) {
        const struct ens_target target = ens_target_list_at(&args.targets, i);
        FUZZ_REQUIRE(ens_target_check(&target, "f", NULL) == ENS_OK);
    }
    FUZZ_REQUIRE(args.selector.cloud.len == 0 ||
                 ens_selector_check(&args.selector, "f", NULL) == ENS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int module = 0; module < ENS_MODULE_COUNT; module++) {
        read_arguments((enum ens_module)module, (ens_str){(const char *)data, size});
    }
    return 0;
}
