/* SPDX-License-Identifier: Apache-2.0 */
/* The headers Date and Retry-After of a reply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/http_date.h"
#include "base/rc.h"
#include "core/reply_headers.h"

static void test_date(void **state)
{
    static const struct {
        const char *text;
        int64_t unix_s; /* -1: none */
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"Tue, 29 Feb 2028 23:59:60 GMT", 1835481600},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799)},
        {"", -1},
        {"yesterday", -1},
        {"Sun, 06 Nov 1994", -1},
        {"Sun, 06 Nov 1994 08:49 GMT", -1},
        {"Sun, 06 Nov 1994 24:00:00 GMT", -1},
        {"Sun, 32 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 00 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Foo 1994 08:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 08:49:37 PST", -1},
        {"Sun, 06 Nov 1994 08:49:37 +0100", -1},
        {"Sun, 06 Nov 1994 08:49:37 GMT 1995", -1},
        {"Sun, 06 Nov 1960 08:49:37 GMT", -1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        int64_t unix_s = -1;
        assert_int_equal(ens_http_date_parse(ens_str_of(rows[i].text), &unix_s),
                         rows[i].unix_s >= 0);
        assert_int_equal(unix_s, rows[i].unix_s);
    }
}

static void test_retry_after(void **state)
{
    static const struct {
        const char *date; /* "": no such header */
        const char *retry_after;
        int64_t retry_after_ms;
        int64_t server_unix_s;
    } rows[] = {
        {"", "", 0, 0},
        {"", "0", 0, 0},
        {"", "7", 7000, 0},
        {"", "120", 120000, 0},
        {"", "-1", 0, 0},
        {"", "1.5", 0, 0},
        {"", "soon", 0, 0},
        {"", "86400", 86400000, 0},
        {"", "86401", 86400000, 0},
        {"", "999999999999999999", 86400000, 0},
        {"", "99999999999999999999", 0, 0},
        {"Tue, 01 Sep 2026 00:09:10 GMT", "", 0, 1788221350},
        {"Tue, 01 Sep 2026 00:09:10 GMT", "Tue, 01 Sep 2026 00:09:40 GMT", 30000, 1788221350},
        {"Tue, 01 Sep 2026 00:09:10 GMT", "Tue, 01 Sep 2026 00:09:09 GMT", 0, 1788221350},
        {"Tue, 01 Sep 2026 00:09:10 GMT", "Tue, 01 Sep 2037 00:09:09 GMT", 86400000, 1788221350},
        /* Without Date, relative to the local clock, which is 00:09:30. */
        {"", "Tue, 01 Sep 2026 00:09:40 GMT", 10000, 0},
        {"", "Tuesday, 01-Sep-26 00:09:40 GMT", 10000, 0},
        {"", "Tue Sep  1 00:09:40 2026", 10000, 0},
        {"", "Tue, 01 Sep 2026 00:09:20 GMT", 0, 0},
        {"yesterday", "Tue, 01 Sep 2026 00:09:40 GMT", 10000, 0},
        {"Tue, 01 Sep 2026 00:09:10 GMT", "Tuesday, 01-Sep-26 00:09:40 GMT", 30000, 1788221350},
        {"Tue, 01 Sep 2026 00:09:10 GMT", "Tue Sep  1 00:09:40 2026", 30000, 1788221350},
        {"yesterday", "", 0, 0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", "", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_pair date = {ENS_STR("date"), ens_str_of(rows[i].date)};
        const struct ens_pair retry = {ENS_STR("retry-after"), ens_str_of(rows[i].retry_after)};
        const struct ens_pair *headers[2];
        struct ens_http_reply reply = {.struct_size = sizeof(reply), .headers = headers};
        if (date.value.len > 0) {
            headers[reply.header_count++] = &date;
        }
        if (retry.value.len > 0) {
            headers[reply.header_count++] = &retry;
        }
        assert_int_equal(ens_reply_retry_after_ms(&reply, 1788221370), rows[i].retry_after_ms);
        assert_int_equal(ens_reply_unix_s(&reply), rows[i].server_unix_s);
    }
}

static void test_by_proxy(void **state)
{
    static const struct {
        const char *header;
        const char *body;
        bool by_proxy;
    } rows[] = {
        {"date", "no JSON", false},
        {"server", "<?xml version='1.0'?><Error/>", false},
        {"date", "", false},
        {"date", " <!DOCTYPE HTML PUBLIC>", true},
        {"date", "\xEF\xBB\xBF<html><body>Sign in</body></html>", true},
        {"via", "no JSON", true},
        {"proxy-authenticate", "", true},
        {"x-squid-error", "", true},
        {"x-via", "", false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_pair header = {ens_str_of(rows[i].header), ENS_STR("1")};
        const struct ens_pair *const headers[] = {&header};
        const struct ens_http_reply reply = {.struct_size = sizeof(reply),
                                             .headers = headers,
                                             .header_count = 1,
                                             .body = ens_str_of(rows[i].body)};
        assert_int_equal(ens_reply_is_by_proxy(&reply), rows[i].by_proxy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_by_proxy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
