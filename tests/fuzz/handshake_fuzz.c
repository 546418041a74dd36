/* SPDX-License-Identifier: Apache-2.0 */
/* The parsers of the handshake line and of the host's certificate. */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "rpc/handshake.h"
#include "rpc/mtls.h"

static void check_certificate(ens_str base64)
{
    ENS_CLEANUP(ens_free_char) char *pem = NULL;
    ENS_AUTO_DIAGS diags = {0};

    if (ens_certificate_decode(base64, &pem, &diags) == ENS_OK) {
        FUZZ_REQUIRE(ens_certificate_check(pem, "pem", &diags) == ENS_OK);
    } else {
        FUZZ_REQUIRE(pem == NULL && diags.count == 1);
    }
}

static void check_pem(struct ens_arena *arena, ens_str text)
{
    ENS_AUTO_DIAGS diags = {0};

    ens_rc rc = ens_certificate_check(ens_arena_dup(arena, text).ptr, "pem", &diags);
    FUZZ_REQUIRE(diags.count == (rc != ENS_OK));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_handshake handshake = {0};
    ens_str text = {(const char *)data, size};

    if (ens_handshake_read(text, 1, &handshake, &diags) == ENS_OK) {
        FUZZ_REQUIRE(diags.count == 0 && handshake.socket.len > 0);
        check_certificate(handshake.certificate);
    } else {
        FUZZ_REQUIRE(diags.count == 1);
        FUZZ_REQUIRE(ens_utf8_valid(ens_str_of(diags.items[0].summary)));
    }
    check_certificate(text);
    check_pem(arena, text);
    return 0;
}
