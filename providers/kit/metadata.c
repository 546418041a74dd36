/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/metadata.h"

#include <string.h>

#include "kit/json_repair.h"
#include "kit/reply.h"
#include "kit/request.h"
#include "kit/text.h"

#define TOKEN_MAX 1024
#define ROLE_MAX  128

static void finish(const struct ens_memory *memory, const char *method, ens_str path, ens_str query,
                   const struct kit_pairs *headers, struct ens_http_request *ret,
                   ens_str *ret_target)
{
    *ret = (struct ens_http_request){.struct_size = sizeof(*ret)};
    ret->method = kit_str(method);
    ret->path = path;
    kit_request_set_headers(ret, headers);
    *ret_target = kit_target(memory, path, query);
}

static struct kit_pairs headers_with(const struct ens_memory *memory,
                                     const struct kit_metadata *metadata, ens_str token)
{
    struct kit_pairs headers = kit_pairs_new(memory);

    kit_pairs_add(&headers, "accept", KIT_STR("*/*"));
    if (token.len > 0) {
        kit_pairs_add(&headers, metadata->token_header, token);
    }
    return headers;
}

void kit_metadata_ask_token(const struct ens_memory *memory, const struct kit_metadata *metadata,
                            struct ens_http_request *ret, ens_str *ret_target)
{
    struct kit_pairs headers = headers_with(memory, metadata, KIT_STR(""));

    kit_pairs_add(&headers, metadata->token_ttl_header, KIT_STR("21600"));
    finish(memory, "PUT", kit_str(metadata->token_path), KIT_STR(""), &headers, ret, ret_target);
}

void kit_metadata_ask_roles(const struct ens_memory *memory, const struct kit_metadata *metadata,
                            ens_str token, struct ens_http_request *ret, ens_str *ret_target)
{
    const struct kit_pairs headers = headers_with(memory, metadata, token);

    finish(memory, "GET", kit_str(metadata->roles_path), metadata->roles_query, &headers, ret,
           ret_target);
}

void kit_metadata_ask_keys(const struct ens_memory *memory, const struct kit_metadata *metadata,
                           ens_str token, ens_str role, struct ens_http_request *ret,
                           ens_str *ret_target)
{
    const struct kit_pairs headers = headers_with(memory, metadata, token);

    finish(memory, "GET", KIT_CONCAT(memory, kit_str(metadata->keys_path), role), KIT_STR(""),
           &headers, ret, ret_target);
}

/* Visible ASCII without what a page of HTML or JSON begins with. */
static bool is_word(ens_str text, size_t max)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~') {
            return false;
        }
    }
    return text.len > 0 && text.len <= max && strchr("<{[", text.ptr[0]) == NULL;
}

ens_str kit_metadata_read_token(const struct ens_http_reply *reply)
{
    const ens_str token = kit_trim(reply->body);

    return kit_reply_is_success(reply) && is_word(token, TOKEN_MAX) ? token : KIT_STR("");
}

bool kit_metadata_is_role(ens_str role)
{
    for (size_t i = 0; i < role.len; i++) {
        const char c = role.ptr[i];
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.' && c != '@' &&
            c != '+' && c != '=' && c != ',') {
            return false;
        }
    }
    return role.len > 0 && role.len <= ROLE_MAX;
}

static ens_str first_of_json(const struct ens_memory *memory, ens_str list)
{
    KIT_AUTO_JSON *roles = json_loadb(list.ptr, list.len, 0, NULL);
    const json_t *first = json_array_get(roles, 0);

    return kit_copy(memory, (ens_str){json_string_value(first), json_string_length(first)});
}

ens_str kit_metadata_read_role(const struct ens_memory *memory, const struct ens_http_reply *reply)
{
    const ens_str list = kit_trim(kit_skip_mark(reply->body));
    ens_str role = list;

    if (!kit_reply_is_success(reply) || list.len == 0) {
        return KIT_STR("");
    }
    if (list.ptr[0] == '[') {
        role = first_of_json(memory, list);
    } else {
        for (size_t i = 0; i < role.len; i++) {
            role.len = role.ptr[i] == '\n' ? i : role.len;
        }
        role = kit_trim(role);
    }
    return kit_metadata_is_role(role) ? role : KIT_STR("");
}
