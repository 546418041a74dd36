/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of gRPC core's channels and servers. Core does not modify keys and texts, but its
 * struct lacks const. */
#ifndef ENSURE_RPC_GRPC_ARG_H
#define ENSURE_RPC_GRPC_ARG_H

#include <grpc/grpc.h>

static inline char *ens_grpc_arg_char(const char *text)
{
    const union {
        const char *constant;
        char *plain;
    } either = {.constant = text};

    return either.plain;
}

static inline grpc_arg ens_grpc_arg_int(const char *key, int value)
{
    return (grpc_arg){
        .type = GRPC_ARG_INTEGER, .key = ens_grpc_arg_char(key), .value.integer = value};
}

static inline grpc_arg ens_grpc_arg_text(const char *key, const char *value)
{
    return (grpc_arg){.type = GRPC_ARG_STRING,
                      .key = ens_grpc_arg_char(key),
                      .value.string = ens_grpc_arg_char(value)};
}

#endif
