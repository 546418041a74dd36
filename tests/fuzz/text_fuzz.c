/* SPDX-License-Identifier: Apache-2.0 */
/* Text of a cloud for terminals: cleaned text has no control characters, and wrapped lines are not
 * wider than the limit, the first byte. */
#include "fuzz.h"

#include <locale.h>

#include "base/utf8.h"
#include "cli/text.h"

#define NARROWEST 24 /* a paragraph has at least 20 columns after its indent */

static void require_harmless(ens_str text, bool lines)
{
    FUZZ_REQUIRE(ens_utf8_valid(text));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        FUZZ_REQUIRE((c >= ' ' && c != 0x7F) || (lines && c == '\n'));
        /* C1 controls in UTF-8 */
        FUZZ_REQUIRE(c != 0xC2 || (unsigned char)text.ptr[i + 1] >= 0xA0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF out = ens_buf_new(64 * size + 1024);
    size_t width = NARROWEST + (size == 0 ? 0 : data[0]);
    ens_str text = {(const char *)data + (size == 0 ? 0 : 1), size == 0 ? 0 : size - 1};

    FUZZ_REQUIRE(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
    ens_str clean = ens_text_clean(arena, text);
    require_harmless(clean, false);
    ens_text_wrap(&out, clean, NARROWEST - 20, width);
    FUZZ_REQUIRE(!ens_buf_failed(&out));
    require_harmless(ens_buf_str(&out), true);
    for (ens_str rest = ens_buf_str(&out); rest.len > 0;) {
        FUZZ_REQUIRE(ens_text_width(ens_str_cut(rest, '\n', &rest)) <= width);
    }
    ens_buf_reset(&out);
    ens_text_cut(&out, clean, width);
    FUZZ_REQUIRE(ens_text_width(ens_buf_str(&out)) <= width);
    return 0;
}
