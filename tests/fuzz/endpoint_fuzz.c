/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of endpoints, which accepts scheme, host and port, and nothing else. */
#include "fuzz.h"

#include "http/endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ens_str text = {(const char *)data, size};
    struct ens_endpoint endpoint = {0};

    if (ens_endpoint_parse(text, &endpoint) != NULL) {
        return 0;
    }
    size_t scheme = endpoint.tls ? 8 : 7;
    size_t port = endpoint.port.ptr == NULL ? 0 : endpoint.port.len + 1;
    size -= data[size - 1] == '/' ? 1 : 0; /* one trailing '/' is accepted */
    FUZZ_REQUIRE(size == scheme + endpoint.host.len + port);
    for (size_t i = 0; i < size; i++) {
        FUZZ_REQUIRE(data[i] > ' ' && data[i] <= '~');
        FUZZ_REQUIRE(data[i] != '@' && data[i] != '?' && data[i] != '#' && data[i] != '\\');
        FUZZ_REQUIRE(i < scheme || data[i] != '/');
    }
    (void)ens_endpoint_is_loopback(&endpoint);
    return 0;
}
