/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growable text buffer with a mandatory maximum size. An append that would exceed the maximum
 * changes nothing, nor does any later one; ens_buf_failed says at the end whether that happened.
 * The text is always NUL-terminated, for use with C libraries.
 */
#ifndef ENSURE_BASE_BUF_H
#define ENSURE_BASE_BUF_H

#include <stdbool.h>

#include "base/rc.h"
#include "base/str.h"

#define ENS_PIECE_MIN ((size_t)64 * 1024) /* bytes of a long text that are written at once */

struct ens_buf {
    char *ptr; /* NULL while nothing was appended */
    size_t len;
    size_t room;
    size_t max;
    bool failed;
    bool secret; /* what is given up is overwritten: the memory before a growth, and at the end */
};

struct ens_buf ens_buf_new(size_t max);
struct ens_buf ens_buf_new_secret(size_t max);
void ens_buf_done(struct ens_buf *buf); /* buf may be zeroed */
#define ENS_AUTO_BUF ENS_CLEANUP(ens_buf_done) struct ens_buf

void ens_buf_add(struct ens_buf *buf, ens_str text);
void ens_buf_add_char(struct ens_buf *buf, char c);
/* Appends size bytes that the caller writes to the returned place, all of them, before it uses the
 * buffer again; NULL: nothing was appended. */
char *ens_buf_extend(struct ens_buf *buf, size_t size);
void ens_buf_addf(struct ens_buf *buf, const char *format, ...) ENS_PRINTF(2, 3);

bool ens_buf_failed(const struct ens_buf *buf);      /* an append failed since new or reset */
ens_str ens_buf_str(const struct ens_buf *buf);      /* valid until the next append */
const char *ens_buf_text(const struct ens_buf *buf); /* "" when empty */
void ens_buf_reset(struct ens_buf *buf);             /* empty again, memory kept */
char *ens_buf_take(struct ens_buf *buf); /* the caller frees it with ens_free; buf is then empty */

#endif
