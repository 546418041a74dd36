/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of libensure's configuration. */
#include "fuzz.h"

#include <string.h>

#include "ensure_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_session_config config = {0};

    ens_rc rc =
        ens_session_config_read(arena, (ens_str){(const char *)data, size}, &config, &diags);
    FUZZ_REQUIRE(rc == ENS_OK || rc == ENS_INVALID || rc == ENS_MALFORMED || rc == ENS_LIMIT);
    FUZZ_REQUIRE(diags.count == (rc == ENS_OK ? 0u : 1u));
    if (rc == ENS_OK) {
        FUZZ_REQUIRE(config.defaults.plan_timeout_ms >= 0 && config.defaults.apply_timeout_ms >= 0);
        FUZZ_REQUIRE(config.defaults.plan_timeout_ms <= ENS_TIMEOUT_MAX_MS &&
                     config.defaults.apply_timeout_ms <= ENS_TIMEOUT_MAX_MS);
        for (size_t i = 0; i < config.cloud_count; i++) {
            FUZZ_REQUIRE(config.clouds[i].cloud.ptr != NULL);
        }
    } else {
        FUZZ_REQUIRE(strpbrk(diags.items[0].summary, "\n\r") == NULL);
        FUZZ_REQUIRE(strpbrk(diags.items[0].where, "\n\r") == NULL);
    }
    return 0;
}
