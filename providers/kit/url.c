/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/url.h"

#include <string.h>

#include "kit/text.h"

/* The number of bytes before the first of the characters. */
static size_t before(ens_str text, const char *characters)
{
    size_t i = 0;

    while (i < text.len && strchr(characters, text.ptr[i]) == NULL) {
        i++;
    }
    return i;
}

struct kit_url kit_url_split(const struct ens_memory *memory, ens_str url)
{
    const size_t scheme = before(url, ":/");
    const ens_str mark = KIT_STR("://");
    size_t authority = 0;

    if (url.len - scheme >= mark.len &&
        kit_compare((ens_str){url.ptr + scheme, mark.len}, mark) == 0) {
        authority = scheme + mark.len;
    }
    const size_t end =
        authority + before((ens_str){url.ptr + authority, url.len - authority}, "/?#");
    const ens_str rest = {url.ptr + end, url.len - end};
    const ens_str target = {rest.ptr, before(rest, "#")};
    const bool has_path = target.len > 0 && target.ptr[0] == '/';
    return (struct kit_url){
        .endpoint = {url.ptr, end},
        .target = has_path ? target : KIT_CONCAT(memory, KIT_STR("/"), target),
        .has_query = before(target, "?") < target.len,
    };
}
