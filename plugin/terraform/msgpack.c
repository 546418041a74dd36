/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/msgpack.h"

#include <math.h>
#include <string.h>

#include <msgpack/pack.h>

#include "base/buf.h"
#include "base/utf8.h"

/* ---- reading ----------------------------------------------------------------------------------
 *
 * msgpack-c's parser template with our own callbacks: its ready-made unpacker allocates as much as
 * a length field claims before it has seen the bytes.
 */

struct reader {
    struct ens_arena *arena;
    const char *problem; /* set by a callback that rejects the input */
};

#define CALLBACK(name, ...) static int reader_callback##name(struct reader *reader, __VA_ARGS__)
#define READER_REFUSED      (-3)

static int refuse(struct reader *reader, const char *problem)
{
    reader->problem = problem;
    return READER_REFUSED;
}

static struct ens_value reader_callback_root(struct reader *reader)
{
    (void)reader;
    return ENS_NULL;
}

static int keep(struct reader *reader, struct ens_value value, struct ens_value *ret)
{
    (void)reader;
    *ret = value;
    return 0;
}

CALLBACK(_nil, struct ens_value *ret)
{
    return keep(reader, ENS_NULL, ret);
}

CALLBACK(_true, struct ens_value *ret)
{
    return keep(reader, ens_value_bool(true), ret);
}

CALLBACK(_false, struct ens_value *ret)
{
    return keep(reader, ens_value_bool(false), ret);
}

#define INTEGER_CALLBACK(name, type)                                                               \
    CALLBACK(name, type number, struct ens_value *ret)                                             \
    {                                                                                              \
        return keep(reader, ens_value_integer(number), ret);                                       \
    }
INTEGER_CALLBACK(_uint8, uint8_t)
INTEGER_CALLBACK(_uint16, uint16_t)
INTEGER_CALLBACK(_uint32, uint32_t)
INTEGER_CALLBACK(_int8, int8_t)
INTEGER_CALLBACK(_int16, int16_t)
INTEGER_CALLBACK(_int32, int32_t)
INTEGER_CALLBACK(_int64, int64_t)

CALLBACK(_uint64, uint64_t number, struct ens_value *ret)
{
    if (number <= INT64_MAX) {
        return keep(reader, ens_value_integer((int64_t)number), ret);
    }
    ens_str text = ens_arena_printf(reader->arena, "%llu", (unsigned long long)number);
    return keep(reader, ens_value_string(reader->arena, text), ret);
}

CALLBACK(_double, double number, struct ens_value *ret)
{
    if (!isfinite(number)) {
        return refuse(reader, "a number that is not finite");
    }
    return keep(reader, (struct ens_value){.kind = ENS_VALUE_FLOAT, .number = number}, ret);
}

CALLBACK(_float, float number, struct ens_value *ret)
{
    return reader_callback_double(reader, (double)number, ret);
}

CALLBACK(_str, const char *base, const char *text, unsigned length, struct ens_value *ret)
{
    struct ens_value value = {.kind = ENS_VALUE_STRING, .text = {text, length}};

    (void)base;
    if (!ens_utf8_valid(value.text)) {
        return refuse(reader, "a string that is not printable UTF-8");
    }
    return keep(reader, value, ret);
}

CALLBACK(_bin, const char *base, const char *text, unsigned length, struct ens_value *ret)
{
    return reader_callback_str(reader, base, text, length, ret);
}

CALLBACK(_ext, const char *base, const char *body, unsigned length, struct ens_value *ret)
{
    (void)base;
    (void)body;
    (void)length;
    return keep(reader, ENS_UNKNOWN, ret);
}

CALLBACK(_array, unsigned count, struct ens_value *ret)
{
    (void)count; /* not trusted: the list grows as items are read */
    return keep(reader, ens_value_list(reader->arena, 0), ret);
}

CALLBACK(_map, unsigned count, struct ens_value *ret)
{
    (void)count;
    return keep(reader, ens_value_map(reader->arena, 0), ret);
}

CALLBACK(_array_item, struct ens_value *list, struct ens_value item)
{
    list->list.items =
        ens_arena_grow(reader->arena, list->list.items, list->list.count, sizeof(struct ens_value));
    list->list.items[list->list.count++] = item;
    return 0;
}

CALLBACK(_map_item, struct ens_value *map, struct ens_value key, struct ens_value value)
{
    if (key.kind != ENS_VALUE_STRING) {
        return refuse(reader, "a map key that is not a string");
    }
    map->map.pairs = ens_arena_grow(reader->arena, map->map.pairs, map->map.count,
                                    sizeof(struct ens_value_pair));
    map->map.pairs[map->map.count++] = (struct ens_value_pair){key.text, value};
    return 0;
}

