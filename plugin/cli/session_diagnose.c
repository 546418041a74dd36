/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/session_private.h"
#include "ensure/v1/ensure.pb-c.h"
#include "ensure_v1/convert.h"
#include "ensure_v1/protocol.h"

static struct ens_rpc_stream *call(struct ens_session *session, const struct ens_argument *clouds,
                                   size_t count)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Ensure__V1__DiagnoseRequest request = ENSURE__V1__DIAGNOSE_REQUEST__INIT;

    request.n_clouds = count;
    request.clouds = ens_arena_array(arena, count, sizeof(*request.clouds));
    for (size_t i = 0; i < count; i++) {
        request.clouds[i] = ens_proto_text(arena, ens_str_of(clouds[i].text));
    }
    return ens_rpc_client_stream(session->client, ENS_V1_DIAGNOSE, &request.base,
                                 &ensure__v1__diagnose_response__descriptor);
}

/* Reads the only message of the stream, and its end. */
static ens_rc take_reply(struct ens_rpc_stream *stream, struct ens_arena *arena,
                         ProtobufCMessage **ret, struct ens_diags *diags)
{
    ProtobufCMessage *more = NULL;
    ens_rc rc = ens_rpc_stream_next(stream, arena, ret, diags);

    if (rc == ENS_OK && *ret != NULL) {
        rc = ens_rpc_stream_next(stream, arena, &more, diags);
    }
    return rc == ENS_OK && *ret == NULL ? ens_fail(diags, ENS_IO, NULL, "the plugin gave no answer")
                                        : rc;
}

static ens_str name_of(const void *ud, struct ens_arena *arena, size_t index)
{
    const struct ens_argument *clouds = ud;

    return ens_arena_dup(arena, ens_str_of(clouds[index].text));
}

ens_rc ens_session_diagnose(struct ens_session *session, const struct ens_argument *clouds,
                            size_t count, struct ens_arena *arena, struct ens_diagnoses *ret,
                            struct ens_diags *diags)
{
    struct ens_rpc_stream *stream = call(session, clouds, count);
    const struct ens_session_parts parts = {count, name_of, clouds};
    ENS_AUTO_DIAGS told = {0};
    ProtobufCMessage *reply = NULL;

    ens_session_watch(session, stream, 0, ENS_SESSION_READ_MS);
    ens_rc rc = take_reply(stream, arena, &reply, &told);
    ens_session_unwatch(session);
    ens_session_tell(&told, &parts, diags);
    return rc == ENS_OK ? ens_diagnoses_from_proto(arena, (const void *)reply,
                                                   "the plugin's answer", ret, diags)
                        : rc;
}
