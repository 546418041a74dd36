/* SPDX-License-Identifier: Apache-2.0 */
#include "http_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"

struct pair pair_new(http_serve_fn *serve, void *ud)
{
    return (struct pair){http_server_start(serve, ud, NULL), client_new(NULL)};
}

void pair_done(struct pair *pair)
{
    ens_http_free(pair->http);
    http_server_stop(pair->server);
}

void expect_error(const struct answer *answer, const struct http_server *server,
                  const char *expected)
{
    ENS_AUTO_BUF text = ens_buf_new(1024);
    const char *host = strstr(expected, "HOST");

    if (host == NULL) {
        assert_string_equal(answer->error, expected);
        return;
    }
    ens_buf_add(&text, (ens_str){expected, (size_t)(host - expected)});
    ens_buf_addf(&text, "127.0.0.1:%d%s", http_server_port(server), host + 4);
    assert_string_equal(answer->error, ens_buf_text(&text));
}
