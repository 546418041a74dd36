/* SPDX-License-Identifier: Apache-2.0 */
#include "support/reply_text.h"

#include <string.h>

#define EXPECTED "\n--- expected\n"

static ens_str cut(ens_str *rest, const char *separator)
{
    size_t len = strlen(separator);
    const char *at = rest->len == 0 ? NULL : memmem(rest->ptr, rest->len, separator, len);
    ens_str before = *rest;

    if (at == NULL) {
        *rest = (ens_str){NULL, 0};
        return before;
    }
    before.len = (size_t)(at - rest->ptr);
    *rest = (ens_str){at + len, rest->len - before.len - len};
    return before;
}

static uint32_t status_of(ens_str line)
{
    uint32_t status = 0;

    for (size_t i = 0; i < line.len && status < 1000; i++) {
        if (line.ptr[i] >= '0' && line.ptr[i] <= '9') {
            status = status * 10 + (uint32_t)(line.ptr[i] - '0');
        }
    }
    return status;
}

void reply_text_read(struct reply_text *ret, ens_str text)
{
    *ret = (struct reply_text){.reply = {.struct_size = sizeof(ret->reply)}};
    ens_str recorded = cut(&text, EXPECTED);
    ret->expected = text;

    /* If the body is empty, the newline of the separator also ends the headers. */
    ens_str head = cut(&recorded, "\n\n");
    ret->reply.body = recorded;
    ret->reply.status = status_of(cut(&head, "\n"));
    while (head.len > 0 && ret->reply.header_count < REPLY_TEXT_HEADERS_MAX) {
        struct ens_pair *pair = &ret->headers[ret->reply.header_count];
        ens_str value = cut(&head, "\n");
        pair->name = cut(&value, ": ");
        pair->value = value;
        ret->pointers[ret->reply.header_count++] = pair;
    }
    ret->reply.headers = ret->pointers;
}
