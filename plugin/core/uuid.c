/* SPDX-License-Identifier: Apache-2.0 */
#include "core/uuid.h"

static const char shape[ENS_UUID_LEN + 1] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
static const char digits[] = "0123456789abcdef";

bool ens_uuid_valid(ens_str text)
{
    if (text.len != ENS_UUID_LEN) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const ens_str one = {&text.ptr[i], 1};
        if (!ens_str_all_in(one, shape[i] == '-' ? "-" : digits)) {
            return false;
        }
    }
    return true;
}

ens_str ens_uuid_random(struct ens_arena *arena, const struct ens_entropy *entropy)
{
    uint8_t b[16];

    entropy->fill(entropy->ud, b, sizeof(b));
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* the version */
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80); /* the variant */
    char *text = ens_arena_alloc(arena, ENS_UUID_LEN + 1);
    for (size_t i = 0, digit = 0; i < ENS_UUID_LEN; i++) {
        if (shape[i] == '-') {
            text[i] = '-';
        } else {
            text[i] = digits[digit % 2 == 0 ? b[digit / 2] >> 4 : b[digit / 2] & 0x0f];
            digit++;
        }
    }
    return (ens_str){text, ENS_UUID_LEN};
}
