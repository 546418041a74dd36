/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's parsers of profile files: the first line is the name of the profile, the rest is the
 * file. */
#include "fuzz.h"

#include <string.h>

#include "support/exact_memory.h"
#include "support/providers.h"

static void check(const struct ens_profile_file *file, ens_str name, ens_str text)
{
    struct exact_memory exact;
    struct ens_profile profile = {.struct_size = sizeof(profile)};

    exact_memory_init(&exact);
    file->read(&exact.memory, text, name, &profile);
    /* Both keys or none; none after an error, and none beside steps. */
    FUZZ_REQUIRE((profile.access_key.len > 0) == (profile.secret_key.len > 0));
    FUZZ_REQUIRE(profile.error.len == 0 || profile.access_key.len == 0);
    FUZZ_REQUIRE(profile.state == NULL || (profile.error.len == 0 && profile.access_key.len == 0));
    free(test_dump_profile(&profile));
    exact_memory_done(&exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ens_profile_file *const *files = test_provider_named(FUZZ_CLOUD)->profile_files;
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
    size_t first = end == NULL ? 0 : (size_t)(end - data);
    size_t skipped = end == NULL ? 0 : first + 1;
    ens_str name = {(const char *)data, first};
    ens_str text = {(const char *)data + skipped, size - skipped};

    for (; *files != NULL; files++) {
        check(*files, name, text);
    }
    return 0;
}
