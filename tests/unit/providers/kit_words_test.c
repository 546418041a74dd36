/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kit/text.h"
#include "kit/url.h"
#include "kit/words.h"
#include "support/exact_memory.h"

static void test_words(void **state)
{
    static const struct {
        const char *line;
        const char *words; /* each in brackets; "": none */
    } rows[] = {
        {"", ""},
        {"  \t\n", ""},
        {"tool", "[tool]"},
        {" tool  a\tb\n", "[tool][a][b]"},
        {"tool 'a b' \"c d\"", "[tool][a b][c d]"},
        {"a'b'\"c\"d", "[abcd]"},
        {"tool '' \"\"", "[tool][][]"},
        {"tool ''", "[tool][]"},
        {"a\\ b \\'c \\\\", "[a b]['c][\\]"},
        {"'a\\b' \"a\\b\" \"a\\\"b\" \"\\\\\"", "[a\\b][a\\b][a\"b][\\]"},
        {"$HOME `x` *;|&>", "[$HOME][`x`][*;|&>]"},
        {"a\\", "[a\\]"},
        {"tool 'a", ""},
        {"tool \"a", ""},
        {"tool \"a\\\"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct exact_memory exact;
        ens_str words[KIT_WORDS_MAX];
        char text[256] = {0};
        exact_memory_init(&exact);
        const size_t count = kit_words_split(&exact.memory, kit_str(rows[i].line), words);
        for (size_t j = 0; j < count; j++) {
            const size_t len = strlen(text);
            (void)snprintf(text + len, sizeof(text) - len, "[%.*s]", (int)words[j].len,
                           words[j].ptr);
        }
        exact_memory_done(&exact);
        assert_string_equal(text, rows[i].words);
    }
}

static void test_limit(void **state)
{
    char line[2 * (KIT_WORDS_MAX + 1) + 1] = {0};

    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        struct exact_memory exact;
        ens_str words[KIT_WORDS_MAX];
        exact_memory_init(&exact);
        for (size_t i = 0; i < KIT_WORDS_MAX + extra; i++) {
            memcpy(line + 2 * i, "a ", 2);
        }
        const size_t count = kit_words_split(&exact.memory, kit_str(line), words);
        exact_memory_done(&exact);
        assert_int_equal(count, extra == 0 ? KIT_WORDS_MAX : 0);
    }
}

static void test_urls(void **state)
{
    static const struct {
        const char *url;
        const char *endpoint;
        const char *target;
        bool has_query;
    } rows[] = {
        {"https://h", "https://h", "/", false},
        {"https://h/", "https://h", "/", false},
        {"https://h:1/a/b?c=d&e", "https://h:1", "/a/b?c=d&e", true},
        {"https://h?c", "https://h", "/?c", true},
        {"https://h#f", "https://h", "/", false},
        {"https://h/a#f?g", "https://h", "/a", false},
        {"http://[::1]:80/x", "http://[::1]:80", "/x", false},
        {"h/a", "h", "/a", false},
        {"", "", "/", false},
        {"https://", "https://", "/", false},
        {"https://u@h/a", "https://u@h", "/a", false}, /* the engine refuses it */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct exact_memory exact;
        exact_memory_init(&exact);
        const struct kit_url url = kit_url_split(&exact.memory, kit_str(rows[i].url));
        const bool same = kit_is(url.endpoint, rows[i].endpoint) &&
                          kit_is(url.target, rows[i].target) && url.has_query == rows[i].has_query;
        exact_memory_done(&exact);
        if (!same) {
            fail_msg("%s", rows[i].url);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_urls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
