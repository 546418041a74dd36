/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parser for golden files of replies: a recorded reply, and the expected dump of its reader's
 * result:
 *
 *   HTTP 412
 *   x-tt-logid: 20260901
 *
 *   {"ResponseMetadata": ...}
 *   --- expected
 *   code: DryRunOperation
 *
 * The body ends before the newline in front of "--- expected". Any bytes are accepted; missing
 * parts are empty.
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

/* Borrows text. ret must not be moved afterwards, because it points to itself. */
void reply_text_read(struct reply_text *ret, ens_str text);

#endif
