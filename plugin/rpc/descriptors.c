/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/descriptors.h"

#include "descriptor_names.pb-c.h"
#include "rpc/codec.h"

#define READ_MAX ((size_t)4 * 1024 * 1024) /* bytes of memory; the set has some ten kilobytes */

struct ens_descriptors {
    const ProtobufCBinaryData *files; /* the FileDescriptorProtos */
    DescriptorNames__File **names;
    size_t count;
};

static ProtobufCMessage *read_message(struct ens_arena *arena, ens_str bytes,
                                      const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = NULL;
    ens_rc rc = ens_rpc_unpack_text(bytes, descriptor, READ_MAX, arena, &message);

    ENS_ASSERT(rc == ENS_OK);
    return message;
}

const struct ens_descriptors *ens_descriptors_read(struct ens_arena *arena, ens_str set)
{
    struct ens_descriptors *descriptors = ens_arena_alloc(arena, sizeof(*descriptors));
    const DescriptorNames__FileSet *files = (const DescriptorNames__FileSet *)read_message(
        arena, set, &descriptor_names__file_set__descriptor);

    descriptors->files = files->file;
    descriptors->names = ens_arena_array(arena, files->n_file, sizeof(DescriptorNames__File *));
    descriptors->count = files->n_file;
    for (size_t i = 0; i < files->n_file; i++) {
        const ens_str file = {(const char *)files->file[i].data, files->file[i].len};
        descriptors->names[i] =
            (DescriptorNames__File *)read_message(arena, file, &descriptor_names__file__descriptor);
    }
    return descriptors;
}

/* ---- names in a scope ------------------------------------------------------------------------ */

static bool is_element(DescriptorNames__Element *const *elements, size_t count, ens_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (ens_str_is(name, elements[i]->name)) {
            return true;
        }
    }
    return false;
}

/* The values of an enum are in the scope that it is in itself. */
static bool in_enums(DescriptorNames__Group *const *enums, size_t count, ens_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (ens_str_is(name, enums[i]->name) ||
            is_element(enums[i]->element, enums[i]->n_element, name)) {
            return true;
        }
    }
    return false;
}

/* A service, or a method of one. */
static bool in_services(DescriptorNames__Group *const *services, size_t count, ens_str name)
{
    ens_str method = {NULL, 0};
    const ens_str service = ens_str_cut(name, '.', &method);

    for (size_t i = 0; i < count; i++) {
        if (ens_str_is(service, services[i]->name)) {
            return method.ptr == NULL ||
                   is_element(services[i]->element, services[i]->n_element, method);
        }
    }
    return false;
}

/* The message with that name, or, if it is not the whole name, the one that the rest is inside of.
 */
static const DescriptorNames__Message *find_message(DescriptorNames__Message *const *messages,
                                                    size_t count, ens_str name, ens_str *ret_rest)
{
    const ens_str first = ens_str_cut(name, '.', ret_rest);

    for (size_t i = 0; i < count; i++) {
        if (ens_str_is(first, messages[i]->name)) {
            ens_str inner = {NULL, 0};
            const DescriptorNames__Message *nested =
                ret_rest->ptr == NULL ? NULL
                                      : find_message(messages[i]->nested_type,
                                                     messages[i]->n_nested_type, *ret_rest, &inner);
            if (nested != NULL) {
                *ret_rest = inner;
                return nested;
            }
            return messages[i];
        }
    }
    return NULL;
}

static bool in_message(const DescriptorNames__Message *message, ens_str name)
{
    return is_element(message->field, message->n_field, name) ||
           is_element(message->oneof_decl, message->n_oneof_decl, name) ||
           in_enums(message->enum_type, message->n_enum_type, name);
}

static bool in_file(const DescriptorNames__File *file, ens_str name, bool messages_only)
{
    ens_str rest = {NULL, 0};
    const DescriptorNames__Message *message =
        find_message(file->message_type, file->n_message_type, name, &rest);

    if (message != NULL) {
        return rest.ptr == NULL || (!messages_only && in_message(message, rest));
    }
    return !messages_only && (in_enums(file->enum_type, file->n_enum_type, name) ||
                              in_services(file->service, file->n_service, name));
}

/* The index of the file that defines the symbol; count: there is none. */
static size_t find(const struct ens_descriptors *descriptors, ens_str symbol, bool messages_only)
{
    size_t i = 0;

    for (; i < descriptors->count; i++) {
        const DescriptorNames__File *file = descriptors->names[i];
        const size_t package = ens_str_of(file->package).len;
        if (ens_str_starts(symbol, ens_str_of(file->package)) && symbol.len > package &&
            symbol.ptr[package] == '.' &&
            in_file(file, (ens_str){symbol.ptr + package + 1, symbol.len - package - 1},
                    messages_only)) {
            break;
        }
    }
    return i;
}

/* ---- interface ------------------------------------------------------------------------------- */

ProtobufCBinaryData ens_descriptors_by_file_name(const struct ens_descriptors *descriptors,
                                                 ens_str name)
{
    for (size_t i = 0; i < descriptors->count; i++) {
        if (ens_str_is(name, descriptors->names[i]->name)) {
            return descriptors->files[i];
        }
    }
    return (ProtobufCBinaryData){0, NULL};
}

ProtobufCBinaryData ens_descriptors_by_symbol(const struct ens_descriptors *descriptors,
                                              ens_str symbol)
{
    const size_t i = find(descriptors, symbol, false);

    return i < descriptors->count ? descriptors->files[i] : (ProtobufCBinaryData){0, NULL};
}

bool ens_descriptors_has_message(const struct ens_descriptors *descriptors, ens_str symbol)
{
    return find(descriptors, symbol, true) < descriptors->count;
}
