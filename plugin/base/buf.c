/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

struct ens_buf ens_buf_new(size_t max)
{
    return (struct ens_buf){.max = max};
}

struct ens_buf ens_buf_new_secret(size_t max)
{
    return (struct ens_buf){.max = max, .secret = true};
}

static void release(const struct ens_buf *buf)
{
    if (buf->secret && buf->ptr != NULL) {
        explicit_bzero(buf->ptr, buf->room);
    }
    ens_free(buf->ptr);
}

void ens_buf_done(struct ens_buf *buf)
{
    release(buf);
    *buf = (struct ens_buf){.max = buf->max, .secret = buf->secret};
}

/* realloc may leave a copy behind, so a secret is moved by hand. */
static void grow(struct ens_buf *buf, size_t room)
{
    if (!buf->secret) {
        buf->ptr = ens_realloc(buf->ptr, room);
    } else {
        char *larger = ens_alloc(room);
        if (buf->len > 0) {
            memcpy(larger, buf->ptr, buf->len);
        }
        release(buf);
        buf->ptr = larger;
    }
    buf->room = room;
}

static bool reserve(struct ens_buf *buf, size_t more)
{
    if (buf->failed || more > buf->max || buf->len > buf->max - more) {
        buf->failed = true;
        return false;
    }
    size_t needed = buf->len + more + 1;
    if (needed > buf->room) {
        size_t room = buf->room < 64 ? 64 : buf->room;
        while (room < needed) {
            room *= 2;
        }
        grow(buf, room);
    }
    return true;
}

char *ens_buf_extend(struct ens_buf *buf, size_t size)
{
    if (!reserve(buf, size)) {
        return NULL;
    }
    char *place = buf->ptr + buf->len;
    buf->len += size;
    buf->ptr[buf->len] = '\0';
    return place;
}

void ens_buf_add(struct ens_buf *buf, ens_str text)
{
    char *place = ens_buf_extend(buf, text.len);

    if (place != NULL && text.len > 0) {
        memcpy(place, text.ptr, text.len);
    }
}

void ens_buf_add_char(struct ens_buf *buf, char c)
{
    char *place = ens_buf_extend(buf, 1);

    if (place != NULL) {
        *place = c;
    }
}

void ens_buf_addf(struct ens_buf *buf, const char *format, ...)
{
    const size_t left = buf->room - buf->len;
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(left > 0 ? buf->ptr + buf->len : NULL, left, format, args);
    va_end(args);
    ENS_ASSERT(length >= 0);
    if (reserve(buf, (size_t)length)) {
        if ((size_t)length >= left) { /* the first vsnprintf was cut off */
            (void)vsnprintf(buf->ptr + buf->len, (size_t)length + 1, format, again);
        }
        buf->len += (size_t)length;
    } else if (left > 0) {
        buf->ptr[buf->len] = '\0';
    }
    va_end(again);
}

bool ens_buf_failed(const struct ens_buf *buf)
{
    return buf->failed;
}

ens_str ens_buf_str(const struct ens_buf *buf)
{
    return (ens_str){buf->ptr, buf->len};
}

const char *ens_buf_text(const struct ens_buf *buf)
{
    return buf->ptr == NULL ? "" : buf->ptr;
}

void ens_buf_reset(struct ens_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    if (buf->ptr != NULL) {
        buf->ptr[0] = '\0';
    }
}

char *ens_buf_take(struct ens_buf *buf)
{
    char *text = buf->ptr == NULL ? ens_strdup("") : buf->ptr;

    *buf = (struct ens_buf){.max = buf->max, .secret = buf->secret};
    return text;
}
