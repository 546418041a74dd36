/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded reply as text, with what is expected of its reader:
 *
 *   HTTP 412
 *   x-tt-logid: 20260901
 *
 *   {"ResponseMetadata": ...}
 *   --- expected
 *   code: DryRunOperation
 *
 * The body ends before the newline in front of "--- expected". Any bytes are such a text: what is
 * missing is empty.
 */
#ifndef ENSURE_TESTS_REPLY_TEXT_H
#define ENSURE_TESTS_REPLY_TEXT_H

#include "ensure/provider.h"

#define REPLY_TEXT_HEADERS_MAX 8

struct reply_text {
    struct ens_http_reply reply;
    ens_str expected;
    struct ens_pair headers[REPLY_TEXT_HEADERS_MAX];
    const struct ens_pair *pointers[REPLY_TEXT_HEADERS_MAX];
};

/* Borrows text. In place: must not move afterwards. */
void reply_text_read(struct reply_text *ret, ens_str text);

#endif
