/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of errors in XML. */
#include "fuzz.h"

#include "kit/xml.h"
#include "support/exact_memory.h"

static size_t touch(ens_str text)
{
    size_t sum = 0;

    for (size_t i = 0; i < text.len; i++) {
        sum += (unsigned char)text.ptr[i];
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ens_str text = {(const char *)data, size};
    struct kit_xml_error error = {0};
    struct exact_memory exact;

    exact_memory_init(&exact);
    if (kit_xml_read_error(&exact.memory, text, &error)) {
        FUZZ_REQUIRE(error.code.len > 0);
        FUZZ_REQUIRE(!kit_is_html(text));
        /* Decoding makes nothing longer, so a short reply can't become a long one. */
        FUZZ_REQUIRE(error.code.len + error.message.len + error.request_id.len <= 3 * size);
        volatile size_t sum = touch(error.code) + touch(error.message) + touch(error.request_id);
        (void)sum;
    }
    exact_memory_done(&exact);
    return 0;
}
