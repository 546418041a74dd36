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

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

void ens_uuid_read(ens_str text, uint8_t bytes[ENS_UUID_SIZE])
{
    size_t at = 0;

    ENS_ASSERT(ens_uuid_valid(text));
    for (size_t i = 0; i < ENS_UUID_SIZE; i++) {
        at += text.ptr[at] == '-' ? 1 : 0;
        bytes[i] = (uint8_t)(digit(text.ptr[at]) << 4 | digit(text.ptr[at + 1]));
        at += 2;
    }
}

ens_str ens_uuid_write(struct ens_arena *arena, const uint8_t bytes[ENS_UUID_SIZE])
{
    const uint8_t *b = bytes;

    return ens_arena_printf(
        arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
        b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

ens_str ens_uuid_random(struct ens_arena *arena, const struct ens_entropy *entropy)
{
    uint8_t bytes[ENS_UUID_SIZE];

    entropy->fill(entropy->ud, bytes, sizeof(bytes));
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* the version */
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* the variant */
    return ens_uuid_write(arena, bytes);
}
