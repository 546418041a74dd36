/* SPDX-License-Identifier: Apache-2.0 */
#include "http/address.h"

#include <arpa/inet.h>
#include <string.h>

bool ens_address_parse(int family, ens_str text, void *ret)
{
    char copy[INET6_ADDRSTRLEN] = {0}; /* inet_pton wants a terminated string */

    if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    return inet_pton(family, copy, ret) == 1;
}
