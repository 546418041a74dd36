/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of a state file's JSON: the first byte selects the schema block, which an accepted
 * value matches. */
#include "fuzz.h"

#include "terraform/conform.h"
#include "terraform/json.h"
#include "terraform/msgpack.h"
#include "terraform/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_value value = ENS_NULL;
    struct ens_value again = ENS_NULL;

    if (size == 0) {
        return 0;
    }
    const struct ens_tf_attribute *attributes =
        ens_tf_schemas[data[0] % ENS_TF_SCHEMA_COUNT].attributes;
    ens_str json = {(const char *)data + 1, size - 1};
    if (ens_tf_json_read(arena, ENS_TF_JSON_STATE, attributes, json, &value, &diags) != ENS_OK) {
        FUZZ_REQUIRE(diags.count == 1);
        return 0;
    }
    FUZZ_REQUIRE(ens_tf_conform(attributes, &value, NULL) == ENS_OK);
    FUZZ_REQUIRE(ens_msgpack_read(arena, ens_msgpack_write(arena, &value), &again, NULL) == ENS_OK);
    FUZZ_REQUIRE(ens_tf_conform(attributes, &again, NULL) == ENS_OK);
    return 0;
}
