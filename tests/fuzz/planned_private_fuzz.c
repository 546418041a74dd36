/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of the planned data that a host returns: what it accepts is complete and has only
 * tokens that the engine could have made. */
#include "fuzz.h"

#include "core/uuid.h"
#include "terraform/planned_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_tf_planned planned = {0};
    struct ens_target_request request = {.target = {.id = ENS_STR("i-a")}};
    ens_str bytes = {(const char *)data, size};

    if (ens_tf_planned_read(arena, bytes, 1800000000, &planned, &diags) != ENS_OK) {
        FUZZ_REQUIRE(diags.count == 1);
        FUZZ_REQUIRE(planned.count == 0);
        return 0;
    }
    FUZZ_REQUIRE(planned.count <= ENS_TF_INSTANCES_MAX);
    ens_tf_planned_request(&planned, &request);
    FUZZ_REQUIRE(request.client_token.len == 0 || ens_uuid_valid(request.client_token));
    FUZZ_REQUIRE(!request.dry_run_known || planned.dry_runs_hold);
    return 0;
}
