/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/handshake.h"

#include <inttypes.h>

#include "base/utf8.h"

#define CORE_VERSION "1"
#define INHERITED    "inherited"
#define QUOTED_MAX   200 /* bytes of a wrong line that a diagnostic shows */

static bool has_cookie(const struct ens_plugin_host *host,
                       const struct ens_environment *environment)
{
    const char *value = environment->get(environment->ud, host->cookie_key);

    return value != NULL && ens_str_is(ens_str_of(value), host->cookie_value);
}

static bool names_version(ens_str list, int version)
{
    while (list.len > 0) {
        int64_t number = 0;
        if (ens_str_to_i64(ens_str_trim(ens_str_cut(list, ',', &list)), &number) &&
            number == version) {
            return true;
        }
    }
    return false;
}

const struct ens_plugin_host *ens_handshake_host(const struct ens_plugin_host *hosts, size_t count,
                                                 const struct ens_environment *environment)
{
    ens_str versions = ens_str_of(environment->get(environment->ud, ENS_ENV_VERSIONS));
    const struct ens_plugin_host *first = NULL;
    const struct ens_plugin_host *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct ens_plugin_host *host = &hosts[i];
        if (!has_cookie(host, environment)) {
            continue;
        }
        if (first == NULL) {
            first = host;
        }
        if (names_version(versions, host->app_version) &&
            (best == NULL || host->app_version > best->app_version)) {
            best = host;
        }
    }
    return best != NULL ? best : first;
}

ens_rc ens_handshake_write(struct ens_buf *out, const struct ens_handshake *handshake,
                           bool multiplex_asked)
{
    ens_buf_addf(out, CORE_VERSION "|%d|%s|%.*s|grpc|%.*s%s\n", handshake->app_version,
                 handshake->inherited ? INHERITED : "unix", ENS_STR_ARG(handshake->socket),
                 ENS_STR_ARG(handshake->certificate), multiplex_asked ? "|false" : "");
    return ens_buf_failed(out) ? ENS_LIMIT : ENS_OK;
}

/* Printable ASCII that means the same in JSON and between single quotes of a shell. */
static bool is_unquoted(ens_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '\'') {
            return false;
        }
    }
    return true;
}

ens_rc ens_reattach_write(struct ens_buf *out, const char *source, int version, int64_t pid,
                          ens_str socket, struct ens_diags *diags)
{
    if (!is_unquoted(socket)) {
        return ens_fail(diags, ENS_INVALID, NULL,
                        "the path of the socket, below TMPDIR, has a quote, a backslash or a "
                        "character that is not ASCII, which " ENS_ENV_REATTACH " can't hold");
    }
    ens_buf_addf(out,
                 ENS_ENV_REATTACH "='{\"%s\":{\"Protocol\":\"grpc\",\"ProtocolVersion\":%d,"
                                  "\"Pid\":%" PRId64 ",\"Test\":true,\"Addr\":{\"Network\":"
                                  "\"unix\",\"String\":\"%.*s\"}}}'\n",
                 source, version, pid, ENS_STR_ARG(socket));
    return ens_buf_failed(out) ? ENS_LIMIT : ENS_OK;
}

static ens_rc not_a_handshake(ens_str line, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    bool cut = line.len > QUOTED_MAX;
    ens_str shown = ens_utf8_clean(arena, (ens_str){line.ptr, cut ? QUOTED_MAX : line.len});

    return ens_fail(diags, ENS_MALFORMED, NULL,
                    "printed \"%.*s%s\" where a plugin's handshake was expected",
                    ENS_STR_ARG(shown), cut ? "..." : "");
}

ens_rc ens_handshake_read(ens_str line, int app_version, struct ens_handshake *ret,
                          struct ens_diags *diags)
{
    ens_str rest = ens_str_trim(line);
    ens_str core = ens_str_cut(rest, '|', &rest);
    ens_str version = ens_str_cut(rest, '|', &rest);
    struct ens_handshake handshake = {.app_version = app_version};
    int64_t number = 0;

    ens_str network = ens_str_cut(rest, '|', &rest);
    handshake.socket = ens_str_cut(rest, '|', &rest);
    ens_str protocol = ens_str_cut(rest, '|', &rest);
    handshake.certificate = ens_str_cut(rest, '|', &rest);
    if (!ens_str_is(core, CORE_VERSION) || !ens_str_to_i64(version, &number) ||
        handshake.socket.len == 0) {
        return not_a_handshake(line, diags);
    }
    if (number != app_version) {
        return ens_fail(diags, ENS_UNSUPPORTED, NULL, "speaks protocol version %lld, not %d",
                        (long long)number, app_version);
    }
    handshake.inherited = ens_str_is(network, INHERITED);
    if ((!handshake.inherited && !ens_str_is(network, "unix")) || !ens_str_is(protocol, "grpc")) {
        return ens_fail(diags, ENS_UNSUPPORTED, NULL, "does not speak gRPC on a unix socket");
    }
    *ret = handshake;
    return ENS_OK;
}
