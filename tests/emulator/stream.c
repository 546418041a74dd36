/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include "base/alloc.h"

#include <string.h>

enum { BLOCK = 64 * 1024 };

struct stream {
    struct emu_delays *delays;
    struct MHD_Connection *connection;
    char *body;
    size_t len;
    int64_t pause_ms;
    bool rested;
};

static void stream_free(void *cls)
{
    struct stream *stream = cls;
    ens_free(stream->body);
    ens_free(stream);
}

static ssize_t read_half(void *cls, uint64_t at, char *buffer, size_t max)
{
    const struct stream *stream = cls;
    size_t end = stream->len / 2;
    if (at >= end) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    size_t count = end - at < max ? end - at : max;
    memcpy(buffer, stream->body + at, count);
    return (ssize_t)count;
}

static ssize_t read_byte(void *cls, uint64_t at, char *buffer, size_t max)
{
    struct stream *stream = cls;
    (void)max;
    stream->rested = !stream->rested;
    if (!stream->rested) {
        *buffer = stream->body[at];
        return 1;
    }
    bool suspended = emu_delays_suspend(stream->delays, stream->connection, stream->pause_ms);
    return suspended ? 0 : MHD_CONTENT_READER_END_WITH_ERROR;
}

/* Generates a JSON text of any size. */
static ssize_t read_padding(void *cls, uint64_t at, char *buffer, size_t max)
{
    static const char start[] = "{\"padding\":\"";
    (void)cls;
    memset(buffer, 'x', max);
    if (at == 0 && max >= sizeof(start)) {
        memcpy(buffer, start, sizeof(start) - 1);
    }
    return (ssize_t)max;
}

struct MHD_Response *emu_stream_response(struct emu_delays *delays,
                                         struct MHD_Connection *connection, struct emu_reply *reply)
{
    size_t len = reply->body.len;
    if (reply->wire == EMU_WIRE_HUGE) {
        return MHD_create_response_from_callback((uint64_t)reply->huge_bytes, BLOCK, read_padding,
                                                 NULL, NULL);
    }
    char *body = ens_buf_take(&reply->body);
    bool halved = reply->wire == EMU_WIRE_TRUNCATE;
    if (!halved && reply->wire != EMU_WIRE_TRICKLE) {
        return MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE);
    }
    struct stream *stream = ens_alloc(sizeof(*stream));
    *stream = (struct stream){delays, connection, body, len, reply->trickle_ms, false};
    /* An empty body can't be truncated: announce one byte that is not sent. */
    uint64_t announced = halved && len == 0 ? 1 : len;
    return MHD_create_response_from_callback(announced, BLOCK, halved ? read_half : read_byte,
                                             stream, stream_free);
}
