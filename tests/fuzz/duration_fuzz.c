/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of durations. */
#include "fuzz.h"

#include "core/duration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_DIAGS diags = {0};
    int64_t ms = 0;
    ens_str text = {(const char *)data, size};

    if (ens_duration_parse(text, "timeout", &ms, &diags) == ENS_OK) {
        FUZZ_REQUIRE(ms > 0 && ms <= ENS_DURATION_MAX_MS);
    } else {
        FUZZ_REQUIRE(diags.count == 1);
    }
    return 0;
}
