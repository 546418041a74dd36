/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's parsers of replies: the input is in the format of support/reply_text.h. */
#include "fuzz.h"

#include "support/exact_memory.h"
#include "support/providers.h"
#include "support/reply_text.h"

static void check_answer(const struct ens_answer *answer)
{
    FUZZ_REQUIRE(answer->malformed <= 1);
    FUZZ_REQUIRE((answer->malformed == 1) == (answer->detail.len > 0));
    FUZZ_REQUIRE(answer->retry_after_ms >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ens_provider *provider = test_provider_named(FUZZ_CLOUD);
    const ens_str id = {"i-1", 3};
    const struct ens_call_spec call = {.struct_size = sizeof(call), .ids = &id, .id_count = 1};
    struct ens_describe_result described = {.struct_size = sizeof(described)};
    const struct ens_call_spec list = {.struct_size = sizeof(list)};
    struct ens_find_result found = {.struct_size = sizeof(found)};
    struct ens_start_result started = {.struct_size = sizeof(started)};
    struct exact_memory exact;
    struct reply_text text;

    exact_memory_init(&exact);
    reply_text_read(&text, (ens_str){(const char *)data, size});
    provider->read_describe(&exact.memory, &call, &text.reply, &described);
    check_answer(&described.answer);
    for (size_t i = 0; i < described.observation_count; i++) {
        FUZZ_REQUIRE(described.observations[i]->id.len > 0);
    }
    provider->read_find(&exact.memory, &list, &text.reply, &found);
    check_answer(&found.answer);
    for (size_t i = 0; i < found.found_count; i++) {
        FUZZ_REQUIRE(found.found[i]->seen->id.len > 0);
    }
    provider->read_start(&exact.memory, &call, &text.reply, &started);
    check_answer(&started.answer);
    for (size_t i = 0; i < started.item_count; i++) {
        FUZZ_REQUIRE(started.items[i]->id.len > 0);
    }
    free(test_dump_describe(&described)); /* reads every byte of the results */
    free(test_dump_find(&found));
    free(test_dump_start(&started));
    exact_memory_done(&exact);
    return 0;
}
