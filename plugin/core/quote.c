/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quote.h"

#include <string.h>

#include "base/utf8.h"
#include "core/plain.h"

struct ens_quote ens_quoted(ens_str text)
{
    struct ens_quote quote = {0};
    size_t at = 0;

    for (size_t count = 0; text.len > 0 && count < ENS_QUOTE_MAX; count++) {
        uint32_t code_point = 0;
        const size_t len = ens_utf8_next(text, &code_point);
        if (len > 0 && ens_plain_is_shown(code_point)) {
            memcpy(quote.text + at, text.ptr, len);
            at += len;
        } else {
            quote.text[at++] = '?';
        }
        const size_t used = len > 0 ? len : 1;
        text = (ens_str){text.ptr + used, text.len - used};
    }
    if (text.len > 0) {
        memcpy(quote.text + at, "...", sizeof("..."));
    }
    return quote;
}
