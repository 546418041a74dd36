/* SPDX-License-Identifier: Apache-2.0 */
#include "core/reply_headers.h"

#include "base/http_date.h"
#include "base/utf8.h"

/* The value of the first header of that (lower-case) name; empty: none. */
static ens_str find(const struct ens_http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (ens_str_is(reply->headers[i]->name, name)) {
            return reply->headers[i]->value;
        }
    }
    return (ens_str){NULL, 0};
}

int64_t ens_reply_unix_s(const struct ens_http_reply *reply)
{
    int64_t date = 0;

    return ens_http_date_parse(find(reply, "date"), &date) ? date : 0;
}

static bool is_page(ens_str body)
{
    static const char *const starts[] = {"<!doctype html*", "<html*"};

    body = ens_str_trim(ens_utf8_skip_mark(body));
    body.len = body.len < 64 ? body.len : 64;
    for (size_t i = 0; i < ENS_COUNT(starts); i++) {
        if (ens_str_matches(body, ens_str_of(starts[i]))) {
            return true;
        }
    }
    return false;
}

bool ens_reply_is_by_proxy(const struct ens_http_reply *reply)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        const ens_str name = reply->headers[i]->name;
        if (ens_str_is(name, "via") || ens_str_starts(name, ENS_STR("proxy-")) ||
            ens_str_starts(name, ENS_STR("x-squid-"))) {
            return true;
        }
    }
    return is_page(reply->body);
}

int64_t ens_reply_retry_after_ms(const struct ens_http_reply *reply, int64_t our_unix_s)
{
    const ens_str value = find(reply, "retry-after");
    int64_t seconds = 0;
    int64_t then = 0;

    if (value.len > 0 && !ens_str_to_i64(value, &seconds)) {
        const int64_t their_unix_s = ens_reply_unix_s(reply);
        const int64_t now = their_unix_s != 0 ? their_unix_s : our_unix_s;
        const bool is_date = ens_http_date_parse(value, &then);
        seconds = is_date && then > now ? then - now : 0;
    }
    return (seconds > ENS_RETRY_AFTER_MAX_S ? ENS_RETRY_AFTER_MAX_S : seconds) * 1000;
}
