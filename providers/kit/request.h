/* SPDX-License-Identifier: Apache-2.0 */
/* Common code for building requests, and for the canonical forms that are signed. */
#ifndef ENSURE_KIT_REQUEST_H
#define ENSURE_KIT_REQUEST_H

#include "ensure/provider.h"

/* A growing list of names and values: a query, or headers. */
struct kit_pairs {
    const struct ens_memory *memory;
    const struct ens_pair **items;
    size_t count;
    size_t room;
};

struct kit_pairs kit_pairs_new(const struct ens_memory *memory);
void kit_pairs_add(struct kit_pairs *pairs, const char *name, ens_str value);
void kit_pairs_add_slice(struct kit_pairs *pairs, ens_str name, ens_str value);
void kit_pairs_add_set(struct kit_pairs *pairs, const char *name, ens_str value); /* if not empty */
/* prefix1=first, prefix2=second, ...; in byte order of the names, as they are signed. */
void kit_pairs_add_numbered(struct kit_pairs *pairs, const char *prefix, const ens_str *values,
                            size_t count);
void kit_pairs_add_all(struct kit_pairs *pairs, const struct ens_pair *const *items, size_t count);
void kit_pairs_sort(struct kit_pairs *pairs); /* by name, then value, in byte order */

void kit_request_set_query(struct ens_http_request *request, const struct kit_pairs *query);
void kit_request_set_headers(struct ens_http_request *request, const struct kit_pairs *headers);

/* The value of a header of a reply; empty if there is none. The name is in lower case. */
ens_str kit_reply_header(const struct ens_http_reply *reply, const char *name);

/* A JSON array of strings, such as ["a","b"]. */
ens_str kit_json_array(const struct ens_memory *memory, const ens_str *items, size_t count);

/* name=value&name=value, percent-encoded, in byte order of the names. */
ens_str kit_query(const struct ens_memory *memory, const struct ens_http_request *request);

/* The same for the fields of a form, as a body of application/x-www-form-urlencoded. */
ens_str kit_form(const struct kit_pairs *fields);

/* path, or path?query */
ens_str kit_target(const struct ens_memory *memory, ens_str path, ens_str query);

/* The names of the headers, joined by ';'. */
ens_str kit_names(const struct kit_pairs *headers);

/* The canonical request of Volcengine and Alibaba Cloud: method, path, query, headers, names of the
 * headers and hash of the body, one per line. headers: those to be signed, sorted. */
ens_str kit_canonical_request(const struct ens_memory *memory,
                              const struct ens_http_request *request, ens_str query,
                              const struct kit_pairs *headers, ens_str body_sha256);

#endif
