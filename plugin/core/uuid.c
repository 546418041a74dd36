/* SPDX-License-Identifier: Apache-2.0 */
#include "core/uuid.h"

#include <limits.h>

/* Where a byte begins in the text; there is a hyphen before some. */
static const uint8_t places[ENS_UUID_SIZE] = {0,  2,  4,  6,  9,  11, 14, 16,
                                              19, 21, 24, 26, 28, 30, 32, 34};
static const uint8_t hyphens[] = {8, 13, 18, 23};

/* Of a digit its value, and what it is; 0: no digit. */
#define DIGIT 0x80u
#define LOWER 0x10u
#define UPPER 0x20u
static const uint8_t digits[UCHAR_MAX + 1] = {
    ['0'] = DIGIT | 0,          ['1'] = DIGIT | 1,          ['2'] = DIGIT | 2,
    ['3'] = DIGIT | 3,          ['4'] = DIGIT | 4,          ['5'] = DIGIT | 5,
    ['6'] = DIGIT | 6,          ['7'] = DIGIT | 7,          ['8'] = DIGIT | 8,
    ['9'] = DIGIT | 9,          ['a'] = DIGIT | LOWER | 10, ['b'] = DIGIT | LOWER | 11,
    ['c'] = DIGIT | LOWER | 12, ['d'] = DIGIT | LOWER | 13, ['e'] = DIGIT | LOWER | 14,
    ['f'] = DIGIT | LOWER | 15, ['A'] = DIGIT | UPPER | 10, ['B'] = DIGIT | UPPER | 11,
    ['C'] = DIGIT | UPPER | 12, ['D'] = DIGIT | UPPER | 13, ['E'] = DIGIT | UPPER | 14,
    ['F'] = DIGIT | UPPER | 15,
};

enum ens_uuid_case ens_uuid_read(ens_str text, uint8_t bytes[ENS_UUID_SIZE])
{
    unsigned all = DIGIT; /* what all digits are */
    unsigned some = 0;    /* what some digit is */

    if (text.len != ENS_UUID_LEN) {
        return ENS_UUID_NONE;
    }
    for (size_t i = 0; i < ENS_COUNT(hyphens); i++) {
        all &= text.ptr[hyphens[i]] == '-' ? DIGIT : 0;
    }
    for (size_t i = 0; i < ENS_UUID_SIZE && all != 0; i++) {
        const unsigned high = digits[(unsigned char)text.ptr[places[i]]];
        const unsigned low = digits[(unsigned char)text.ptr[places[i] + 1]];
        bytes[i] = (uint8_t)((high & 0x0f) << 4 | (low & 0x0f));
        all &= high & low;
        some |= high | low;
    }
    if (all == 0 || (some & (LOWER | UPPER)) == (LOWER | UPPER)) {
        return ENS_UUID_NONE;
    }
    return (some & UPPER) != 0 ? ENS_UUID_UPPER : ENS_UUID_LOWER;
}

void ens_uuid_write(const uint8_t bytes[ENS_UUID_SIZE], enum ens_uuid_case letters,
                    char ret[ENS_UUID_LEN + 1])
{
    const char *hex = letters == ENS_UUID_UPPER ? "0123456789ABCDEF" : "0123456789abcdef";

    for (size_t i = 0; i < ENS_UUID_SIZE; i++) {
        ret[places[i]] = hex[bytes[i] >> 4];
        ret[places[i] + 1] = hex[bytes[i] & 0x0f];
    }
    for (size_t i = 0; i < ENS_COUNT(hyphens); i++) {
        ret[hyphens[i]] = '-';
    }
    ret[ENS_UUID_LEN] = '\0';
}

bool ens_uuid_valid(ens_str text)
{
    uint8_t bytes[ENS_UUID_SIZE];

    return ens_uuid_read(text, bytes) == ENS_UUID_LOWER;
}

ens_str ens_uuid_random(struct ens_arena *arena, const struct ens_entropy *entropy)
{
    char *text = ens_arena_alloc(arena, ENS_UUID_LEN + 1);
    uint8_t bytes[ENS_UUID_SIZE];

    entropy->fill(entropy->ud, bytes, sizeof(bytes));
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* the version */
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* the variant */
    ens_uuid_write(bytes, ENS_UUID_LOWER, text);
    return (ens_str){text, ENS_UUID_LEN};
}
