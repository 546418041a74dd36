/* SPDX-License-Identifier: Apache-2.0 */
#include "core/uuid.h"

bool ens_uuid_valid(ens_str text)
{
    static const char shape[ENS_UUID_LEN + 1] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    if (text.len != ENS_UUID_LEN) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const ens_str one = {&text.ptr[i], 1};
        if (!ens_str_all_in(one, shape[i] == '-' ? "-" : "0123456789abcdef")) {
            return false;
        }
    }
    return true;
}

ens_str ens_uuid_random(struct ens_arena *arena, const struct ens_entropy *entropy)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[16];
    char text[ENS_UUID_LEN];
    size_t len = 0;

    entropy->fill(entropy->ud, bytes, sizeof(bytes));
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* the version */
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* the variant */
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text[len++] = '-';
        }
        text[len++] = digits[bytes[i] >> 4];
        text[len++] = digits[bytes[i] & 15];
    }
    return ens_arena_dup(arena, (ens_str){text, len});
}
