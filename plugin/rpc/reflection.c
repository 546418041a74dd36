/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/reflection.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "grpc_reflection.pb-c.h"
#include "rpc/descriptors.h"

#define QUESTION(kind) GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##kind
#define ANSWER(kind)   GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##kind

/* The messages of v1, which v1alpha has too. */
typedef Grpc__Reflection__V1__ServerReflectionRequest question_message;
typedef Grpc__Reflection__V1__ServerReflectionResponse answer_message;

struct ens_reflection {
    struct ens_arena *arena;
    ens_str set;
    const struct ens_descriptors *descriptors; /* NULL: not read yet */
    Grpc__Reflection__V1__ServiceResponse **services;
    size_t service_count;
};

/* ---- answers --------------------------------------------------------------------------------- */

/* What the question is about: a file, a symbol, or a type. NULL: it is not a known question. */
static char *subject_of(const question_message *question)
{
    switch (question->message_request_case) {
    case QUESTION(FILE_BY_FILENAME):
        return question->file_by_filename;
    case QUESTION(FILE_CONTAINING_SYMBOL):
        return question->file_containing_symbol;
    case QUESTION(FILE_CONTAINING_EXTENSION):
        return question->file_containing_extension->containing_type;
    case QUESTION(ALL_EXTENSION_NUMBERS_OF_TYPE):
        return question->all_extension_numbers_of_type;
    case QUESTION(LIST_SERVICES):
        return question->list_services;
    case QUESTION(_NOT_SET):
    default: /* of a newer client */
        return NULL;
    }
}

static void send_not_found(struct ens_rpc_call *call, answer_message *answer)
{
    Grpc__Reflection__V1__ErrorResponse error = GRPC__REFLECTION__V1__ERROR_RESPONSE__INIT;
    char sentence[] = "the plugin has no such file, symbol or extension";

    error.error_code = ENS_RPC_NOT_FOUND;
    error.error_message = sentence;
    answer->message_response_case = ANSWER(ERROR_RESPONSE);
    answer->error_response = &error;
    ens_rpc_call_send(call, &answer->base);
}

/* The files import none, so that each is the whole answer. */
static void send_file(struct ens_rpc_call *call, answer_message *answer, ProtobufCBinaryData file)
{
    Grpc__Reflection__V1__FileDescriptorResponse files =
        GRPC__REFLECTION__V1__FILE_DESCRIPTOR_RESPONSE__INIT;

    if (file.len == 0) {
        send_not_found(call, answer);
        return;
    }
    files.file_descriptor_proto = &file;
    files.n_file_descriptor_proto = 1;
    answer->message_response_case = ANSWER(FILE_DESCRIPTOR_RESPONSE);
    answer->file_descriptor_response = &files;
    ens_rpc_call_send(call, &answer->base);
}

/* No message has extensions. */
static void send_extensions(struct ens_rpc_call *call, answer_message *answer,
                            const struct ens_descriptors *descriptors, char *type)
{
    Grpc__Reflection__V1__ExtensionNumberResponse numbers =
        GRPC__REFLECTION__V1__EXTENSION_NUMBER_RESPONSE__INIT;

    if (!ens_descriptors_has_message(descriptors, ens_str_of(type))) {
        send_not_found(call, answer);
        return;
    }
    numbers.base_type_name = type;
    answer->message_response_case = ANSWER(ALL_EXTENSION_NUMBERS_RESPONSE);
    answer->all_extension_numbers_response = &numbers;
    ens_rpc_call_send(call, &answer->base);
}

static void send_services(struct ens_rpc_call *call, answer_message *answer,
                          const struct ens_reflection *reflection)
{
    Grpc__Reflection__V1__ListServiceResponse list =
        GRPC__REFLECTION__V1__LIST_SERVICE_RESPONSE__INIT;

    list.service = reflection->services;
    list.n_service = reflection->service_count;
    answer->message_response_case = ANSWER(LIST_SERVICES_RESPONSE);
    answer->list_services_response = &list;
    ens_rpc_call_send(call, &answer->base);
}

static const struct ens_descriptors *descriptors_of(struct ens_reflection *reflection)
{
    if (reflection->descriptors == NULL) {
        reflection->descriptors = ens_descriptors_read(reflection->arena, reflection->set);
    }
    return reflection->descriptors;
}