#define MSGPACK_EMBED_STACK_SIZE ENS_VALUE_DEPTH_MAX
#include <msgpack/unpack.h>
#include <msgpack/unpack_define.h>
#define msgpack_unpack_struct(name)    struct reader##name
#define msgpack_unpack_func(ret, name) static ret reader##name
#define msgpack_unpack_callback(name)  reader_callback##name
#define msgpack_unpack_object          struct ens_value
#define msgpack_unpack_user            struct reader
#include <msgpack/unpack_template.h>

ens_rc ens_msgpack_read(struct ens_arena *arena, ens_str bytes, struct ens_value *ret,
                        struct ens_diags *diags)
{
    struct reader_context context = {.user = {.arena = arena}};
    size_t at = 0;

    if (bytes.len == 0) {
        *ret = ENS_NULL;
        return ENS_OK;
    }
    if (bytes.len > ENS_VALUE_BYTES_MAX) {
        return ens_fail(diags, ENS_LIMIT, NULL, "a value of %zu bytes; at most %zu are allowed",
                        bytes.len, ENS_VALUE_BYTES_MAX);
    }
    reader_init(&context);
    int end = reader_execute(&context, bytes.ptr, bytes.len, &at);
    if (end == MSGPACK_UNPACK_NOMEM_ERROR) {
        return ens_fail(diags, ENS_LIMIT, NULL, "a value is nested deeper than %d levels",
                        ENS_VALUE_DEPTH_MAX);
    }
    if (end == 1 && at == bytes.len) {
        *ret = reader_data(&context);
        return ENS_OK;
    }
    const char *problem = context.user.problem != NULL ? context.user.problem
                          : end == 0                   ? "it is truncated"
                          : end == 1                   ? "bytes follow it"
                                                       : "an invalid type byte";
    return ens_fail(diags, ENS_MALFORMED, NULL, "a value from the host is not MessagePack: %s",
                    problem);
}

/* ---- writing --------------------------------------------------------------------------------- */

static int add_bytes(void *data, const char *bytes, size_t length)
{
    ens_buf_add(data, (ens_str){bytes, length});
    return ens_buf_failed(data) ? -1 : 0;
}

static void write_text(msgpack_packer *packer, ens_str text)
{
    (void)msgpack_pack_str_with_body(packer, text.ptr, text.len);
}

static void write_value(msgpack_packer *packer, const struct ens_value *value)
{
    switch (value->kind) {
    case ENS_VALUE_NULL:
        (void)msgpack_pack_nil(packer);
        return;
    case ENS_VALUE_UNKNOWN:
        (void)msgpack_pack_ext_with_body(packer, "", 1, 0);
        return;
    case ENS_VALUE_BOOL:
        (void)(value->boolean ? msgpack_pack_true(packer) : msgpack_pack_false(packer));
        return;
    case ENS_VALUE_INTEGER:
        (void)msgpack_pack_int64(packer, value->integer);
        return;
    case ENS_VALUE_FLOAT:
        (void)msgpack_pack_double(packer, value->number);
        return;
    case ENS_VALUE_STRING:
        write_text(packer, value->text);
        return;
    case ENS_VALUE_LIST:
        (void)msgpack_pack_array(packer, value->list.count);
        for (size_t i = 0; i < value->list.count; i++) {
            write_value(packer, &value->list.items[i]);
        }
        return;
    case ENS_VALUE_MAP:
        (void)msgpack_pack_map(packer, value->map.count);
        for (size_t i = 0; i < value->map.count; i++) {
            write_text(packer, value->map.pairs[i].key);
            write_value(packer, &value->map.pairs[i].value);
        }
        return;
    }
}

static int count_bytes(void *data, const char *bytes, size_t length)
{
    size_t *size = data;

    (void)bytes;
    *size += length;
    return 0;
}

size_t ens_msgpack_size(const struct ens_value *value)
{
    size_t size = 0;
    msgpack_packer packer;

    msgpack_packer_init(&packer, &size, count_bytes);
    write_value(&packer, value);
    return size;
}

ens_str ens_msgpack_write(struct ens_arena *arena, const struct ens_value *value)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_VALUE_BYTES_MAX);
    msgpack_packer packer;

    msgpack_packer_init(&packer, &out, add_bytes);
    write_value(&packer, value);
    ENS_ASSERT(!ens_buf_failed(&out));
    return ens_arena_dup(arena, ens_buf_str(&out));
}
