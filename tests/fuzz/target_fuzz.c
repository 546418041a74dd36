/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of targets: an accepted target has one spelling, a refused one has one printable
 * diagnostic. */
#include "fuzz.h"

#include "core/plain.h"
#include "core/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_target target = {0};
    ens_str text = {(const char *)data, size};

    if (ens_target_parse(text, NULL, &target, &diags) == ENS_OK) {
        FUZZ_REQUIRE(size <= ENS_TARGET_MAX && diags.count == 0);
        FUZZ_REQUIRE(ens_str_eq(ens_target_text(arena, &target), text));
        return 0;
    }
    FUZZ_REQUIRE(diags.count == 1);
    ens_str summary = ens_str_of(diags.items[0].summary);
    FUZZ_REQUIRE(ens_str_eq(ens_cloud_text(arena, summary, summary.len), summary));
    return 0;
}