static void reply(struct ens_reflection *reflection, struct ens_rpc_call *call,
                  const question_message *question)
{
    const struct ens_descriptors *descriptors = descriptors_of(reflection);
    question_message original = *question;
    const ens_str subject = ens_str_of(subject_of(question));
    answer_message answer = GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__INIT;

    answer.valid_host = question->host;
    answer.original_request = &original;
    switch (question->message_request_case) {
    case QUESTION(FILE_BY_FILENAME):
        send_file(call, &answer, ens_descriptors_by_file_name(descriptors, subject));
        return;
    case QUESTION(FILE_CONTAINING_SYMBOL):
        send_file(call, &answer, ens_descriptors_by_symbol(descriptors, subject));
        return;
    case QUESTION(FILE_CONTAINING_EXTENSION):
        send_not_found(call, &answer);
        return;
    case QUESTION(ALL_EXTENSION_NUMBERS_OF_TYPE):
        send_extensions(call, &answer, descriptors, subject_of(question));
        return;
    case QUESTION(LIST_SERVICES):
        send_services(call, &answer, reflection);
        return;
    case QUESTION(_NOT_SET): /* on_question */
    default:
        ENS_ASSERT(false);
    }
}

/* ---- the service ----------------------------------------------------------------------------- */

static void on_question(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    const question_message *question = (const question_message *)request;

    if (question == NULL) {
        ens_rpc_call_finish(call, ENS_RPC_OK, NULL);
    } else if (protobuf_c_message_get_packed_size(request) > ENS_REFLECTION_QUESTION_MAX) {
        ens_rpc_call_finish(call, ENS_RPC_RESOURCE_EXHAUSTED,
                            "a question to server reflection has at most 4096 bytes");
    } else if (subject_of(question) == NULL) { /* none, or one of a newer client */
        ens_rpc_call_finish(call, ENS_RPC_INVALID_ARGUMENT, "the question is not known");
    } else if (!ens_utf8_valid(ens_str_of(question->host)) ||
               !ens_utf8_valid(ens_str_of(subject_of(question)))) {
        ens_rpc_call_finish(call, ENS_RPC_INVALID_ARGUMENT, "the question is not valid UTF-8");
    } else {
        reply(ud, call, question);
        ens_rpc_call_next(call);
    }
}

#define METHOD(version)                                                                            \
    {                                                                                              \
        "/grpc.reflection." version ".ServerReflection/ServerReflectionInfo",                      \
            &grpc__reflection__v1__server_reflection_request__descriptor, on_question              \
    }

static const struct ens_rpc_method methods[] = {METHOD("v1"), METHOD("v1alpha")};

/* Adds the services of a table, whose paths are "/package.Service/Method", each once. */
static void list_services(struct ens_reflection *reflection, const struct ens_rpc_service *service)
{
    for (size_t i = 0; i < service->method_count; i++) {
        ens_str rest = {NULL, 0};
        const ens_str name = ens_str_cut(ens_str_of(service->methods[i].path + 1), '/', &rest);
        size_t known = 0;
        while (known < reflection->service_count &&
               !ens_str_is(name, reflection->services[known]->name)) {
            known++;
        }
        if (known == reflection->service_count) {
            Grpc__Reflection__V1__ServiceResponse *one =
                ens_arena_alloc(reflection->arena, sizeof(*one));
            grpc__reflection__v1__service_response__init(one);
            one->name = ens_arena_alloc(reflection->arena, name.len + 1);
            memcpy(one->name, name.ptr, name.len);
            reflection->services = ens_arena_grow(reflection->arena, reflection->services,
                                                  reflection->service_count, sizeof(one));
            reflection->services[reflection->service_count++] = one;
        }
    }
}

static int by_name(const void *a, const void *b)
{
    const Grpc__Reflection__V1__ServiceResponse *const *left = a;
    const Grpc__Reflection__V1__ServiceResponse *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

struct ens_reflection *ens_reflection_new(ens_str descriptors,
                                          const struct ens_rpc_service *services, size_t count)
{
    struct ens_reflection *reflection = ens_alloc(sizeof(*reflection));
    const struct ens_rpc_service own = ens_reflection_service(reflection);

    reflection->arena = ens_arena_new();
    reflection->set = descriptors;
    for (size_t i = 0; i < count; i++) {
        list_services(reflection, &services[i]);
    }
    list_services(reflection, &own);
    qsort(reflection->services, reflection->service_count, sizeof(*reflection->services), by_name);
    return reflection;
}

struct ens_rpc_service ens_reflection_service(struct ens_reflection *reflection)
{
    return (struct ens_rpc_service){methods, ENS_COUNT(methods), reflection};
}

void ens_reflection_free(struct ens_reflection *reflection)
{
    if (reflection != NULL) {
        ens_arena_free(reflection->arena);
        ens_free(reflection);
    }
}
