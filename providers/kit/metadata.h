/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dialogue with a metadata service, as a table: a token, the name of the role, its keys. Any
 * service may answer at the address, or none: on another cloud's machine, behind a captive network,
 * or where there is no such service at all.
 */
#ifndef ENSURE_KIT_METADATA_H
#define ENSURE_KIT_METADATA_H

#include "kit/keys.h"

/* Of a service that may not be there, until it has shown what it is; in all. */
#define KIT_PROBE_MS 1000
/* Of each further request. */
#define KIT_METADATA_MS 5000

struct kit_metadata {
    /* PUT; NULL: the service has no tokens, and the other members of this group are NULL. */
    const char *token_path;
    const char *token_ttl_header; /* of the PUT */
    const char *token_header;     /* of the GETs */
    bool may_lack_token;          /* an older service works without */

    const char *roles_path; /* GET; lists names; NULL: the keys have no role in their path */
    ens_str roles_query;    /* encoded; may be empty */

    const char *keys_path; /* GET; with roles_path, the name follows */
    struct kit_keys_shape keys;
};

/* The requests of the dialogue; target is path and query. */
void kit_metadata_ask_token(const struct ens_memory *memory, const struct kit_metadata *metadata,
                            struct ens_http_request *ret, ens_str *ret_target);
void kit_metadata_ask_roles(const struct ens_memory *memory, const struct kit_metadata *metadata,
                            ens_str token, struct ens_http_request *ret, ens_str *ret_target);
void kit_metadata_ask_keys(const struct ens_memory *memory, const struct kit_metadata *metadata,
                           ens_str token, ens_str role, struct ens_http_request *ret,
                           ens_str *ret_target);

/* The token of a reply; empty: it is none. */
ens_str kit_metadata_read_token(const struct ens_http_reply *reply);

/* The first role of a list, which is JSON or has one name a line; empty: there is none. */
ens_str kit_metadata_read_role(const struct ens_memory *memory, const struct ens_http_reply *reply);

/* Whether a role can be part of the path. */
bool kit_metadata_is_role(ens_str role);

#endif
