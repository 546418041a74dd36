#include "core/quote.h"

#include <string.h>

struct ens_quote ens_quoted(ens_str text)
{
    struct ens_quote quote = {0};
    size_t length = text.len < ENS_QUOTE_MAX ? text.len : ENS_QUOTE_MAX;

    for (size_t i = 0; i < length; i++) {
        char c = text.ptr[i];
        quote.text[i] = (char)(c >= ' ' && c <= '~' ? c : '?');
    }
    if (text.len > ENS_QUOTE_MAX) {
        memcpy(quote.text + length, "...", sizeof("..."));
    }
    return quote;
}
